"""Organization policies: what the templates attach above the accounts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.organization import OrganizationPolicyType
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource

ORGANIZATION_POLICY: Final = "AWS::Organizations::Policy"
_OTHERS: Final = frozenset(
    f"{name}_POLICY"
    for name in (
        "AISERVICES_OPT_OUT",
        "BACKUP",
        "BEDROCK",
        "CHATBOT",
        "GUARDDUTY",
        "INSPECTOR",
        "NETWORK_SECURITY_DIRECTOR",
        "S3",
        "SECURITYHUB",
        "TAG",
        "UPGRADE_ROLLOUT",
    )
) | {"DECLARATIVE_POLICY_EC2"}


@dataclass(frozen=True, slots=True)
class OrganizationPolicy:
    """An SCP or RCP, or a policy of which nobody can tell whether it is one.

    Args:
        resource: what declares it.
        name: its name.
        type: what it is; `Unknown` when that cannot be told.
        document: its document; `Unknown` when it cannot be read.
        targets: ids that it is attached to; `Unknown` when one of them cannot be told.
    """

    resource: Resource
    name: str
    type: OrganizationPolicyType | Unknown
    document: object
    targets: frozenset[str] | Unknown

    CONTENT = "Properties.Content"
    TARGETS = "Properties.TargetIds"

    @property
    def label(self) -> str:
        """Return how a report calls it, e.g. ``SCP ledger-exits``."""
        kind = "organization policy" if isinstance(self.type, Unknown) else self.type.short
        return f"{kind} {self.name}"

    def binds(self, account: str, units: frozenset[str]) -> bool:
        """Say whether the policy surely binds an account.

        It does where it is attached to the account, or to everything that the account may be
        in. A unit that nobody declares may hold the account or not, so it does not count.

        Args:
            account: the account's id.
            units: organizational units, roots and accounts, of which the account is in one.
        """
        if isinstance(self.targets, Unknown):
            return False
        # An id of twelve digits is another account, in which this one cannot be.
        holding = {unit for unit in units if unit == account or not unit.isdecimal()}
        if account in units:
            holding = {account}
        return account in self.targets or (bool(holding) and holding <= self.targets)


def organization_policies(inventory: Inventory) -> tuple[OrganizationPolicy, ...]:
    """Return every organization policy that is, or may be, an SCP or RCP.

    Args:
        inventory: where to look.
    """
    return inventory.view(_policies)


def _policies(inventory: Inventory) -> tuple[OrganizationPolicy, ...]:
    return tuple(
        OrganizationPolicy(
            resource,
            str(resource.at("Name", resource.logical_id)),
            _type(resource.at("Type")),
            _document(resource.at("Content")),
            _targets(resource),
        )
        for resource in inventory.of_type(ORGANIZATION_POLICY)
        if resource.at("Type") not in _OTHERS
    )


def _type(value: object) -> OrganizationPolicyType | Unknown:
    if isinstance(value, Unknown):
        return value
    if value in tuple(OrganizationPolicyType):
        return OrganizationPolicyType(str(value))
    return Unknown(str(value), "AWS Organizations has no such type of policy")


def _document(content: object) -> object:
    """Return the document, which CloudFormation takes as an object or as text."""
    if content is None:
        return Unknown("Content", "the policy has no document")
    if not isinstance(content, str):
        return content
    if "⟦" in content:
        return Unknown("Content", "it is text with values that only AWS knows")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return Unknown("Content", "it is no JSON")


def _targets(resource: Resource) -> frozenset[str] | Unknown:
    values = resource.items("TargetIds")
    if isinstance(values, Unknown):
        return values
    for value in values:
        if isinstance(value, Unknown):
            return value
    return frozenset(map(str, values))
