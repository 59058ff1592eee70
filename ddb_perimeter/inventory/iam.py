"""Roles, users and groups with every policy that reaches them, wherever it is written."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource

ROLE = "AWS::IAM::Role"
USER = "AWS::IAM::User"
GROUP = "AWS::IAM::Group"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
_POLICY = "AWS::IAM::Policy"
_ADDITION = "AWS::IAM::UserToGroupAddition"
_SINGLE = {
    "AWS::IAM::RolePolicy": ("RoleName", ROLE),
    "AWS::IAM::UserPolicy": ("UserName", USER),
    "AWS::IAM::GroupPolicy": ("GroupName", GROUP),
}
_LISTS = {"Roles": ROLE, "Users": USER, "Groups": GROUP}

IAM_TYPES = frozenset({ROLE, USER, GROUP, MANAGED_POLICY, _POLICY, _ADDITION, *_SINGLE})
"""What to ask `System.scenarios` for when looking at identities."""


class PolicyKind(enum.StrEnum):
    """How a policy is attached."""

    INLINE = "inline"
    MANAGED = "managed"
    AWS_MANAGED = "AWS managed"


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A policy document and where it is written.

    Args:
        name: its name, or its ARN.
        document: the document as written; `Unknown` when it cannot be read.
        kind: how it is attached.
        owner: the resource that it is written in, or that names it.
        pointer: where in the owner.
        partial: the document holds only the services that matter here, e.g. of ReadOnlyAccess.
    """

    name: str
    document: object
    kind: PolicyKind
    owner: Resource
    pointer: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A role, a user or a group.

    Args:
        resource: what declares it.
        arn: its ARN.
        policies: every policy that reaches it; a user's groups count.
        boundary: its permissions boundary, or None.
        trust: the trust document of a role as written; None for others.
    """

    resource: Resource
    arn: str | None
    policies: tuple[AttachedPolicy, ...]
    boundary: AttachedPolicy | None
    trust: object

    TRUST_POINTER = "Properties.AssumeRolePolicyDocument"


@dataclass(frozen=True, slots=True)
class LoosePolicy:
    """A policy that the templates attach to somebody who is not in them, or nobody can tell whom.

    Args:
        policy: the policy.
        target: the name or ARN of whoever gets it; `Unknown` means that it may be anybody.
    """

    policy: AttachedPolicy
    target: object


@dataclass(frozen=True, slots=True)
class Identities:
    """Every identity of one world.

    Args:
        roles: roles.
        users: users.
        groups: groups.
        loose: policies for identities that are not in the templates.
    """

    roles: tuple[Identity, ...]
    users: tuple[Identity, ...]
    groups: tuple[Identity, ...]
    loose: tuple[LoosePolicy, ...]

    def of(self, resource: Resource) -> Identity | None:
        """Return the identity that a resource declares, or None.

        Args:
            resource: a role, a user or a group.
        """
        for identity in (*self.roles, *self.users, *self.groups):
            if identity.resource is resource:
                return identity
        return None


def identities(inventory: Inventory) -> Identities:
    """Return every identity with its policies.

    Args:
        inventory: where to look.
    """
    return inventory.view(_identities)


def managed_policies_date() -> str:
    """Return the day of the pinned copy of AWS managed policies."""
    return str(_table()["date"])


def managed_policy_services() -> tuple[str, ...]:
    """Return the services that a partial document holds all statements of."""
    services = as_list(_table()["partial_services"])
    return tuple(str(service) for service in services) if isinstance(services, list) else ()


def aws_managed_policy(arn: str, owner: Resource, pointer: str) -> AttachedPolicy | None:
    """Return an AWS managed policy by its ARN, or None if the ARN is no AWS managed policy's.

    Args:
        arn: e.g. ``arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess``.
        owner: the resource that names it.
        pointer: where.

    Returns:
        The policy; its document is `Unknown` if it is not among the pinned ones.
    """
    prefix, found, rest = arn.partition(":iam::aws:policy/")
    if not found or not prefix.startswith("arn:"):
        return None
    path, _, name = f"/{rest}".rpartition("/")
    entry = look_up(_table(), f"policies.{name}")
    if not isinstance(entry, dict) or entry.get("path") != f"{path}/":
        why = f"{name} is not among the AWS managed policies pinned on {managed_policies_date()}"
        return AttachedPolicy(arn, Unknown(arn, why), PolicyKind.AWS_MANAGED, owner, pointer)
    document = entry["document"]
    partial = entry.get("partial") is True
    return AttachedPolicy(arn, document, PolicyKind.AWS_MANAGED, owner, pointer, partial)


@cache
def _table() -> dict[str, object]:
    """Read the pinned documents, once and only when somebody names one."""
    file = Path(__file__).with_name("managed_policies.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


class _Collector:
    """Finds out which policies reach whom."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.attached: dict[int, list[AttachedPolicy]] = {}
        self.members: dict[int, list[Resource]] = {}
        self.loose: list[LoosePolicy] = []

    def collect(self) -> Identities:
        """Return every identity."""
        self._separate()
        self._memberships()
        groups = {id(r): self._identity(r) for r in self.inventory.of_type(GROUP)}
        return Identities(
            roles=tuple(self._identity(r) for r in self.inventory.of_type(ROLE)),
            users=tuple(self._identity(r, groups) for r in self.inventory.of_type(USER)),
            groups=tuple(groups.values()),
            loose=tuple(self.loose),
        )

    def _identity(self, resource: Resource, groups: dict[int, Identity] | None = None) -> Identity:
        policies = [*self._own(resource), *self.attached.get(id(resource), ())]
        for group in self.members.get(id(resource), ()) if groups is not None else ():
            policies.extend(groups[id(group)].policies if groups is not None else ())
        boundary = resource.at("PermissionsBoundary")
        pointer = "Properties.PermissionsBoundary"
        return Identity(
            resource=resource,
            arn=resource.arn,
            policies=tuple(policies),
            boundary=None if boundary is None else self._named(boundary, resource, pointer),
            trust=resource.at("AssumeRolePolicyDocument") if resource.type == ROLE else None,
        )

    def _own(self, resource: Resource) -> Iterator[AttachedPolicy]:
        """Yield the policies that a resource writes or names itself."""
        inline = resource.items("Policies")
        for position, entry in enumerate([inline] if isinstance(inline, Unknown) else inline):
            pointer = f"Properties.Policies[{position}].PolicyDocument"
            document = look_up(entry, "PolicyDocument")
            name = str(look_up(entry, "PolicyName", ""))
            yield AttachedPolicy(name, _document(document), PolicyKind.INLINE, resource, pointer)
        named = resource.items("ManagedPolicyArns")
        for position, arn in enumerate([named] if isinstance(named, Unknown) else named):
            yield self._named(arn, resource, f"Properties.ManagedPolicyArns[{position}]")

    def _named(self, arn: object, owner: Resource, pointer: str) -> AttachedPolicy:
        """Return the managed policy that an ARN names."""
        if isinstance(arn, Unknown) or not isinstance(arn, str):
            unknown = arn if isinstance(arn, Unknown) else Unknown(str(arn), "no policy ARN")
            return AttachedPolicy(str(arn), unknown, PolicyKind.MANAGED, owner, pointer)
        declared = self.inventory.by_id(arn, MANAGED_POLICY, near=owner)
        pinned = aws_managed_policy(arn, owner, pointer)
        if declared is not None and pinned is not None:  # an account tells what AWS says today
            document_ = _document(declared.at("PolicyDocument"))
            return AttachedPolicy(arn, document_, PolicyKind.AWS_MANAGED, owner, pointer)
        if pinned is not None:
            return pinned
        if declared is not None:
            return self._written(declared, PolicyKind.MANAGED)
        why = f"no template here declares the policy {arn}"
        return AttachedPolicy(arn, Unknown(arn, why), PolicyKind.MANAGED, owner, pointer)

    def _written(self, resource: Resource, kind: PolicyKind) -> AttachedPolicy:
        name = resource.at("PolicyName", resource.at("ManagedPolicyName", resource.logical_id))
        return AttachedPolicy(
            str(name),
            _document(resource.at("PolicyDocument")),
            kind,
            resource,
            "Properties.PolicyDocument",
        )

    def _separate(self) -> None:
        """Attach the policies that are resources of their own."""
        for resource in self.inventory.of_type(_POLICY, MANAGED_POLICY):
            kind = PolicyKind.INLINE if resource.type == _POLICY else PolicyKind.MANAGED
            for property_, type_ in _LISTS.items():
                names = resource.items(property_)
                for name in [names] if isinstance(names, Unknown) else names:
                    self._attach(self._written(resource, kind), name, type_)
        for type_, (property_, target) in _SINGLE.items():
            for resource in self.inventory.of_type(type_):
                policy = self._written(resource, PolicyKind.INLINE)
                self._attach(policy, resource.at(property_), target)

    def _attach(self, policy: AttachedPolicy, name: object, type_: str) -> None:
        target = self.inventory.by_id(name, type_, near=policy.owner)
        if target is None:
            self.loose.append(LoosePolicy(policy, name))
        else:
            known = self.attached.setdefault(id(target), [])
            if all(other.owner is not policy.owner for other in known):
                known.append(policy)

    def _memberships(self) -> None:
        """Note which groups each user is in."""
        for user in self.inventory.of_type(USER):
            names = user.items("Groups")
            for name in names if isinstance(names, list) else [names]:
                self._join(user, name, user)
        for addition in self.inventory.of_type(_ADDITION):
            users = addition.items("Users")
            for name in users if isinstance(users, list) else [users]:
                user_ = self.inventory.by_id(name, USER, near=addition)
                if user_ is not None:
                    self._join(user_, addition.at("GroupName"), addition)

    def _join(self, user: Resource, name: object, told_by: Resource) -> None:
        group = self.inventory.by_id(name, GROUP, near=told_by)
        if group is not None:
            self.members.setdefault(id(user), []).append(group)
            return
        unknown = name if isinstance(name, Unknown) else Unknown(str(name), "group is not here")
        pointer = "Properties.Groups" if told_by is user else "Properties.GroupName"
        self.attached.setdefault(id(user), []).append(
            AttachedPolicy(str(name), unknown, PolicyKind.MANAGED, told_by, pointer)
        )


def _identities(inventory: Inventory) -> Identities:
    return _Collector(inventory).collect()


def _document(value: object) -> object:
    """Return a policy document as written; one that is left out is unknown."""
    return Unknown("PolicyDocument", "the policy has no document") if value is None else value
