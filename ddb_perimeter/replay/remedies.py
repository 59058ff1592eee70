"""What to do about a call that the templates would deny: by what the denying statement asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.request import Kind

if TYPE_CHECKING:
    from ddb_perimeter.policy.document import Statement
    from ddb_perimeter.replay.deployed import Deployed
    from ddb_perimeter.replay.events import Event

_NETWORK: Final = frozenset(
    {"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount"}
)
_ACCOUNTS: Final = frozenset({"aws:principalaccount", "aws:principalorgid"})


def remedy(statement: Statement, event: Event, deployed: Deployed, *, stream: bool) -> str:
    """Return what to do, in one sentence.

    Args:
        statement: the statement that denies the call.
        event: the call.
        deployed: the templates where the table is.
        stream: whether the call reads the table's stream.
    """
    asked = {condition.name for condition in statement.conditions}
    if asked & _NETWORK:
        return _network(event, deployed, stream=stream)
    if "aws:securetransport" in asked:
        return "make the client use HTTPS"
    if asked & _ACCOUNTS:
        return "let it assume a role of the table's account"
    if "aws:principalarn" in asked:
        return f"name {event.caller.name} among those whom {statement.label} lets through"
    if {"aws:currenttime", "aws:epochtime"} & asked:
        return "renew its exemption if it is still needed"
    return f"name a principal that {statement.label} lets through, or retire the call"


def _network(event: Event, deployed: Deployed, *, stream: bool) -> str:
    service = "dynamodb-streams" if stream else "dynamodb"
    own = sorted(each.resource.logical_id for each in deployed.endpoints(service))
    door = own[0] if own else "an endpoint that the policy names"
    if event.caller.caller.account not in {"", deployed.account}:
        return f"let it assume a role of the table's account, and move it behind {door}"
    exempt = f"exempt {event.caller.name} with a reason and an expiry"
    if event.caller.caller.kind is Kind.SERVICE or event.origin.service:
        return f"{exempt}: {event.origin} calls from outside every VPC"
    if event.origin.endpoint:
        return f"move it into the VPC of {door}, or {exempt}"
    nat = ""
    if event.origin.address:
        nat = f" (if it comes from that VPC by a NAT gateway, say --as ADDRESS={door})"
    return f"move it behind {door}{nat}, or {exempt}"
