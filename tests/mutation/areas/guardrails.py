"""Faults of the organization's policies; the baseline is that of an account under guardrails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    WEAKENED,
    Mutant,
    also,
    drop,
    exempting,
    plus,
    put,
    recondition,
    reword,
    without,
)
from tests.mutation.templates import statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutation.mutant import Change, Policy
    from tests.mutation.templates import Node, Templates

TABLE: Final = "Data/Table/Table"
CLOSED: Final = "org-perimeter-closed"
WORKS: Final = "org-legitimate-works"
VALID: Final = "org-policy-valid"
EXACT: Final = "org-exemption-exact"


def _content(kind: str) -> Policy:
    """Return how to find the document of one of the policies."""

    def content(templates: Templates) -> Node:
        document: Node = templates.properties(_path(kind))["Content"]
        return document

    return content


def _path(kind: str) -> str:
    return f"Guardrails/Policies/{kind.title()}"


NETWORK, PROTECTION, EXITS, ROLES, PERIMETER = map(
    _content, ("network", "protection", "exits", "roles", "perimeter")
)


def _open(name: str, policy: Callable[[Templates], Node], sid: str) -> Mutant:
    return Mutant(name, CLOSED, WEAKENED, TABLE, without(policy, sid))


def _also_denies(policy: Policy, sid: str, action: str) -> Change:
    def change(templates: Templates) -> None:
        statement(policy(templates), sid)["Action"].append(action)

    return change


def _swollen(templates: Templates) -> None:
    actions = statement(PERIMETER(templates), "DenyOutsideIdentities")["Action"]
    actions.extend(f"dynamodb:Describe{number:04}" for number in range(250))


MUTANTS: Final = (
    _open("tables may be in any Region", NETWORK, "DenyOtherRegions"),
    _open("members may write to tables anywhere", NETWORK, "DenyTablesOutsideNetwork"),
    _open("members may change endpoints", PROTECTION, "DenyEndpointChanges"),
    _open("members may change keys", PROTECTION, "DenyKeyChanges"),
    _open("members may restore native backups", EXITS, "DenyRestore"),
    _open("members may take an exempt role over", ROLES, "DenyExemptRoleChanges"),
    _open("members may give a cluster a role", EXITS, "DenyPassingRolesToDax"),
    _open("strangers may look", PERIMETER, "DenyOutsideIdentities"),
    _open("services may act for strangers", PERIMETER, "DenyForeignServiceCalls"),
    Mutant(
        "a policy is attached to nothing",
        "org-policy-attached",
        NONE,
        _path("exits"),
        drop(_path("exits"), "TargetIds"),
        also(CLOSED),
    ),
    Mutant(
        "a policy is attached to another unit",
        CLOSED,
        WEAKENED,
        TABLE,
        put(_path("protection"), "TargetIds", ["ou-ab12-22222222"]),
    ),
    Mutant(
        "whoever creates a role of some name is exempt",
        EXACT,
        WEAKENED,
        _path("exits"),
        exempting(EXITS, "DenyExport", "arn:*:iam::*:role/admin-*"),
    ),
    Mutant(
        "an SCP names a principal",
        VALID,
        NONE,
        _path("exits"),
        reword(EXITS, "DenyExport", Principal="*"),
        also(CLOSED),
    ),
    Mutant(
        "an RCP is about a service that RCPs do not apply to",
        VALID,
        NONE,
        _path("perimeter"),
        _also_denies(PERIMETER, "DenyOutsideIdentities", "ec2:*"),
    ),
    Mutant("an RCP is too large", VALID, NONE, _path("perimeter"), _swollen),
    Mutant(
        "an RCP allows",
        VALID,
        NONE,
        _path("perimeter"),
        plus(
            PERIMETER,
            {
                "Sid": "Added",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "dynamodb:*",
                "Resource": "*",
            },
        ),
    ),
    Mutant(
        "whoever restores is forgotten",
        WORKS,
        NONE,
        _path("exits"),
        recondition(EXITS, "DenyRestore", "ArnNotLike", None),
    ),
    Mutant(
        "the cache's clients are kept in the network, too",
        WORKS,
        NONE,
        _path("network"),
        _also_denies(NETWORK, "DenyTablesOutsideNetwork", "dax:GetItem"),
    ),
    Mutant(
        "another organization's identities are let in",
        WORKS,
        NONE,
        _path("perimeter"),
        recondition(
            PERIMETER,
            "DenyOutsideIdentities",
            "StringNotEqualsIfExists",
            {"aws:PrincipalOrgID": "o-anotherorgid"},
        ),
    ),
)
