"""Nobody but AWS answers for DynamoDB's names."""

from collections.abc import Callable

import pytest

from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, resource

Tell = Callable[..., list[str]]

CONTROL = "vpc-no-dns-override"
VPCS = [{"VPCId": "vpc-1", "VPCRegion": "us-east-1"}]
OVERRIDES = [
    "dynamodb.us-east-1.amazonaws.com",
    "DynamoDB.us-east-1.amazonaws.com.",
    "streams.dynamodb.us-east-1.amazonaws.com",
    "111122223333.ddb.us-east-1.amazonaws.com",
    "ddb.us-east-1.amazonaws.com",
    "dynamodb-fips.us-east-1.amazonaws.com",
    "dynamodb.us-east-1.api.aws",
    "dynamodb.cn-north-1.amazonaws.com.cn",
    "orders.abc.dax-clusters.us-east-1.amazonaws.com",
]
ABOVE = ["us-east-1.amazonaws.com", "amazonaws.com", "com", "us-east-1.api.aws", "aws"]
OTHERS = ["example.com", "internal", "s3.us-east-1.amazonaws.com", "dynamodb.example.com"]


@pytest.mark.parametrize("name", OVERRIDES + ABOVE)
def test_a_private_zone_must_not_answer(tell: Tell, name: str) -> None:
    zone = resource("AWS::Route53::HostedZone", Name=name, VPCs=VPCS)

    assert tell(CONTROL, {"Zone": zone}) == [
        f"broken Zone Name: The private zone {name.lower().removesuffix('.')} answers for names "
        "of DynamoDB."
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_other_zones_may(tell: Tell, name: str) -> None:
    zone = resource("AWS::Route53::HostedZone", Name=name, VPCs=VPCS)

    assert tell(CONTROL, {"Zone": zone}) == []


@pytest.mark.parametrize("name", [*OVERRIDES, UNSET])
def test_public_zones_do_not_matter(tell: Tell, name: object) -> None:
    assert tell(CONTROL, {"Zone": resource("AWS::Route53::HostedZone", Name=name)}) == []


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_record_in_a_zone_that_is_not_here_must_not_answer(tell: Tell, name: str) -> None:
    record = resource("AWS::Route53::RecordSet", Name=name, HostedZoneId="Z1", Type="A")

    assert tell(CONTROL, {"Record": record}) == [
        f"broken Record Name: It answers for {name.lower().removesuffix('.')}, a name of DynamoDB."
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_other_records_may(tell: Tell, name: str) -> None:
    record = resource("AWS::Route53::RecordSet", Name=name, HostedZoneId="Z1", Type="A")

    assert tell(CONTROL, {"Record": record}) == []


@pytest.mark.parametrize("name", [*OVERRIDES, *ABOVE, "."])
def test_names_must_not_be_forwarded(tell: Tell, name: str) -> None:
    rule = resource("AWS::Route53Resolver::ResolverRule", DomainName=name, RuleType="FORWARD")
    system = {**rule, "Properties": {"DomainName": name, "RuleType": "SYSTEM"}}

    assert tell(CONTROL, {"Rule": system}) == []
    assert tell(CONTROL, {"Rule": rule}) == [
        f"broken Rule DomainName: It forwards {name}, and so names of DynamoDB, to resolvers of "
        "its own."
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_may_be_forwarded(tell: Tell, name: str) -> None:
    rule = resource("AWS::Route53Resolver::ResolverRule", DomainName=name)

    assert tell(CONTROL, {"Rule": rule}) == []


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (
            resource("AWS::Route53::HostedZone", Name=UNSET, VPCs=VPCS),
            f"unknown Thing Name: The name of the zone {UNRESOLVED}",
        ),
        (
            resource("AWS::Route53::HostedZone", Name="amazonaws.com", VPCs=UNSET),
            "broken Thing Name: The private zone amazonaws.com answers for names of DynamoDB.",
        ),
        (
            resource("AWS::Route53::RecordSet", Name=UNSET, HostedZoneId="Z1"),
            f"unknown Thing Name: The name of the record {UNRESOLVED}",
        ),
        (
            resource("AWS::Route53Resolver::ResolverRule", DomainName=UNSET),
            f"unknown Thing DomainName: DomainName {UNRESOLVED}",
        ),
    ],
)
def test_names_that_cannot_be_read_are_unknown(tell: Tell, thing: Resources, expected: str) -> None:
    assert tell(CONTROL, {"Thing": thing}) == [expected]
