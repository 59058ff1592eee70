"""Controls about the organization's policies, on somebody else's templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.controls.perimeter import Duty, Operator, Perimeter
from ddb_perimeter.findings import Exposure, Verdict
from ddb_perimeter.requests.handlers import ROLE_CHANGES

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Ask, Tell

OURS = "111122223333"
UNSET = {"Ref": "Unset"}


def policy(*statements: object, **changes: object) -> dict[str, Any]:
    properties = {
        "Name": "guard",
        "Type": "SERVICE_CONTROL_POLICY",
        "TargetIds": [OURS],
        "Content": {"Version": "2012-10-17", "Statement": list(statements)},
    } | changes
    kept = {key: value for key, value in properties.items() if value is not None}
    return {"Guard": {"Type": "AWS::Organizations::Policy", "Properties": kept}}


def deny(
    action: object = "dynamodb:ExportTableToPointInTime", **elements: object
) -> dict[str, Any]:
    return {"Sid": "DenyIt", "Effect": "Deny", "Action": action, "Resource": "*"} | elements


def but_for(*arns: object) -> dict[str, Any]:
    return {"Condition": {"ArnNotLike": {"aws:PrincipalArn": list(arns)}}}


STACK_SETS = deny(**but_for("arn:*:iam::${aws:PrincipalAccount}:role/stacksets-exec-*"))
CLOSED = deny([*sorted(ROLE_CHANGES)], Resource="arn:*:iam::*:role/stacksets-exec-*")
LOOSE = (
    "broken Guard Content.Statement[0]: DenyIt of the SCP guard exempts "
    "arn:*:iam::${aws:PrincipalAccount}:role/stacksets-exec-*, which may be many"
)
CASES = [
    pytest.param("org-policy-valid", policy(deny()), [], id="a valid SCP"),
    pytest.param(
        "org-policy-valid",
        policy(deny(), Type="RESOURCE_CONTROL_POLICY"),
        [
            'broken Guard Content: RCP guard: DenyIt: the Principal of an RCP is "*", and '
            "conditions say whom it means"
        ],
        id="an RCP without a principal",
    ),
    pytest.param(
        "org-policy-valid",
        policy(deny(UNSET)),
        ["unknown Guard Content: the policy is ${Unset}, which cannot be resolved"],
        id="an action that nobody can tell",
    ),
    pytest.param(
        "org-policy-valid",
        policy(deny(), Type=UNSET),
        ["unknown Guard Content: the policy is ${Unset}, which cannot be resolved"],
        id="a type that nobody can tell",
    ),
    pytest.param(
        "org-policy-valid",
        policy(Content="{"),
        ["unknown Guard Content: the policy is Content, which cannot be resolved: it is no JSON."],
        id="a document that is no JSON",
    ),
    pytest.param("org-policy-valid", policy(Type="TAG_POLICY"), [], id="a tag policy"),
    pytest.param("org-policy-attached", policy(deny()), [], id="attached"),
    pytest.param(
        "org-policy-attached",
        policy(deny(), TargetIds=None),
        ["broken Guard TargetIds: SCP guard is attached to nothing"],
        id="attached to nothing",
    ),
    pytest.param(
        "org-policy-attached",
        policy(deny(), TargetIds=[UNSET]),
        ["unknown Guard TargetIds: TargetIds is ${Unset}, which cannot be resolved"],
        id="attached to what nobody can tell",
    ),
    pytest.param(
        "org-exemption-exact",
        policy(deny(**but_for("arn:*:iam::*:role/lake"))),
        [],
        id="a named role of any account",
    ),
    pytest.param(
        "org-exemption-exact",
        policy(deny(**but_for("arn:aws:iam::*:role/aws-service-role/*"))),
        [],
        id="AWS's own roles",
    ),
    pytest.param(
        "org-exemption-exact",
        policy(deny(**but_for("arn:aws:iam::111122223333:role/admin-*"))),
        [
            "broken Guard Content.Statement[0]: DenyIt of the SCP guard exempts "
            "arn:aws:iam::111122223333:role/admin-*, which may be many"
        ],
        id="a pattern of roles",
    ),
    pytest.param("org-exemption-exact", policy(STACK_SETS, CLOSED), [], id="StackSets' own roles"),
    *(
        pytest.param("org-exemption-exact", policy(STACK_SETS, *others), [LOOSE], id=why)
        for why, others in {
            "roles like those of StackSets": [],
            "roles like those of StackSets, that somebody can make": [
                CLOSED | but_for("arn:aws:iam::111122223333:role/any")
            ],
            "roles like those of StackSets, that anybody can change": [
                CLOSED | {"Action": ["iam:CreateRole"]}
            ],
            "roles like those of StackSets, closed elsewhere": [
                CLOSED | {"Resource": "arn:*:iam::*:role/other-*"}
            ],
        }.items()
    ),
    pytest.param(
        "org-exemption-exact",
        policy(STACK_SETS) | {"Other": policy(CLOSED, TargetIds=["ou-ab12-11111111"])["Guard"]},
        [LOOSE],
        id="roles like those of StackSets, closed for others",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("control", "resources", "told"), CASES)
def test_a_policy_is_judged_by_its_document(
    control: str, resources: dict[str, Any], told: list[str], tell: Tell
) -> None:
    found = tell(control, resources)

    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True)), found


def test_ten_policies_of_our_own_are_one_too_many(tell: Tell) -> None:
    """AWS attaches one, and ten is the limit."""
    ten = {f"Guard{number}": policy(deny(), Name=f"guard{number}")["Guard"] for number in range(10)}
    nine = {name: ten[name] for name in sorted(ten)[:9]}

    assert tell("org-policy-valid", nine) == []
    assert tell("org-policy-valid", ten)[0] == (
        "broken Guard0 TargetIds: 111122223333 has 10 SCPs, and takes 9 beside the one of AWS"
    )


def test_exemptions_are_reported(ask: Ask) -> None:
    result = ask("org-exemption-exact", policy(deny(**but_for("arn:*:iam::*:role/lake"))))

    assert [(each.principal, each.reason) for each in result.exemptions] == [
        ("arn:*:iam::*:role/lake", "named in DenyIt")
    ]


def test_what_no_guardrail_stops_is_a_lost_layer(ask: Ask, private: dict[str, Any]) -> None:
    result = ask("org-perimeter-closed", private | policy(deny()))

    assert result.verdict is Verdict.BROKEN
    assert {each.exposure for each in result.findings} == {Exposure.WEAKENED}
    assert {each.subject.logical_id for each in result.findings} == {"Table"}
    told = {each.counterexample.action for each in result.findings if each.counterexample}
    assert "dynamodb:ExportTableToPointInTime" not in told
    assert {"dynamodb:GetItem", "ec2:DeleteVpcEndpoints", "iam:PassRole"} <= told


@pytest.mark.parametrize("control", ["org-perimeter-closed", "org-legitimate-works"])
def test_a_policy_that_may_bind_nobody_is_not_asked(
    control: str, ask: Ask, private: dict[str, Any]
) -> None:
    elsewhere = policy(deny("dynamodb:*"), TargetIds=["ou-ab12-11111111"])

    assert ask(control, private | elsewhere).findings == ()
    declared = Perimeter(units=frozenset({"ou-ab12-11111111"}))
    assert ask(control, private | elsewhere, declared).verdict is Verdict.BROKEN


def test_a_statement_that_cannot_be_read_may_stop_what_must_work(
    ask: Ask, private: dict[str, Any]
) -> None:
    result = ask("org-legitimate-works", private | policy(deny(UNSET)))

    assert result.verdict is Verdict.UNKNOWN
    assert "DenyIt of the SCP guard may deny" in result.findings[0].message


def test_a_resource_of_which_nobody_knows_what_its_deployment_calls_is_unknown(
    ask: Ask, private: dict[str, Any]
) -> None:
    private["Fleet"] = {"Type": "AWS::GameLift::Fleet", "Properties": {}}
    deploys = Perimeter(operators=(Operator(Duty.DEPLOY, "deploy"),))

    alone = ask("org-legitimate-works", private | policy(deny()))
    result = ask("org-legitimate-works", private | policy(deny()), deploys)

    assert alone.findings == ()
    told = {each.subject.logical_id: each.message for each in result.findings}
    assert result.verdict is Verdict.UNKNOWN
    assert told["Fleet"] == (
        "nobody here knows what CloudFormation calls for AWS::GameLift::Fleet, so a guardrail may "
        "stop its deployment"
    )
