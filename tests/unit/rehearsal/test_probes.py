"""An entry of the list that the emulator does not bear out is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import probes
from rehearsal.account import Account
from rehearsal.lacking import Refusal

if TYPE_CHECKING:
    from pathlib import Path

REFUSAL = Refusal("AWS::DAX::Cluster", "a test")
TEMPLATE = {"Resources": {"Cluster": {"Type": "AWS::DAX::Cluster", "Properties": {}}}}


class CloudFormation:
    """A client that refuses a stack at once, fails it, or creates it."""

    def __init__(self, refused: str = "", failed: str = "") -> None:
        self.refused = refused
        self.failed = failed
        self.deleted = False

    def create_stack(self, **_: object) -> None:
        if self.refused:
            error = {"Code": "ValidationError", "Message": self.refused}
            raise ClientError({"Error": error}, "CreateStack")

    def describe_stacks(self, **_: object) -> dict[str, Any]:
        status = "ROLLBACK_COMPLETE" if self.failed else "CREATE_COMPLETE"
        return {"Stacks": [{"StackStatus": status}]}

    def describe_stack_events(self, **_: object) -> dict[str, Any]:
        event = {"ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": self.failed}
        return {"StackEvents": [event] if self.failed else []}

    def delete_stack(self, **_: object) -> None:
        self.deleted = True


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    path = tmp_path / "data.template.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return path


def stale(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, client: CloudFormation, refusal: Refusal
) -> list[str]:
    monkeypatch.setattr(Account, "client", lambda *_: client)
    return probes.stale_refusals(assembly, [refusal], [], "nowhere")


@pytest.mark.parametrize(
    "client",
    [
        CloudFormation(refused="Unrecognized resource types: [AWS::DAX::Cluster]"),
        CloudFormation(failed="Unrecognized resource types"),
    ],
    ids=["at once", "in the stack"],
)
def test_what_is_still_refused_is_not_stale(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, client: CloudFormation
) -> None:
    assert stale(monkeypatch, assembly, client, REFUSAL) == []
    assert client.deleted != bool(client.refused)


@pytest.mark.parametrize(
    "client", [CloudFormation(), CloudFormation(failed="ParameterGroupName is required")]
)
def test_what_is_not_refused_so_is_stale(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, client: CloudFormation
) -> None:
    (line,) = stale(monkeypatch, assembly, client, REFUSAL)

    assert "AWS::DAX::Cluster" in line
    assert client.deleted


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("AWS::Made::Up", "a test"),
        Refusal("AWS::DAX::Cluster", "a test", having="NodeType"),
    ],
)
def test_what_no_template_has_is_stale(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, refusal: Refusal
) -> None:
    (line,) = stale(monkeypatch, assembly, CloudFormation(), refusal)

    assert "no template has it" in line
