"""An account tells with which role Lambda, and nobody else, polls the stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.findings import Verdict
from tests.live.emulation.account import ACCOUNT
from tests.live.faults.cache import trusting
from tests.live.faults.fault import TABLE, exempting
from tests.live.faults.stream import POLICY
from tests.live.faults.table import NETWORK
from tests.live.judging import read
from tests.mutation.mutant import role

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.judging import Judge

CONTROL: Final = "ddb-stream-deny-outside-vpce"
LAMBDA: Final = {"Service": "lambda.amazonaws.com"}


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("principal", "follows", "verdict"),
    [
        (LAMBDA, True, Verdict.HOLDS),
        (LAMBDA, False, Verdict.BROKEN),
        (LAMBDA | {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, True, Verdict.BROKEN),
    ],
    ids=["Lambda alone polls with it", "nothing polls with it", "others may assume it, too"],
)
def test_a_role_that_lambda_alone_polls_with_may_be_exempt(
    principal: dict[str, str],
    follows: bool,  # noqa: FBT001 - a case
    verdict: Verdict,
    account: Account,
    judge: Judge,
) -> None:
    iam, functions = account.client("iam"), account.client("lambda")
    stream = account.client("dynamodb").describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    trust = document(trusting(principal))
    iam.create_role(RoleName="consumer", AssumeRolePolicyDocument=trust)
    reads = {"Effect": "Allow", "Action": "dynamodb:GetRecords", "Resource": stream}
    iam.put_role_policy(RoleName="consumer", PolicyName="read", PolicyDocument=document(reads))
    functions.create_function(FunctionName="consumer", Role=role("consumer"), Code={})
    if follows:
        functions.create_event_source_mapping(FunctionName="consumer", EventSourceArn=stream)
    POLICY.edited(exempting(NETWORK, role("consumer")))(account)

    result = catalogue.run(read(account), judge.perimeter, [CONTROL])

    assert result.verdict is verdict, [str(each) for each in result.findings]
