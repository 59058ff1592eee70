"""The sizes of policies: AWS refuses one that is too large, and does so only at deployment."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unresolved
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.iam import IAM_TYPES, MANAGED_POLICY, ROLE, PolicyKind, identities
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_TABLE: Final = 20 * 1024  # bytes; DynamoDB counts white space
_ENDPOINT: Final = 20_480  # characters, with white space
_MANAGED: Final = 6_144  # characters; IAM counts no white space
_TRUST: Final = 4_096  # the quota's highest value; 2,048 unless it was raised
_INLINE: Final = {ROLE: 10_240, "AWS::IAM::Group": 5_120, "AWS::IAM::User": 2_048}
_LONGEST_VALUE: Final = 4_096  # of a parameter: what cannot be resolved may be that long
_LONGEST_ID: Final = 64  # of what AWS chooses, which a placeholder stands for
_PLACEHOLDER: Final = re.compile("⟦[^⟧]*⟧")
_SPACE: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a document is, as far as that can be told.

    Args:
        least: with everything that cannot be resolved left out.
        most: with the longest that it can be.
        doubt: something that cannot be resolved, or None.
    """

    least: int = 0
    most: int = 0
    doubt: Unknown | None = None

    def __add__(self, other: Size) -> Size:
        """Return the size of both."""
        return Size(self.least + other.least, self.most + other.most, self.doubt or other.doubt)

    @classmethod
    def of(cls, document: object, *, spaces: bool) -> Size:
        """Measure a document as CloudFormation writes it: JSON without white space around.

        Args:
            document: a resolved document.
            spaces: whether white space inside of values counts.
        """
        unknowns: list[Unknown] = []

        def spell(value: object) -> str:
            if not isinstance(value, Unknown):
                raise TypeError(f"{type(value).__name__} is no part of a policy")
            unknowns.append(value)
            return ""

        statements = as_list(look_up(document, "Statement"))
        whole = [document, statements, *(statements if isinstance(statements, list) else ())]
        unread = next((each for each in whole if isinstance(each, Unknown)), None)
        if unread is not None:
            return cls(0, sys.maxsize, unread)
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, default=spell)
        chosen = len(_PLACEHOLDER.findall(text))
        text = _PLACEHOLDER.sub("", text)
        least = len((text if spaces else _SPACE.sub("", text)).encode())
        most = least + chosen * _LONGEST_ID + len(unknowns) * _LONGEST_VALUE
        return cls(least, most, unknowns[0] if unknowns else None)


@dataclass(frozen=True, slots=True)
class _Document:
    """A document, or several that count together, and the most that AWS takes of it."""

    resource: Resource
    pointer: str
    what: str
    size: Size
    limit: int


@control(
    id="policy-within-size",
    title="Policies are no larger than AWS takes",
    severity=Severity.MEDIUM,
    why="A policy that is too large is refused at deployment, and the perimeter stays as it was, "
    "or is rolled back with everything that was deployed beside it.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html",
    fix="Name fewer principals and resources one by one, use wildcards of actions, or move "
    "permissions of a role into managed policies.",
    types=TABLE_TYPES | IAM_TYPES | {ENDPOINT},
)
def within_size(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge every policy of tables, streams, endpoints and identities."""
    for document in (*_resource_policies(inventory), *_identity_policies(inventory)):
        yield _judge(document)


def _judge(document: _Document) -> Judgment:
    resource, size = document.resource, document.size
    if size.most <= document.limit:
        return holds(resource.subject())
    evidence = resource.evidence(document.pointer)
    if size.least > document.limit:
        return broken(
            resource.subject(),
            f"The {document.what} is {size.least:,} bytes long or more; AWS takes "
            f"{document.limit:,}.",
            evidence=evidence,
        )
    doubt = size.doubt or Unknown("a name", "AWS chooses it at deployment")
    what = f"Whether the {document.what} is {document.limit:,} bytes long or less"
    return unresolved(resource.subject(), what, doubt, evidence=evidence)


def _resource_policies(inventory: Inventory) -> Iterator[_Document]:
    for table in tables(inventory):
        for what, policy, pointer in (
            ("table's policy", table.policy, table.policy_pointer),
            ("stream's policy", table.stream_policy, table.stream_policy_pointer),
        ):
            if policy is not None:
                yield _Document(table.resource, pointer, what, Size.of(policy, spaces=True), _TABLE)
    for resource in inventory.of_type(ENDPOINT):
        policy = resource.at("PolicyDocument")
        if policy is not None:
            size = Size.of(policy, spaces=True)
            yield _Document(resource, Endpoint.POLICY_POINTER, "endpoint's policy", size, _ENDPOINT)


def _identity_policies(inventory: Inventory) -> Iterator[_Document]:
    for resource in inventory.of_type(MANAGED_POLICY):
        if (resource.arn or "").split(":")[4:5] == ["aws"]:
            continue  # one of AWS, which keeps to no quota of an account
        size = Size.of(resource.at("PolicyDocument"), spaces=False)
        yield _Document(resource, "Properties.PolicyDocument", "managed policy", size, _MANAGED)
    found = identities(inventory)
    for identity in (*found.roles, *found.users, *found.groups):
        own = [
            each
            for each in identity.policies
            if each.kind is PolicyKind.INLINE and _is_of(each.owner, identity.resource)
        ]
        if own:
            size = sum((Size.of(each.document, spaces=False) for each in own), Size())
            limit = _INLINE[identity.resource.type]
            what = "sum of its inline policies"
            yield _Document(identity.resource, "Properties.Policies", what, size, limit)
        if identity.trust is not None:
            size = Size.of(identity.trust, spaces=False)
            yield _Document(identity.resource, identity.TRUST_POINTER, "trust policy", size, _TRUST)


def _is_of(owner: Resource, identity: Resource) -> bool:
    """Return whether a policy is the identity's own, not that of a group that it is in."""
    if owner is identity or not identity.type.endswith("::User"):
        return True
    return owner.type.endswith("::UserPolicy") or owner.at("Users") is not None
