"""The Guard rule about endpoint policies, run by Guard on what AWS Config would record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from cfn_guard_rs.api import run_checks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from private_dynamodb import ConfigBaseline, NewVpc, PrivateNetwork, endpoint_policy_rule
from tests.synth.templates import of_type, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.synth.constructs.conftest import Synthesize

Json: TypeAlias = dict[str, Any]
ACCOUNT, VPC = "111122223333", "vpc-0123456789abcdef0"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders.v1"
SERVICE = "com.amazonaws.eu-west-1.dynamodb"


@pytest.fixture(scope="module")
def deployed() -> tuple[str, Json]:
    """Give the rule's text and the endpoint's policy as AWS gets them."""
    stack = cdk.Stack(
        cdk.App(builtin_cloud_formation_validation=False),
        "Theirs",
        env=cdk.Environment(region="eu-west-1", account=ACCOUNT),
    )
    PrivateNetwork(stack, "Network", vpc=NewVpc("10.64.0.0/16"), table_name="orders.v1")
    rule = endpoint_policy_rule(stack, table_name="orders.v1", vpc_id=VPC)
    ConfigBaseline(stack, "Rules", rules=[rule])
    template = dict(assertions.Template.from_stack(stack).to_json())
    text = only(template, "AWS::Config::ConfigRule")["Source"]["CustomPolicyDetails"]["PolicyText"]
    (endpoint,) = of_type(template, "AWS::EC2::VPCEndpoint").values()
    policy = json.dumps(endpoint["Properties"]["PolicyDocument"])
    partition = ("${AWS::Partition}", "aws")
    return text.replace(*partition), json.loads(policy.replace(*partition))


def item(policy: object, **changed: object) -> Json:
    """Return a recorded endpoint, shaped like the answer of DescribeVpcEndpoints."""
    configuration = {
        "vpcEndpointId": "vpce-0123456789abcdef0",
        "vpcEndpointType": "Gateway",
        "vpcId": VPC,
        "serviceName": SERVICE,
        "state": {"value": "available"},
        "policyDocument": policy,
        "routeTableIds": ["rtb-0123456789abcdef0"],
        "privateDnsEnabled": False,
        "ownerId": ACCOUNT,
        **changed,
    }
    return {
        "version": "1.3",
        "awsAccountId": ACCOUNT,
        "awsRegion": "eu-west-1",
        "configurationItemStatus": "OK",
        "resourceType": "AWS::EC2::VPCEndpoint",
        "resourceId": "vpce-0123456789abcdef0",
        "configuration": {name: value for name, value in configuration.items() if value != ...},
    }


def ask(text: str, recorded: Json) -> str:
    """Return what Guard concludes: PASS, FAIL, or SKIP for what the rule is not about."""
    try:
        return str(run_checks(recorded, text).status)
    except json.JSONDecodeError as cut:
        # The binding loses the head of a report above 8 kB. Its tail says what did not fail.
        tail = cut.doc.rsplit('"not_applicable"', 1)[1]
        assert json.loads(f'{{"not_applicable"{tail}') == {"not_applicable": [], "compliant": []}
        return "FAIL"


@pytest.mark.parametrize("indent", [None, 2], ids=["compact", "indented"])
def test_the_policy_that_we_deploy_complies(deployed: tuple[str, Json], indent: int | None) -> None:
    text, policy = deployed

    assert ask(text, item(json.dumps(policy, indent=indent))) == "PASS"


def full_access(policy: Json) -> None:
    policy["Statement"] = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]


def also_full_access(policy: Json) -> None:
    policy["Statement"].append({"Effect": "Allow", "Principal": "*", "Action": "*"})
    policy["Statement"][-1]["Resource"] = "*"


def statement(number: int, **changes: object) -> Callable[[Json], None]:
    """Return what changes some elements of a statement; `...` removes one."""

    def change(policy: Json) -> None:
        each = {**policy["Statement"][number], **changes}
        policy["Statement"][number] = {k: v for k, v in each.items() if v != ...}

    return change


def pinned(**keys: str) -> Json:
    return {"StringEquals": {f"aws:{name}": value for name, value in keys.items()}}


BOTH = {"PrincipalAccount": ACCOUNT, "ResourceAccount": ACCOUNT}
WORSE: dict[str, Callable[[Json], None]] = {
    "full access": full_access,
    "full access besides": also_full_access,
    "no condition": statement(0, Condition=...),
    "no condition of discovery": statement(1, Condition=...),
    "no condition on the principal": statement(0, Condition=pinned(ResourceAccount=ACCOUNT)),
    "no condition on the resource": statement(0, Condition=pinned(PrincipalAccount=ACCOUNT)),
    "another account's principals": statement(
        0, Condition=pinned(**{**BOTH, "PrincipalAccount": "444455556666"})
    ),
    "another account's resources": statement(
        0, Condition=pinned(**{**BOTH, "ResourceAccount": "444455556666"})
    ),
    "any account": statement(0, Condition={"StringLike": pinned(**BOTH)["StringEquals"]}),
    "absent keys": statement(0, Condition={"StringEqualsIfExists": pinned(**BOTH)["StringEquals"]}),
    "turned around": statement(0, Condition={"StringNotEquals": pinned(**BOTH)["StringEquals"]}),
    "every table": statement(0, Resource="*"),
    "every table of the account": statement(0, Resource=TABLE.replace("orders.v1", "*")),
    "another table": statement(0, Resource=TABLE.replace("orders.v1", "ordersXv1")),
    "another table besides": statement(0, Resource=[TABLE, f"{TABLE}2"]),
    "every action": statement(0, Action="dynamodb:*"),
    "export": statement(0, Action=["dynamodb:GetItem", "dynamodb:ExportTableToPointInTime"]),
    "all but an action": statement(0, Action=..., NotAction="dynamodb:DeleteTable"),
    "all but a table": statement(0, Resource=..., NotResource=TABLE),
    "a role by name": statement(0, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader"}),
    "reads in the discovery": statement(1, Action="dynamodb:Scan"),
}


@pytest.mark.parametrize("change", WORSE.values(), ids=WORSE)
def test_another_policy_does_not(
    deployed: tuple[str, Json], change: Callable[[Json], None]
) -> None:
    text, policy = deployed
    changed = json.loads(json.dumps(policy))
    change(changed)

    assert changed != policy
    assert ask(text, item(json.dumps(changed))) == "FAIL"


@pytest.mark.parametrize(
    "recorded", [..., None, "", "{}", {"Statement": []}, 'x{"Statement":[]}'], ids=str
)
def test_a_policy_that_cannot_be_read_does_not(
    deployed: tuple[str, Json], recorded: object
) -> None:
    assert ask(deployed[0], item(recorded)) == "FAIL"


def test_an_object_in_place_of_text_does_not(deployed: tuple[str, Json]) -> None:
    """Were AWS Config to record it so, the rule would say too much rather than too little."""
    text, policy = deployed

    assert ask(text, item(policy)) == "FAIL"


@pytest.mark.parametrize("around", ["[{}]", '{{"Policy": {}}}', "{} {{}}", "{{}} {}"])
def test_the_policy_inside_something_else_does_not(deployed: tuple[str, Json], around: str) -> None:
    text, policy = deployed

    assert ask(text, item(around.format(json.dumps(policy)))) == "FAIL"


@pytest.mark.parametrize(
    "elsewhere",
    [
        item("{}", vpcId="vpc-0fedcba9876543210"),
        item("{}", serviceName="com.amazonaws.eu-west-1.s3"),
        item("{}", serviceName="com.amazonaws.eu-west-1.dynamodb-streams"),
        {"resourceType": "AWS::EC2::VPCEndpoint", "configuration": None},
    ],
    ids=["another VPC", "another service", "streams", "deleted"],
)
def test_other_endpoints_are_not_judged(deployed: tuple[str, Json], elsewhere: Json) -> None:
    assert ask(deployed[0], elsewhere) == "SKIP"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_order_and_single_values_do_not_matter(
    deployed: tuple[str, Json], data: st.DataObject
) -> None:
    text, policy = deployed

    def shuffled(value: Any) -> Any:  # noqa: ANN401 - any part of a policy
        if isinstance(value, dict):
            names = data.draw(st.permutations(list(value)))
            return {name: shuffled(value[name]) for name in names}
        if isinstance(value, list):
            return [shuffled(each) for each in data.draw(st.permutations(value))]
        return value

    again = shuffled(policy)
    again["Statement"][0]["Principal"] = data.draw(st.sampled_from(["*", {"AWS": "*"}, ["*"]]))
    indent = data.draw(st.sampled_from([None, 1, 4]))

    assert ask(text, item(json.dumps(again, indent=indent))) == "PASS"


def test_the_longest_rule_fits(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    """AWS Config takes 10,000 characters; a dot takes two of them."""
    rule = endpoint_policy_rule(anywhere, table_name="t." * 127, vpc_id=VPC)
    ConfigBaseline(anywhere, "Rules", rules=[rule])
    source = only(synthesize(anywhere), "AWS::Config::ConfigRule")["Source"]

    assert len(source["CustomPolicyDetails"]["PolicyText"]) < 10_000
    assert source["Owner"] == "CUSTOM_POLICY"
    assert source["CustomPolicyDetails"]["PolicyRuntime"] == "guard-2.x.x"
    # What Guard 3 added, AWS Config does not know.
    assert "json_parse" not in source["CustomPolicyDetails"]["PolicyText"]
    assert [each["MessageType"] for each in source["SourceDetails"]] == [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
    ]
