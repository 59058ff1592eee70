"""The policies of the guardrails, attached to organizational units or accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_organizations as organizations
from constructs import Construct

from ddb_perimeter.policy.organization import OrganizationPolicyType, problems
from private_dynamodb.guardrails.cache import cache_statements
from private_dynamodb.guardrails.confused_deputy import confused_deputy_statements
from private_dynamodb.guardrails.exempt_roles import role_statements
from private_dynamodb.guardrails.exits import exit_statements
from private_dynamodb.guardrails.identity import identity_statements
from private_dynamodb.guardrails.network import network_resource_statements, network_statements
from private_dynamodb.guardrails.protection import protection_statements
from private_dynamodb.guardrails.regions import region_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from private_dynamodb.guardrails.scope import GuardrailScope
    from private_dynamodb.guardrails.statements import Statement


@dataclass(frozen=True, slots=True)
class GuardrailPolicy:
    """One organization policy.

    Args:
        kind: what it is for, in one word; it ends the policy's name.
        type: SCP or RCP.
        description: one sentence for whoever finds it in the console.
        statements: its statements.
    """

    kind: str
    type: OrganizationPolicyType
    description: str
    statements: tuple[Statement, ...]

    @property
    def document(self) -> dict[str, Any]:
        """Return the policy document."""
        return {"Version": "2012-10-17", "Statement": list(self.statements)}


def guardrail_policies(scope: GuardrailScope) -> tuple[GuardrailPolicy, ...]:
    """Write the policies: few, since an account takes ten SCPs and five RCPs in all.

    Args:
        scope: what they keep inside, and who is exempt.

    Raises:
        ValueError: AWS Organizations would refuse one of them.
    """
    service, resource = OrganizationPolicyType
    policies = (
        GuardrailPolicy(
            "network",
            service,
            "The private table: configured Regions only, and through endpoints only",
            (*region_statements(scope), *network_statements(scope)),
        ),
        GuardrailPolicy(
            "protection",
            service,
            "The private table: its perimeter changes by deployment only",
            tuple(protection_statements(scope)),
        ),
        GuardrailPolicy(
            "exits",
            service,
            "The private table: exports, restores, replicas and caches by named roles only",
            (*exit_statements(scope), *cache_statements(scope)),
        ),
        GuardrailPolicy(
            "roles",
            service,
            "The private table: an exemption stays with the role that it was given to",
            tuple(role_statements(scope)),
        ),
        GuardrailPolicy(
            "perimeter",
            resource,
            "The private table: own network, own identities, no confused deputy",
            (
                *network_resource_statements(scope),
                *identity_statements(scope),
                *confused_deputy_statements(scope),
            ),
        ),
    )
    # Where users are exempt and no role is, there is no role to protect.
    written = tuple(policy for policy in policies if policy.statements)
    for policy in written:
        for problem in problems(policy.type, policy.document):
            raise ValueError(f"{policy.type.short} {scope.project}-{policy.kind}: {problem}")
    return written


class Guardrails(Construct):
    """Organization policies that keep private tables private, whatever a member account does.

    Creates four service control policies and one resource control policy, which cost nothing,
    and attaches them. They bind neither the management account nor service-linked roles. The
    stack belongs to the management account, or to the delegated administrator for policies.

    It refuses a policy that AWS Organizations would refuse: too large, or of a form that its
    type does not take.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        guardrails: what they keep inside, and who is exempt.
        targets: ids of organizational units and accounts.

    Raises:
        ValueError: no target, or a policy that would be refused.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_authorization_policies.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guardrails: GuardrailScope,
        targets: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        if not targets:
            raise ValueError("targets is empty: name an organizational unit or an account")
        self.policies = tuple(
            self._policy(policy, guardrails.project, targets)
            for policy in guardrail_policies(guardrails)
        )

    def _policy(
        self, policy: GuardrailPolicy, project: str, targets: Sequence[str]
    ) -> organizations.CfnPolicy:
        return organizations.CfnPolicy(
            self,
            policy.kind.title(),
            name=f"{project}-{policy.kind}",
            type=policy.type.value,
            description=policy.description,
            content=policy.document,
            target_ids=list(targets),
        )
