"""`assert_private` on what needs no CDK: dicts, paths, and what looks like CDK's objects."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ddb_perimeter.controls.catalogue import UnknownControlError
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory import InputError
from ddb_perimeter.testing import assert_private

NOT_PUBLIC = ("ddb-table-policy-not-public",)
SHARED = ("ddb-policy-no-cross-account",)
PRIVATE = yaml.safe_load(
    (Path(__file__).parents[1] / "controls" / "private.yaml").read_text(encoding="utf-8")
)


@pytest.fixture
def private() -> dict[str, Any]:
    template: dict[str, Any] = copy.deepcopy(PRIVATE)
    return template


def allow(template: dict[str, Any], principal: object) -> dict[str, Any]:
    """Let somebody read the table."""
    policy = template["Resources"]["Table"]["Properties"]["ResourcePolicy"]["PolicyDocument"]
    policy["Statement"].insert(
        0,
        {
            "Sid": "LetIn",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "dynamodb:GetItem",
            "Resource": "*",
        },
    )
    return template


def test_a_private_template_passes(private: dict[str, Any]) -> None:
    assert_private(private, only=NOT_PUBLIC)


def test_a_public_table_fails_with_the_request_and_the_fix(private: dict[str, Any]) -> None:
    template = allow(private, "*")

    with pytest.raises(AssertionError) as failure:
        assert_private(template, only=NOT_PUBLIC)

    report = " ".join(str(failure.value).split())
    assert report.startswith("broken: 1 finding")
    assert "calls dynamodb:GetItem on" in report
    assert "allowed, because LetIn of the table policy lets it through" in report
    assert "fix: Remove the Allow" in report
    assert "\x1b" not in report


def test_what_cannot_be_judged_fails(private: dict[str, Any]) -> None:
    private["Transform"] = "Some::Macro"

    with pytest.raises(AssertionError, match=r"^unknown: "):
        assert_private(private, only=NOT_PUBLIC)


def test_a_template_in_memory_and_in_a_file_are_judged_alike(
    private: dict[str, Any], tmp_path: Path
) -> None:
    template = allow(private, "*")
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template), encoding="utf-8")

    verdicts = set()
    for form in (file, str(file), tmp_path, template):
        with pytest.raises(AssertionError) as failure:
            assert_private(form, only=NOT_PUBLIC)
        verdicts.add(str(failure.value).splitlines()[0])

    assert len(verdicts) == 1


def test_a_declared_account_is_inside(private: dict[str, Any]) -> None:
    template = allow(private, {"AWS": "arn:aws:iam::444455556666:root"})

    with pytest.raises(AssertionError, match="444455556666"):
        assert_private(template, only=SHARED)
    assert_private(template, only=SHARED, perimeter=Perimeter(accounts=frozenset({"444455556666"})))


def test_parameters_place_a_template(private: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="eu-central-1:111122223333"):
        assert_private(
            allow(private, "*"), only=NOT_PUBLIC, parameters={"AWS::Region": "eu-central-1"}
        )


class Synthesizes:
    """An app of CDK, as far as anybody here looks."""

    def __init__(self, directory: Path) -> None:
        self.directory_of_next_synth = directory
        self.forced: list[bool] = []

    def synth(self, *, force: bool) -> SimpleNamespace:
        self.forced.append(force)
        return SimpleNamespace(directory=str(self.directory_of_next_synth))


def test_every_form_of_cdk_is_known_by_what_it_can_do(
    private: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "template.json").write_text(json.dumps(allow(private, "*")), encoding="utf-8")
    app = Synthesizes(tmp_path)
    forms = (
        app,
        SimpleNamespace(node=SimpleNamespace(root=app)),
        SimpleNamespace(directory=str(tmp_path)),
        SimpleNamespace(to_json=lambda: allow(private, "*")),
    )

    for form in forms:
        with pytest.raises(AssertionError, match="LetIn"):
            assert_private(form, only=NOT_PUBLIC)
    assert app.forced == [True, True]


@pytest.mark.parametrize("given", [None, 7, [PRIVATE], SimpleNamespace(node=None)])
def test_anything_else_is_refused_by_its_type(given: object) -> None:
    with pytest.raises(TypeError, match=f"{type(given).__name__} cannot be judged: give a CDK"):
        assert_private(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "template: no CloudFormation template: it has no Resources"),
        ({"Resources": []}, "template: Resources is no object"),
        ({"Resources": {"A": {"Type": object()}}}, "template: no template "),
        ("no/such/folder", "no/such/folder: no such file or folder"),
    ],
)
def test_input_that_cannot_be_used_is_no_failed_assertion(given: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        assert_private(given)


def test_a_control_that_does_not_exist_is_refused(private: dict[str, Any]) -> None:
    with pytest.raises(UnknownControlError, match="did you mean ddb-table-policy-not-public"):
        assert_private(private, only=["ddb-table-policy-not-publik"])


def test_a_lone_id_is_refused(private: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="give a list of ids"):
        assert_private(private, only="ddb-pitr")
