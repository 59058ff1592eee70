"""What an account tells in another shape is told as a template would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.account import Account
from rehearsal.readers.network import security_group
from rehearsal.readers.operations import permission

if TYPE_CHECKING:
    from rehearsal.readers.reader import Properties

HERE = Account("nowhere", "us-east-1")


class Told:
    """A client that has one answer to everything."""

    def __init__(self, answer: Properties) -> None:
        self.answer = answer

    def __getattr__(self, _: str) -> Any:  # noqa: ANN401 - any call
        return lambda **_: self.answer


@pytest.mark.parametrize(
    ("account", "found"), [("111122223333", True), ("444455556666", False), (None, False)]
)
def test_a_permission_is_the_statement_that_says_the_same(
    monkeypatch: pytest.MonkeyPatch, account: str | None, *, found: bool
) -> None:
    statement = {
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"StringEquals": {"AWS:SourceAccount": account}} if account else {},
    }
    answer = {"Policy": json.dumps({"Statement": [statement]})}
    monkeypatch.setattr(Account, "client", lambda *_: Told(answer))
    promised = {
        "FunctionName": "rule",
        "Action": "lambda:InvokeFunction",
        "Principal": "config.amazonaws.com",
        "SourceAccount": "111122223333",
    }

    assert bool(permission(HERE, promised)) is found


def test_a_security_group_has_one_rule_for_each_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    group = {
        "Description": "clients",
        "IpPermissions": [
            {
                **port,
                "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "all of it"}],
                "UserIdGroupPairs": [{"GroupId": "sg-1"}],
            }
        ],
        "IpPermissionsEgress": [{**port, "PrefixListIds": [{"PrefixListId": "pl-1"}]}],
    }
    monkeypatch.setattr(Account, "client", lambda *_: Told({"SecurityGroups": [group]}))

    told = security_group(HERE, "sg-2")

    assert told["SecurityGroupIngress"] == [
        {**port, "CidrIp": "10.0.0.0/16", "Description": "all of it"},
        {**port, "SourceSecurityGroupId": "sg-1", "Description": None},
    ]
    assert told["SecurityGroupEgress"] == [
        {**port, "DestinationPrefixListId": "pl-1", "Description": None}
    ]
