"""Drift as a control: what an account must have, because templates promise it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Where, broken, control, holds, unknown
from ddb_perimeter.drift.kinds import TYPES, Missing
from ddb_perimeter.drift.meaning import How, differences, unreadable
from ddb_perimeter.drift.pairs import Pairs
from ddb_perimeter.drift.things import things
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.network import VPC
from ddb_perimeter.inventory.tables import TABLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ddb_perimeter.controls.control import Control, Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.drift.kinds import Property
    from ddb_perimeter.drift.things import Thing
    from ddb_perimeter.inventory import Inventory, System

ID: Final = "no-drift"
_DEPLOY: Final = (
    "Find out in the trail who changed it and why; then deploy the templates again, or change them."
)


def promise(system: System, regions: Collection[str]) -> Control[Inventory] | None:
    """Return the control that compares an account with templates; None if they promise several.

    Args:
        system: the templates, read for the account's id.
        regions: the Regions that were read.
    """
    scenarios = list(itertools.islice(system.scenarios(TYPES), 2))
    return drift_control(scenarios[0], regions) if len(scenarios) == 1 else None


def drift_control(promised: Inventory, regions: Collection[str]) -> Control[Inventory]:
    """Return the control that compares an account with what templates promise.

    Args:
        promised: what the templates declare, read for the account's id.
        regions: the Regions that were read; promises for others are not looked at.
    """

    @control(
        id=ID,
        title="The account has what the templates promise",
        severity=Severity.MEDIUM,
        why="What was proved of the templates holds for the account only as long as nobody "
        "changes it by hand, and CloudFormation sees no such change of a resource policy, an "
        "endpoint policy or a DAX cluster.",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-stack-drift.html",
        fix=_DEPLOY,
        types=TYPES,
        where=Where.ACCOUNTS,
    )
    def no_drift(found: Inventory, _: Perimeter) -> Judgments:
        here = [each for each in things(promised) if each.region in {*regions, ""}]
        pairs = Pairs(here, things(found))
        for left, right in pairs.pairs:
            yield from _compared(left, right, pairs)
        read = {each.region for each in things(found) if each.kind.type == TABLE}
        for each in pairs.missing:
            # Of a Region without a table nothing was read.
            if each.kind.type == TABLE or each.region in {*read, ""}:
                yield from _missing(each, pairs, found.complete)
        yield from _extra(pairs)

    return no_drift


def _compared(promised: Thing, found: Thing, pairs: Pairs) -> Iterator[Judgment]:
    same = True
    for property_ in promised.kind.properties:
        for each in _property(promised, found, property_, pairs):
            same = False
            yield each
    if same:
        yield holds(found.subject)


def _property(
    promised: Thing, found: Thing, property_: Property, pairs: Pairs
) -> Iterator[Judgment]:
    left, right = promised.value(property_), found.value(property_)
    if left is None and not property_.has_default:
        return
    if property_.has_default:
        left = property_.default if left is None else left
        right = property_.default if right is None else right
    name = property_.name
    pointer = f"Properties.{name}"
    doubt = unreadable(left) or unreadable(right)
    if doubt is not None:
        whose = "the templates" if unreadable(left) is not None else "the account"
        yield unknown(
            found.subject,
            f"{name} cannot be compared with its promise: {whose} did not tell it ({doubt.why}).",
            evidence=found.resource.evidence(pointer),
        )
        return
    kind = promised.kind
    policy = property_.how is How.POLICY
    severity = Severity.CRITICAL if policy and kind.type == TABLE else kind.severity
    for sid, told in differences(left, right, property_.how, pairs.binding):
        yield broken(
            found.subject,
            f"{name} {told} ({_place(promised)}).",
            exposure=kind.exposure,
            evidence=found.resource.evidence(pointer, sid),
            severity=severity,
        )


def _missing(promised: Thing, pairs: Pairs, complete: Collection[str]) -> Iterator[Judgment]:
    kind = promised.kind
    if kind.missing is Missing.IGNORED:
        return
    if kind.missing is Missing.INSIDE and not pairs.belongs(promised):
        return
    evidence = promised.resource.evidence()
    candidates = pairs.doubtful.get(id(promised), 0)
    if candidates:
        yield unknown(
            promised.subject,
            f"{candidates} resources of the account may be what {_place(promised)} promises.",
            evidence=evidence,
            fix="Give it a name in the templates, or compare it by hand.",
        )
    elif kind.missing is Missing.UNSEEN:
        yield unknown(
            promised.subject,
            f"{_place(promised)} promises it, and neither a table nor a cache of the account uses "
            "one like it, so nobody looked.",
            evidence=evidence,
        )
    elif kind.type not in complete:
        yield unknown(
            promised.subject,
            f"{_place(promised)} promises it, and nobody could look whether the account has it.",
            evidence=evidence,
            fix="Allow what `ddb-perimeter permissions` prints.",
        )
    else:
        yield broken(
            promised.subject,
            f"{_place(promised)} promises it, and the account does not have it.",
            exposure=kind.exposure,
            evidence=evidence,
            severity=kind.severity,
        )


def _extra(pairs: Pairs) -> Iterator[Judgment]:
    """Yield what opens a promised network or cache although nobody promised it."""
    vpcs = {found.names["Ref"] for _, found in pairs.pairs if found.kind.type == VPC}
    roles = {found.names["Arn"] for _, found in pairs.pairs} - {None}
    for found in pairs.extra:
        at = found.resource.at
        inside = not vpcs.isdisjoint({at("VpcId"), at("PeerVpcId")} - {None})
        if (found.kind.way_out and inside) or (
            found.kind.type == CLUSTER and at("IAMRoleARN") in roles
        ):
            yield broken(
                found.subject,
                "Nobody promised it, and it is in what the templates promise.",
                exposure=found.kind.exposure,
                evidence=found.resource.evidence(),
                severity=found.kind.severity,
                fix="Find out in the trail who made it and why; then delete it, or declare it in "
                "the templates.",
            )


def _place(promised: Thing) -> str:
    subject = promised.subject
    return f"{subject.stack}.{subject.logical_id}" if subject.stack else subject.logical_id
