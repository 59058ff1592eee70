"""Roles, users and groups with every policy that reaches them, and which of them matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.iam import GROUP, MANAGED_POLICY, ROLE, USER
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.targets import Targets
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_LINKED: Final = ":role/aws-service-role/"
_LISTS: Final = (
    ("RoleDetailList", ROLE, "RoleName", "RolePolicyList"),
    ("UserDetailList", USER, "UserName", "UserPolicyList"),
    ("GroupDetailList", GROUP, "GroupName", "GroupPolicyList"),
)


@dataclass(frozen=True, slots=True)
class Identities:
    """Every role, user and group of an account.

    Args:
        all: each of them.
        policies: managed policies by ARN.
    """

    all: tuple[Resource, ...] = ()
    policies: dict[str, Resource] = field(default_factory=dict)

    @classmethod
    def read(cls, place: Place) -> Identities:
        """Read the whole account; IAM has no Regions.

        Args:
            place: where the call is made.
        """
        found: list[Resource] = []
        policies: dict[str, Resource] = {}
        call = calls.GET_ACCOUNT_AUTHORIZATION_DETAILS
        for page in place.requests.pages(call, place.region, "the account", {}):
            if isinstance(page, Unknown):
                place.miss(call, page)
                return cls()
            for list_, type_, name, inline in _LISTS:
                told = page.get(list_) or ()
                found.extend(_identity(place, type_, each, name, inline) for each in told)
            for each in page.get("Policies") or ():
                policies[str(each["Arn"])] = _managed(place, each)
        return cls(tuple(found), policies)

    def that_matter(self, named: str, arns: Iterable[str]) -> Iterator[Resource]:
        """Yield the identities that can reach data or are named, with what they refer to.

        An identity reaches data when some Allow of its policies, or of its groups', may cover an
        action of DynamoDB or DAX on it. Service-linked roles are their services' alone.

        Args:
            named: text in which ARNs of identities count as named, e.g. of all policies.
            arns: tables and clusters.
        """
        groups = {str(each.physical): each for each in self.all if each.type == GROUP}
        targets = Targets.of(arns)
        kept = [
            each
            for each in self.all
            if (each.arn or "") in named
            or (not _linked(each) and self._reaches(each, groups, targets))
        ]
        yield from kept
        seen = {str(each.physical) for each in kept if each.type == GROUP}
        for user in kept:
            for name in _names(user, "Groups"):
                if name in groups and name not in seen:
                    seen.add(name)
                    kept.append(groups[name])
                    yield groups[name]
        arns = dict.fromkeys(arn for each in kept for arn in _policy_arns(each))
        yield from (self.policies[arn] for arn in arns if arn in self.policies)

    def may_reach(self, arn: object, arns: Iterable[str]) -> bool:
        """Return whether a role may reach data; of one that was not told, it may.

        Args:
            arn: the role's ARN.
            arns: tables and clusters.
        """
        role = next((each for each in self.all if each.arn == arn), None)
        return role is None or self._reaches(role, {}, Targets.of(arns))

    def _reaches(
        self, identity: Resource, groups: Mapping[str, Resource], targets: Targets
    ) -> bool:
        own = [identity, *(groups[n] for n in _names(identity, "Groups") if n in groups)]
        return any(targets.covered_by(each) for one in own for each in self._documents(one))

    def _documents(self, identity: Resource) -> Iterator[object]:
        inline = identity.items("Policies")
        for each in inline if isinstance(inline, list) else ():
            yield each["PolicyDocument"] if isinstance(each, dict) else None
        for arn in _names(identity, "ManagedPolicyArns"):
            policy = self.policies.get(arn)
            yield None if policy is None else policy.at("PolicyDocument")


def _identity(
    place: Place, type_: str, told: Mapping[str, Any], name: str, inline: str
) -> Resource:
    boundary = told.get("PermissionsBoundary") or {}
    properties = {
        name: told[name],
        "Path": told.get("Path"),
        "AssumeRolePolicyDocument": told.get("AssumeRolePolicyDocument"),
        "Policies": [
            {"PolicyName": each["PolicyName"], "PolicyDocument": each["PolicyDocument"]}
            for each in told.get(inline) or ()
        ],
        "ManagedPolicyArns": [
            each["PolicyArn"] for each in told.get("AttachedManagedPolicies") or ()
        ],
        "Groups": told.get("GroupList"),
        "PermissionsBoundary": boundary.get("PermissionsBoundaryArn"),
    }
    return place.resource(type_, str(told[name]), properties, Arn=told["Arn"])


def _managed(place: Place, told: Mapping[str, Any]) -> Resource:
    versions = told.get("PolicyVersionList") or ()
    document = next((each.get("Document") for each in versions if each["IsDefaultVersion"]), None)
    properties = {
        "ManagedPolicyName": told["PolicyName"],
        "Path": told.get("Path"),
        "PolicyDocument": document,
    }
    return place.resource(MANAGED_POLICY, str(told["Arn"]), properties, Arn=told["Arn"])


def _linked(identity: Resource) -> bool:
    return _LINKED in (identity.arn or "")


def _names(identity: Resource, property_: str) -> list[str]:
    found = identity.items(property_)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _policy_arns(identity: Resource) -> Iterator[str]:
    yield from _names(identity, "ManagedPolicyArns")
    yield from _names(identity, "PermissionsBoundary")
