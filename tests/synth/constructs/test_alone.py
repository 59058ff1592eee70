"""What holds for every construct in an app that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import private_dynamodb
from private_dynamodb import NewVpc, PrivateNetwork
from tests.synth.templates import of_type

if TYPE_CHECKING:
    import aws_cdk as cdk

    from tests.synth.constructs.conftest import Synthesize


def test_the_package_exports_what_it_lists() -> None:
    assert [name for name in private_dynamodb.__all__ if not hasattr(private_dynamodb, name)] == []
    assert len(private_dynamodb.__all__) == len(set(private_dynamodb.__all__))


def test_two_networks_fit_in_one_stack(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    for number in range(2):
        PrivateNetwork(
            anywhere,
            f"Network{number}",
            vpc=NewVpc(cidr=f"10.{number}.0.0/16"),
            table_name=f"messages{number}",
        )

    assert len(of_type(synthesize(anywhere), "AWS::EC2::VPCEndpoint")) == 2


def test_nothing_carries_a_fixed_iam_name_unless_it_is_given_one(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    PrivateNetwork(anywhere, "Network", vpc=NewVpc(cidr="10.0.0.0/16"), table_name="messages")
    named = [
        name
        for name, resource in synthesize(anywhere)["Resources"].items()
        if {"RoleName", "ManagedPolicyName"} & set(resource.get("Properties", {}))
    ]

    assert named == []
