"""What the baseline's own configuration declares, for `check --config baseline.toml`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ddb_perimeter.controls import declaration
from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.controls.perimeter import DeclaredExemption, Duty, Operator, Perimeter
from stacks.configuration import load_configuration

ROOT = Path(__file__).parents[3]
FULL = ROOT / "tests" / "synth" / "full.toml"
ORGANIZED = FULL.with_name("organized.toml")
TODAY = dt.date(2026, 11, 22)


def test_the_shipped_configuration_declares_nothing_more() -> None:
    assert declaration.read(ROOT / "baseline.toml", TODAY) == Perimeter(today=TODAY)


def test_everything_that_widens_the_perimeter_is_declared() -> None:
    declared = declaration.read(FULL, TODAY)

    assert declared.accounts == {"444455556666", "777788889999"}
    assert declared.vpcs == {"vpc-0123456789abcdef0"}
    assert declared.existing == {"trail"}
    assert declared.exemptions == (
        DeclaredExemption(
            "arn:aws:iam::111122223333:role/migration",
            "moves the old entries until the cut-over",
        ),
        DeclaredExemption(
            "arn:aws:iam::111122223333:user/auditors/visiting-auditor",
            "the yearly audit reads from the auditor's own network",
            dt.date(2030, 1, 31),
        ),
    )


@pytest.mark.parametrize(
    "path", [ROOT / "baseline.toml", FULL, ORGANIZED], ids=["default", "full", "organized"]
)
def test_a_synth_and_a_check_go_by_the_same_perimeter(path: Path) -> None:
    configuration = load_configuration(path, today=TODAY)

    assert perimeter_of(configuration.model_dump(), TODAY) == declaration.read(path, TODAY)


def test_whoever_works_with_an_organization_is_declared_for_a_duty() -> None:
    declared = declaration.read(ORGANIZED, TODAY)

    assert declared.member_of == "o-exampleorgid"
    assert declared.units == {"ou-ab12-11111111"}
    assert {(each.duty, each.role) for each in declared.operators} == {
        (Duty.HAND_OVER, "cdk-hnb659fds-deploy-role-{account}-{region}"),
        (Duty.DEPLOY, "cdk-hnb659fds-cfn-exec-role-{account}-{region}"),
        (Duty.BOOTSTRAP, "OrganizationAccountAccessRole"),
        (Duty.EXPORT, "arn:aws:iam::111122223333:role/data-lake"),
        (Duty.RESTORE, "arn:aws:iam::111122223333:role/restorer"),
        (Duty.BACK_UP, "arn:aws:iam::111122223333:role/nightly-backup"),
        (Duty.BREAK_GLASS, "break-glass"),
    }


def test_a_name_is_the_role_of_the_account_where_it_works() -> None:
    role = Operator(Duty.DEPLOY, "deploy-{account}-{region}")

    assert role.arn("aws-cn", "111122223333", "cn-north-1") == (
        "arn:aws-cn:iam::111122223333:role/deploy-111122223333-cn-north-1"
    )
    assert Operator(Duty.EXPORT, "arn:aws:iam::1:role/x").arn("aws", "2", "r") == (
        "arn:aws:iam::1:role/x"
    )


def test_a_table_without_a_backup_plan_is_backed_up_in_another_way(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text('project = "x"\nregions = []\ntable.backup_plan = false\n', encoding="utf-8")

    assert declaration.read(path, TODAY).existing == {"backup-plan"}


@pytest.mark.parametrize("regions", ["3", "[3]", "[{cache = {readers = [{}]}}]"])
def test_a_baseline_of_another_shape_is_refused_in_one_line(regions: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(f'project = "x"\nregions = {regions}\n', encoding="utf-8")

    with pytest.raises(declaration.DeclarationError, match="synthesize it to see what is wrong"):
        declaration.read(path, TODAY)
