"""The guardrails as documents: valid, named, small enough, and exact about who is exempt."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest

from ddb_perimeter.policy.organization import OrganizationPolicyType, size
from private_dynamodb import GuardrailRoles, GuardrailScope
from private_dynamodb.guardrails import surroundings
from private_dynamodb.guardrails.attachment import guardrail_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3",
    "eu-central-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-south-1",
)  # fmt: skip
# IAM actions that are no API operations; AWS Backup authorizes copies with them.
NO_OPERATION = {"backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"}
CLOSED = {name: value for name, value in vars(surroundings).items() if name.isupper()}


def guardrails(*regions: str, **roles: tuple[str, ...]) -> GuardrailScope:
    """Return guardrails as the stack makes them for some Regions."""
    return GuardrailScope(
        project="cruddur",
        organization="o-exampleorgid",
        regions=regions,
        roles=replace(
            GuardrailRoles(
                deploy=tuple(f"cdk-hnb659fds-cfn-exec-role-{{account}}-{each}" for each in regions),
                hand_over=tuple(
                    f"cdk-hnb659fds-deploy-role-{{account}}-{each}" for each in regions
                ),
                bootstrap=("OrganizationAccountAccessRole",),
                break_glass=("break-glass",),
                cache=tuple(f"cruddur-dax-{each}" for each in regions),
                streams=tuple(f"cruddur-last-message-{each}" for each in regions),
                backup=tuple(f"cruddur-backup-{each}" for each in regions),
            ),
            **roles,
        ),
    )


def statements(scope: GuardrailScope) -> Iterator[dict[str, Any]]:
    for policy in guardrail_policies(scope):
        yield from policy.statements


def test_twelve_regions_fit() -> None:
    scope = replace(guardrails(*REGIONS), stack_sets=True)
    sizes = {each.kind: size(each.document) for each in guardrail_policies(scope)}

    assert sizes["perimeter"] <= 5_120
    assert max(sizes.values()) <= 10_240


def test_a_policy_that_does_not_fit_names_itself_its_size_and_the_limit() -> None:
    many = tuple(f"administrator-{number}-{'x' * 40}" for number in range(150))

    with pytest.raises(ValueError, match=r"^SCP cruddur-network: it has [\d,]+ characters and an "):
        guardrail_policies(guardrails("us-east-1", break_glass=many))


def test_few_enough_are_attached_to_a_target() -> None:
    """AWS attaches one of each kind itself; an organization has others of its own."""
    kinds = [policy.type for policy in guardrail_policies(guardrails("us-east-1"))]

    assert kinds.count(OrganizationPolicyType.SERVICE_CONTROL) <= 5
    assert kinds.count(OrganizationPolicyType.RESOURCE_CONTROL) <= 2


def test_every_statement_denies_and_has_a_sid_of_its_own() -> None:
    sids = [each["Sid"] for each in statements(guardrails("us-east-1"))]

    assert len(sids) == len(set(sids))
    assert all(re.fullmatch(r"Deny[A-Za-z]+", sid) for sid in sids)
    assert {each["Effect"] for each in statements(guardrails("us-east-1"))} == {"Deny"}


def test_no_exemption_is_a_pattern() -> None:
    for statement in statements(guardrails("us-east-1", "eu-west-1")):
        for values in statement.get("Condition", {}).values():
            exempt = values.get("aws:PrincipalArn", [])
            assert [arn for arn in exempt if "*" in arn.split(":", 5)[-1]] == []


@pytest.mark.parametrize("role", ["admin-*", "cdk-?", "arn:aws:iam::111122223333:role/*"])
def test_a_pattern_of_roles_is_refused(role: str) -> None:
    with pytest.raises(ValueError, match="a wildcard exempts whoever creates a matching role"):
        guardrails("us-east-1", export=(role,))


def test_guardrails_without_a_deploying_role_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody could change the baseline again"):
        GuardrailRoles(deploy=())


def test_the_data_calls_of_dax_are_in_no_network_statement() -> None:
    """They never cross an endpoint: a statement about them would stop every client."""
    network = [
        each
        for each in statements(guardrails("us-east-1"))
        if "aws:VpceAccount" in json.dumps(each)
    ]

    assert len(network) == 4
    assert not any(action.startswith("dax:") for each in network for action in each["Action"])


def test_without_a_cache_no_statement_is_about_its_role() -> None:
    sids = {each["Sid"] for each in statements(guardrails("us-east-1", cache=()))}

    assert "DenyCacheRoleChanges" not in sids


def test_few_roles_make_valid_policies_too() -> None:
    """AWS takes no empty list of exemptions, and a user is no role to protect."""
    user = GuardrailRoles(deploy=("arn:aws:iam::111122223333:user/deployer",))

    assert guardrail_policies(replace(guardrails("us-east-1"), roles=user))
    assert guardrail_policies(
        replace(guardrails("us-east-1"), roles=GuardrailRoles(deploy=("deployer",)))
    )


@pytest.mark.parametrize("name", CLOSED)
def test_actions_are_sorted_and_named_once(name: str) -> None:
    assert list(CLOSED[name]) == sorted(set(CLOSED[name]))


def test_every_action_is_an_operation_of_its_service() -> None:
    """A misspelled action denies nothing, and AWS takes it without a word."""
    named = {action for actions in CLOSED.values() for action in actions} - NO_OPERATION
    dynamodb = {"dynamodb:RestoreTableFromAwsBackup"}

    for service in sorted({action.partition(":")[0] for action in named}):
        operations = {f"{service}:{name}" for name in operations_of(service)}
        of_service = {action for action in named if action.startswith(f"{service}:")}
        assert of_service - operations - dynamodb == set()


def operations_of(service: str) -> set[str]:
    data = Path(botocore.__file__).parent / "data" / service
    newest = max(each for each in data.iterdir() if each.is_dir())
    text = gzip.decompress((newest / "service-2.json.gz").read_bytes())
    return set(json.loads(text)["operations"])
