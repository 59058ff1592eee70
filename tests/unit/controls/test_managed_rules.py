"""AWS Config's managed rules."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, resource

Tell = Callable[..., list[str]]

DEPLOYED, RIGHT = "config-ddb-rules-deployed", "config-rule-params-right"
ALWAYS = [
    "DYNAMODB_TABLE_ENCRYPTED_KMS",
    "DYNAMODB_PITR_ENABLED",
    "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
    "DYNAMODB_AUTOSCALING_ENABLED",
    "DYNAMODB_THROUGHPUT_LIMIT_CHECK",
    "CLOUD_TRAIL_ENABLED",
    "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "CLOUD_TRAIL_ENCRYPTION_ENABLED",
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
]
WITH = {
    "AWS::DAX::Cluster": ["DAX_ENCRYPTION_ENABLED", "DAX_TLS_ENDPOINT_ENCRYPTION"],
    "AWS::Backup::BackupSelection": [
        "DYNAMODB_IN_BACKUP_PLAN",
        "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    ],
    "AWS::EC2::VPC": [
        "SERVICE_VPC_ENDPOINT_ENABLED",
        "VPC_FLOW_LOGS_ENABLED",
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "NO_UNRESTRICTED_ROUTE_TO_IGW",
        "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
    ],
}
KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b"
TABLE: Resources = {
    "Table": resource(
        "AWS::DynamoDB::Table",
        TableName="orders",
        SSESpecification={"SSEEnabled": True, "KMSMasterKeyId": KEY},
    )
}


def rule(identifier: object, parameters: object = None, **rest: object) -> Resources:
    more = {} if parameters is None else {"InputParameters": parameters}
    source = {"Owner": "AWS", "SourceIdentifier": identifier}
    return resource("AWS::Config::ConfigRule", Source=source, **more, **rest)


def rules(*identifiers: str) -> Resources:
    return {f"Rule{number}": rule(name) for number, name in enumerate(identifiers)}


def test_all_rules_hold(ask: Callable[..., Any]) -> None:
    result = ask(DEPLOYED, {**TABLE, **rules(*ALWAYS)})

    assert result.findings == ()
    assert result.controls[0].resources == 1


@pytest.mark.parametrize("missing", ALWAYS)
def test_each_rule_is_missed(tell: Tell, missing: str) -> None:
    others = [name for name in ALWAYS if name != missing]

    assert tell(DEPLOYED, {**TABLE, **rules(*others)}) == [
        f"broken Table -: No rule in what was checked asks in us-east-1 for {missing}."
    ]


@pytest.mark.parametrize("kind", WITH)
def test_what_else_is_there_needs_rules_too(tell: Tell, kind: str) -> None:
    resources = {**TABLE, **rules(*ALWAYS), "Thing": resource(kind)}
    resources["Thing"]["Properties"] = {"BackupPlanId": "plan"} if "Backup" in kind else {}

    assert tell(DEPLOYED, resources) == [
        (
            "broken Table -: No rule in what was checked asks in us-east-1 for "
            f"{', '.join(WITH[kind])}."
        )
    ]
    assert tell(DEPLOYED, {**resources, **rules(*ALWAYS, *WITH[kind])}) == []


def test_rules_of_the_organization_count(tell: Tell) -> None:
    resources = {**TABLE, **rules(*ALWAYS[1:])}
    resources["Org"] = resource(
        "AWS::Config::OrganizationConfigRule",
        OrganizationManagedRuleMetadata={"RuleIdentifier": ALWAYS[0]},
    )

    assert tell(DEPLOYED, resources) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            resource("AWS::Config::ConformancePack", ConformancePackName="p"),
            (
                "unknown Table -: A rule or conformance pack of its Region is More, "
                "which cannot be "
                "resolved: rules inside conformance packs are not read."
            ),
        ),
        (rule(UNSET), f"unknown Table -: A rule or conformance pack of its Region {UNRESOLVED}"),
    ],
)
def test_rules_that_cannot_be_read_are_unknown(tell: Tell, more: Resources, expected: str) -> None:
    assert tell(DEPLOYED, {**TABLE, "More": more}) == [expected]
    assert tell(DEPLOYED, {**TABLE, **rules(*ALWAYS), "More": more}) == []


def test_rules_that_the_user_declares_count(tell: Tell) -> None:
    assert tell(DEPLOYED, TABLE, Perimeter(existing=frozenset({"config-rules"}))) == []


def test_each_region_of_a_global_table_needs_them(tell: Tell) -> None:
    replicas = [{"Region": "us-east-1"}, {"Region": "eu-west-1"}]
    table = {"Table": resource("AWS::DynamoDB::GlobalTable", Replicas=replicas)}

    (told,) = tell(DEPLOYED, {**table, **rules(*ALWAYS)})

    assert told.startswith("broken Table -: No rule in what was checked asks in eu-west-1 for ")


@pytest.mark.parametrize(
    ("region", "lacking"),
    [
        ("us-east-1", "DAX_ENCRYPTION_ENABLED, DAX_TLS_ENDPOINT_ENCRYPTION"),
        ("eu-north-1", "DAX_ENCRYPTION_ENABLED"),
        ("ca-central-1", ""),
    ],
)
def test_a_rule_is_not_asked_for_where_config_does_not_have_it(
    ask: Callable[..., Any], region: str, lacking: str
) -> None:
    resources = {**TABLE, **rules(*ALWAYS), "Cache": resource("AWS::DAX::Cluster")}

    told = [
        finding.message for finding in ask(DEPLOYED, resources, **{"AWS::Region": region}).findings
    ]

    assert told == (
        [f"No rule in what was checked asks in {region} for {lacking}."] if lacking else []
    )


@pytest.mark.parametrize(
    "one",
    [
        rule("SERVICE_VPC_ENDPOINT_ENABLED", {"serviceName": "dynamodb"}),
        rule("SERVICE_VPC_ENDPOINT_ENABLED", '{"serviceName": "dynamodb"}'),
        rule("VPC_FLOW_LOGS_ENABLED", {"trafficType": "ALL"}),
        rule("DYNAMODB_TABLE_ENCRYPTED_KMS"),
        rule("DYNAMODB_TABLE_ENCRYPTED_KMS", {"kmsKeyArns": f"{KEY},{KEY}2"}),
        rule("DYNAMODB_THROUGHPUT_LIMIT_CHECK", {"accountRCUThresholdPercentage": 80}),
        rule("DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {"resourceId": "orders"}),
        rule(
            "DYNAMODB_PITR_ENABLED",
            Scope={
                "ComplianceResourceTypes": ["AWS::DynamoDB::Table"],
                "ComplianceResourceId": {"Ref": "Table"},
            },
        ),
        rule("DYNAMODB_TABLE_ENCRYPTION_ENABLED"),
        rule("S3_BUCKET_VERSIONING_ENABLED", {"anything": "else"}),
        resource("AWS::Config::ConfigRule", Source={"Owner": "CUSTOM_POLICY"}),
    ],
)
def test_rules_that_ask_for_the_right_thing(tell: Tell, one: Resources) -> None:
    assert tell(RIGHT, {**TABLE, "Rule": one}) == []


IN = "Rule InputParameters"
SCOPE = "Scope.ComplianceResourceTypes"
ID = "Scope.ComplianceResourceId"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            rule("SERVICE_VPC_ENDPOINT_ENABLED", {"serviceName": "s3"}),
            f"broken {IN}: serviceName is s3 and has to be dynamodb.",
        ),
        (
            rule("SERVICE_VPC_ENDPOINT_ENABLED", {}),
            f"broken {IN}: serviceName is left out and has to be dynamodb.",
        ),
        (
            rule("VPC_FLOW_LOGS_ENABLED", {"trafficType": "REJECT"}),
            f"broken {IN}: trafficType is REJECT and has to be ALL.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", {"servicename": "dynamodb"}),
            f"broken {IN}: The rule has no parameter servicename.",
        ),
        (
            rule("DYNAMODB_TABLE_ENCRYPTED_KMS", {"kmsKeyArns": f"{KEY}2"}),
            f"broken {IN}: kmsKeyArns lacks {KEY}, the key of table orders.",
        ),
        (
            rule("DYNAMODB_THROUGHPUT_LIMIT_CHECK", {"accountWCUThresholdPercentage": "100"}),
            (
                f"broken {IN}: accountWCUThresholdPercentage is 100: the rule speaks "
                "when it is too "
                "late."
            ),
        ),
        (
            rule("DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {"resourceId": "order"}),
            f"broken {IN}: It looks at table order alone; tables of us-east-1: orders.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", Scope={"ComplianceResourceTypes": ["AWS::S3::Bucket"]}),
            f"broken Rule {SCOPE}: Its scope is AWS::S3::Bucket, without AWS::DynamoDB::Table.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", Scope={"ComplianceResourceId": "order"}),
            f"broken Rule {ID}: It looks at table order alone; tables of us-east-1: orders.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLE"),
            (
                "broken Rule Source.SourceIdentifier: AWS Config has no managed rule "
                "DYNAMODB_PITR_ENABLE, but DYNAMODB_PITR_ENABLED."
            ),
        ),
        (
            rule("DAX_XYZ"),
            "broken Rule Source.SourceIdentifier: AWS Config has no managed rule DAX_XYZ.",
        ),
        (rule(UNSET), f"unknown Rule Source.SourceIdentifier: SourceIdentifier {UNRESOLVED}"),
        (
            rule("VPC_FLOW_LOGS_ENABLED", {"trafficType": UNSET}),
            f"unknown {IN}: trafficType {UNRESOLVED}",
        ),
        (rule("DYNAMODB_PITR_ENABLED", UNSET), f"unknown {IN}: InputParameters {UNRESOLVED}"),
        (
            rule("DYNAMODB_PITR_ENABLED", "{"),
            f"unknown {IN}: InputParameters is {{, which cannot be resolved: it is no JSON.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", "[1]"),
            f"unknown {IN}: InputParameters is [1], which cannot be resolved: it is no object.",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", Scope={"ComplianceResourceTypes": UNSET}),
            f"unknown Rule {SCOPE}: {SCOPE} {UNRESOLVED}",
        ),
        (
            rule("DYNAMODB_PITR_ENABLED", Scope={"ComplianceResourceId": UNSET}),
            f"unknown Rule {ID}: {ID} {UNRESOLVED}",
        ),
    ],
)
def test_rules_that_do_not(tell: Tell, one: Resources, expected: str) -> None:
    assert tell(RIGHT, {**TABLE, "Rule": one}) == [expected]


def test_a_rule_about_a_table_that_is_elsewhere_is_unknown(tell: Tell) -> None:
    one = rule("DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {"resourceId": "orders"})

    assert tell(RIGHT, {"Rule": one}) == [
        (
            f"unknown {IN}: It looks at table orders alone; tables of us-east-1: none in what was "
            "checked."
        )
    ]


def test_a_rule_whose_owner_cannot_be_told_is_judged(tell: Tell) -> None:
    source = {"Owner": UNSET, "SourceIdentifier": "DYNAMODB_PITR_ENABLE"}

    assert len(tell(RIGHT, {"Rule": resource("AWS::Config::ConfigRule", Source=source)})) == 1
