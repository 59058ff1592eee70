"""Who is inside, and what is refused before any policy is written."""

from __future__ import annotations

import dataclasses

import aws_cdk as cdk
import pytest

from private_dynamodb import Administrators, Endpoints, Exemption
from tests.synth.templates import plain

ROLE = "arn:aws:iam::111122223333:role/operations"


def test_a_perimeter_has_a_way_in() -> None:
    with pytest.raises(ValueError, match=r"Endpoints\.table is empty"):
        Endpoints(table=())


def test_somebody_can_repair_the_policy() -> None:
    with pytest.raises(ValueError, match=r"Administrators\.deploy is empty"):
        Administrators(deploy=(), export=(ROLE,))


@pytest.mark.parametrize(
    "arn",
    ["*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/operation?"],
)
def test_an_exemption_names_one_principal(arn: str) -> None:
    with pytest.raises(ValueError, match="wildcard") as refusal:
        Exemption(arn, "whoever it is")

    assert arn in str(refusal.value)


def test_an_exemption_may_be_an_arn_that_only_the_deployment_knows() -> None:
    arn = cdk.Fn.import_value("their-role-arn")

    assert Exemption(arn, "a role of another stack").arn == arn


@pytest.mark.parametrize(
    "value",
    [
        Endpoints(table=("vpce-1",)),
        Exemption(ROLE, "moves data"),
        Administrators(deploy=(ROLE,)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nobody_changes_a_perimeter(value: Endpoints) -> None:
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
        value.table = ("vpce-2",)  # type: ignore[misc] # what mypy refuses, the run does too


def test_cdk_deploys_with_its_execution_role(anywhere: cdk.Stack) -> None:
    administrators = Administrators.cdk_bootstrap(anywhere, export=[ROLE], backup=[ROLE])
    (deploy,) = administrators.deploy

    assert plain(anywhere.resolve(deploy)) == (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
        "cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}"
    )
    assert (administrators.export, administrators.restore, administrators.backup) == (
        (ROLE,),
        (),
        (ROLE,),
    )


def test_another_bootstrap_has_another_role(stack: cdk.Stack) -> None:
    (deploy,) = Administrators.cdk_bootstrap(stack, qualifier="ledger1").deploy

    assert plain(stack.resolve(deploy)).endswith(
        ":role/cdk-ledger1-cfn-exec-role-${AWS::AccountId}-eu-west-1"
    )
