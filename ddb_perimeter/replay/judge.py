"""Would the templates' policies deny a recorded call? Every possibility is asked."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.evaluate import Outcome, decide, matching
from ddb_perimeter.policy.layers import EndpointPolicy, Layers
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.request import Kind, Request
from ddb_perimeter.policy.world import World
from ddb_perimeter.replay.passages import passages
from ddb_perimeter.replay.remedies import remedy
from ddb_perimeter.replay.sight import as_seen, unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Table
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.policy.evaluate import Decision
    from ddb_perimeter.replay.calls import Call
    from ddb_perimeter.replay.deployed import Deployed
    from ddb_perimeter.replay.events import Event
    from ddb_perimeter.replay.passages import Passage

_ALWAYS_TOLD: Final = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:resourceaccount",
        "kms:calleraccount",
    }
)
_OF_SERVICES: Final = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
)
_ORGANIZATION: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})


class Answer(enum.StrEnum):
    """What would become of a call."""

    PASSES = "passes"
    UNKNOWN = "unknown"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What would become of a call, and why.

    Args:
        answer: the answer.
        policy: name of the policy that decides, or empty.
        statement: Sid or place of its statement, or empty.
        why: one sentence; empty for what passes.
        fix: what to do about it.
    """

    answer: Answer
    policy: str = ""
    statement: str = ""
    why: str = ""
    fix: str = ""


def judge(event: Event, call: Call, scenarios: Iterable[Deployed], perimeter: Perimeter) -> Ruling:
    """Return what would become of one authorization of a call.

    Args:
        event: the call.
        call: the authorization.
        scenarios: the templates where the table is, under every combination of conditions.
        perimeter: what is declared beside them.
    """
    if event.caller.nobody:
        return Ruling(Answer.UNKNOWN, why=event.caller.doubt, fix="look the event up by its id")
    rulings = [
        _merged(list(_rulings(event, call, deployed, perimeter)), event, call)
        for deployed in scenarios
    ]
    if len({ruling.answer for ruling in rulings}) == 1:
        return rulings[0]
    return Ruling(
        Answer.UNKNOWN,
        why="the answer depends on conditions of the templates",
        fix="set their parameters with --parameter",
    )


def _merged(rulings: list[Ruling], event: Event, call: Call) -> Ruling:
    """Return the one answer of every possibility, or say what it depends on."""
    if len({ruling.answer for ruling in rulings}) == 1:
        return rulings[0]
    if len(call.actions) > 1:
        return Ruling(
            Answer.UNKNOWN,
            why=f"the record does not tell which it was: {', '.join(call.actions)}",
            fix="look at the program that makes the call",
        )
    what = event.origin.endpoint or "ADDRESS"
    return Ruling(
        Answer.UNKNOWN,
        why=f"nobody says whether an endpoint of the templates takes the place of {event.origin}",
        fix=f"say --as {what}=LOGICALID if it is in the same VPC, else --as {what}=outside",
    )


def _rulings(
    event: Event, call: Call, deployed: Deployed, perimeter: Perimeter
) -> Iterator[Ruling]:
    table = deployed.table(call.place)
    if table is None:
        yield Ruling(
            Answer.UNKNOWN,
            why=f"the templates declare {call.place.name} only under some conditions",
            fix="set their parameters with --parameter",
        )
        return
    if call.stream and table.stream_enabled is False:
        yield Ruling(
            Answer.UNKNOWN,
            why="the templates declare no stream of this table",
            fix="turn the stream on in the templates, or retire its reader",
        )
        return
    case = _Case(event, call, deployed, perimeter)
    service = "dynamodb-streams" if call.stream else "dynamodb"
    for passage in passages(event, service, deployed, perimeter.organization):
        for action in call.actions:
            yield case.ruling(table, passage, action)


@dataclass(frozen=True, slots=True)
class _Case:
    """One authorization, to be judged for each way and action that it may have been."""

    event: Event
    call: Call
    deployed: Deployed
    perimeter: Perimeter

    def ruling(self, table: Table, passage: Passage, action: str) -> Ruling:
        """Judge one possibility."""
        world = self._world()
        request = self._request(table, passage, action, world)
        known = self._known(request, passage)
        layers = self._layers(table, passage, known)
        decision = decide(request, layers, world)
        if decision.outcome is Outcome.ALLOWED:
            gaps = self.deployed.inventory.gaps
            if not gaps:
                return Ruling(Answer.PASSES)
            return Ruling(
                Answer.UNKNOWN,
                why=f"{gaps[0].unknown.why}, so there may be policies that nobody here can see",
                fix="give the templates as AWS deploys them, with macros expanded",
            )
        if decision.outcome is Outcome.UNKNOWN:
            return self._undecided(decision, request, layers, known)
        if decision.outcome is Outcome.EXPLICIT_DENY and decision.statement is not None:
            label = decision.statement.label
            return Ruling(
                Answer.DENIED,
                decision.policy,
                label,
                f"{label} of the {decision.policy} denies it",
                remedy(decision.statement, self.event, self.deployed, stream=self.call.stream),
            )
        return self._missing(request, layers)

    def _world(self) -> World:
        return World(
            account=self.deployed.account,
            region=self.deployed.region,
            partition=self.call.place.partition,
            organization=self.perimeter.organization,
            friendly_accounts=tuple(sorted(self.perimeter.accounts - {self.deployed.account})),
            now=datetime.combine(self.perimeter.today, time(12), tzinfo=UTC),
        )

    def _request(self, table: Table, passage: Passage, action: str, world: World) -> Request:
        caller = self.event.caller.caller
        ours = caller.account == self.deployed.account
        arn, _ = self.deployed.identity(caller.arn)
        context = {
            "aws:CurrentTime": (world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
            "aws:EpochTime": (str(int(world.now.timestamp())),),
            "aws:RequestedRegion": (self.deployed.region,),
            "aws:ResourceAccount": (self.deployed.account,),
        }
        if self.perimeter.organization:
            context["aws:ResourceOrgID"] = (self.perimeter.organization,)
        for key, told in (
            ("aws:SecureTransport", self.event.tls),
            ("aws:MultiFactorAuthPresent", self.event.mfa),
        ):
            if told is not None:
                context[key] = (str(told).lower(),)
        return Request(
            caller=replace(
                caller,
                relation=world.relation(caller.account),
                arn=opaque(arn),
                organization=self.perimeter.organization if ours else "",
            ),
            origin=passage.origin,
            action=action,
            resource=opaque(self._resource(table)),
            context=context,
        )

    def _resource(self, table: Table) -> str:
        arn = str(table.arn)
        if self.call.stream:
            return str(table.stream_arn)
        return f"{arn}/index/{self.call.index}" if self.call.index else arn

    def _known(self, request: Request, passage: Passage) -> frozenset[str]:
        """Return the condition keys that the record tells, or tells to be absent."""
        caller = request.caller
        told = {key.lower() for key in (*caller.keys(), *request.context)}
        known = set(_ALWAYS_TOLD | passage.known | told)
        if not caller.unique_id and caller.kind is not Kind.ROOT:
            known.discard("aws:userid")
        if self.event.caller.doubt:
            known.discard("aws:principaltype")
        if caller.kind is Kind.SERVICE:
            known |= _ORGANIZATION | {"aws:principalarn"}
        else:
            known |= _OF_SERVICES
        if caller.kind is not Kind.USER:
            known.add("aws:username")
        return frozenset(known)

    def _layers(self, table: Table, passage: Passage, known: frozenset[str]) -> Layers:
        """Return the policies that would decide, as far as the record can tell."""
        caller = self.event.caller
        named = not caller.doubt
        _, own = self.deployed.identity(caller.caller.arn)

        def seen(policy: Policy | None) -> Policy | None:
            return None if policy is None else as_seen(policy, known, named=named)

        return Layers(
            resource=seen(self.deployed.policy(table, stream=self.call.stream)),
            identity=None
            if own is None or own.identity is None
            else tuple(as_seen(each, known, named=named) for each in own.identity),
            boundary=seen(own.boundary) if own else None,
            endpoints=tuple(
                EndpointPolicy(door.endpoint, seen(door.policy), gateway=door.gateway)
                for door in passage.doors
            ),
        )

    def _undecided(
        self, decision: Decision, request: Request, layers: Layers, known: frozenset[str]
    ) -> Ruling:
        """Say what nobody can tell."""
        policy, statement = decision.policy, decision.statement
        if statement is None:
            for each, document in _allowing(layers):
                answer, statement = matching(each, Effect.ALLOW, request, document)
                if answer is None and statement is not None:
                    policy = each.name
                    break
        where = f"{statement.label} of the {policy}" if statement else "the answer"
        keys = unseen(statement, known) if statement else ()
        label = statement.label if statement else ""
        if "aws:securetransport" in {key.lower() for key in keys}:
            fix = "say --assume-tls if every client uses HTTPS, as AWS's SDKs do"
        else:
            fix = "look at the caller and decide by hand"
        if keys:
            why = f"{where} asks for {', '.join(keys)}, which the record does not tell"
        elif self.event.caller.doubt:
            why = f"{where} asks who it is, and {self.event.caller.doubt}"
        else:
            doubts = (
                [f"{each.text} ({each.why})" for each in statement.unknowns] if statement else []
            )
            problem = statement.problem if statement else ""
            reason = ", ".join(doubts) or problem or "what it says cannot be compared"
            why = f"{where} cannot be decided: {reason}"
            fix = "set parameters with --parameter, or spell the value in the template"
        return Ruling(Answer.UNKNOWN, policy, label, why, fix)

    def _missing(self, request: Request, layers: Layers) -> Ruling:
        """Say which policy lacks the Allow."""
        what = f"{request.action} on {request.resource}"
        for door in layers.endpoints:
            if door.policy and not matching(door.policy, Effect.ALLOW, request, door.document)[0]:
                return Ruling(
                    Answer.DENIED,
                    "endpoint policy",
                    why=f"no statement of the endpoint policy allows {what}",
                    fix="allow it in the endpoint's policy, or retire the call",
                )
        if request.caller.account != self.deployed.account:
            return Ruling(
                Answer.DENIED,
                "table policy",
                why=f"no statement allows {what} to account {request.caller.account or 'nobody'}",
                fix="let it assume a role of the table's account",
            )
        return Ruling(
            Answer.DENIED,
            "policies of the caller",
            why=f"the caller's policies in the templates do not allow {what}",
            fix="allow it in the policies of the role, or retire the call",
        )


def _allowing(layers: Layers) -> Iterator[tuple[Policy, Document]]:
    """Yield the policies that may lack an Allow, in the order in which they are asked."""
    for door in layers.endpoints:
        if door.policy:
            yield door.policy, door.document
    if layers.resource:
        yield layers.resource, layers.document
    for policy in (*(layers.identity or ()), layers.boundary):
        if policy:
            yield policy, Document.IDENTITY
