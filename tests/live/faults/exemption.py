"""Faults of exempt principals: whoever creates them anew gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, also, exempting
from tests.live.faults.stream import POLICY as STREAM_POLICY
from tests.live.faults.table import NETWORK, POLICY
from tests.mutation.mutant import role

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change

AREA: Final = "exemption"


def _delete(name: str) -> Change:
    """Delete a role that has no policies."""

    def change(account: Account) -> None:
        account.client("iam").delete_role(RoleName=name)

    return change


FAULTS: Final = (
    Fault("the exempt role is deleted", "exempt-principal-exists", TABLE, _delete("break-glass")),
    Fault(
        "the role that deploys is deleted",
        "exempt-principal-exists",
        TABLE,
        _delete("cdk-hnb659fds-cfn-exec-role-111122223333-us-east-1"),
    ),
    Fault(
        "the table's policy exempts a role that was never there from the Deny on changes",
        "exempt-principal-exists",
        TABLE,
        POLICY.edited(exempting("DenyPolicyChanges", role("next-deployment"))),
    ),
    Fault(
        "the stream's policy exempts a role that was never there",
        "ddb-stream-deny-outside-vpce",
        TABLE,
        STREAM_POLICY.edited(exempting(NETWORK, role("gone"))),
        also("exempt-principal-exists"),
    ),
)
