"""The AWS Config rule that runs the analyzer: what it may do, what it is made of, what wakes it."""

from __future__ import annotations

import functools
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import botocore.session
import pytest
from moto.events.models import EventPattern

from ddb_perimeter.controls import declaration
from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter
from ddb_perimeter.inventory.live import permissions
from ddb_perimeter.policy.actions import Plane, expand, table
from private_dynamodb import ConfigBaseline, ConfigRecorder, PerimeterRule
from private_dynamodb.perimeter_rule import WATCHED_CALLS
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from moto.events.utils import EventMessageType

    from tests.synth.constructs.conftest import Synthesize

PERIMETER = Perimeter(
    accounts=frozenset({"444455556666"}),
    exemptions=(DeclaredExemption("arn:aws:iam::111122223333:role/ops", "Repairs the policy."),),
)
FUNCTION, RULE = "AWS::Lambda::Function", "AWS::Config::ConfigRule"
RESOURCES = ("arn:aws:dynamodb:us-east-1:111122223333:table/orders", "*")


def deploy(folder: Path, *, tables: tuple[str, ...] = ("orders",)) -> Path:
    """Synthesize the rule alone, and return the folder that has its function's code."""
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Theirs", env=cdk.Environment(region="eu-west-1"))
    PerimeterRule(stack, "Rule", perimeter=PERIMETER, table_names=tables)
    app.synth()
    (code,) = folder.glob("asset.*")
    return code


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deploy(tmp_path_factory.mktemp("rule"))


@pytest.fixture(scope="module")
def template(code: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((code.parent / "Theirs.template.json").read_text("utf-8"))
    return found


def policies_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every statement that the function's role has, by Sid."""
    return {
        sid: statement
        for policy in of_type(template, "AWS::IAM::ManagedPolicy").values()
        for sid, statement in by_sid(policy["Properties"]["PolicyDocument"]).items()
    }


def actions_of(statement: dict[str, Any]) -> set[str]:
    actions = statement["Action"]
    return {actions} if isinstance(actions, str) else set(actions)


def test_the_rule_asks_every_day_about_the_named_tables(template: dict[str, Any]) -> None:
    (rule,) = of_type(template, RULE).values()
    function = name_of(template, FUNCTION)
    asked = [
        name
        for name, permission in of_type(template, "AWS::Lambda::Permission").items()
        if permission["Properties"]["Principal"] == "config.amazonaws.com"
    ]

    assert rule["Properties"]["InputParameters"] == {"tables": "orders"}
    assert rule["Properties"]["Source"] == {
        "Owner": "CUSTOM_LAMBDA",
        "SourceIdentifier": f"${{{function}.Arn}}",
        "SourceDetails": [
            {
                "EventSource": "aws.config",
                "MessageType": "ScheduledNotification",
                "MaximumExecutionFrequency": "TwentyFour_Hours",
            }
        ],
    }
    # AWS Config refuses a rule whose function it may not call.
    assert set(asked) <= set(rule["DependsOn"])


def test_only_aws_config_of_this_account_and_the_rule_call_the_function(
    template: dict[str, Any],
) -> None:
    permissions = [
        permission["Properties"]
        for permission in of_type(template, "AWS::Lambda::Permission").values()
    ]

    assert {
        each["Principal"]: each.get("SourceAccount") or each.get("SourceArn")
        for each in permissions
    } == {
        "config.amazonaws.com": "${AWS::AccountId}",
        "events.amazonaws.com": f"${{{name_of(template, 'AWS::Events::Rule')}.Arn}}",
    }


def test_the_role_reaches_no_data(template: dict[str, Any]) -> None:
    """Every action of every plane but control is one too many; so is any wildcard."""
    allowed = {name for each in policies_of(template).values() for name in actions_of(each)}
    known = {each for name in allowed for each in expand(name)}

    assert [name for name in allowed if "*" in name] == []
    assert {table()[name.lower()].plane for name in known} == {Plane.CONTROL}
    # The table that answers has the service's actions, so the answer means something.
    assert known == {name for name in allowed if name.startswith(("dynamodb:", "dax:"))}
    assert len(known) > 5
    assert [role["Properties"].get("ManagedPolicyArns") for role in roles(template)] == [None]


def roles(template: dict[str, Any]) -> list[dict[str, Any]]:
    return list(of_type(template, "AWS::IAM::Role").values())


def test_the_role_has_what_the_reader_needs_and_the_rule(template: dict[str, Any]) -> None:
    statements = policies_of(template)
    own = {
        "AllowPuttingResults": {"config:PutEvaluations"},
        "AllowWritingReports": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "AllowEvaluatingThisRule": {
            "config:GetComplianceDetailsByConfigRule",
            "config:StartConfigRulesEvaluation",
        },
    }
    read = {
        (action, resource)
        for sid, each in statements.items()
        if sid not in own
        for action in actions_of(each)
        for resource in [each["Resource"]]
    }

    assert {sid: actions_of(statements[sid]) for sid in own} == own
    assert statements["AllowWritingReports"]["Resource"] == (
        f"${{{name_of(template, 'AWS::Logs::LogGroup')}.Arn}}"
    )
    assert (
        statements["AllowEvaluatingThisRule"]["Resource"] == f"${{{name_of(template, RULE)}.Arn}}"
    )
    printed: Any = permissions.policy("${AWS::Partition}")["Statement"]
    assert read == {(action, each["Resource"]) for each in printed for action in actions_of(each)}


def test_the_largest_policy_fits(template: dict[str, Any]) -> None:
    """IAM takes 6,144 characters without white space."""
    for policy in of_type(template, "AWS::IAM::ManagedPolicy").values():
        document = json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))
        assert len(document) < 6144


def test_reports_are_encrypted_kept_and_outside_any_vpc(template: dict[str, Any]) -> None:
    function = only(template, FUNCTION)
    log = only(template, "AWS::Logs::LogGroup")

    assert log["RetentionInDays"] == 365
    assert log["KmsKeyId"] == f"${{{name_of(template, 'AWS::KMS::Key')}.Arn}}"
    assert (
        function["LoggingConfig"]["LogGroup"] == f"${{{name_of(template, 'AWS::Logs::LogGroup')}}}"
    )
    assert function["Timeout"] == 300
    assert "VpcConfig" not in function


def test_the_code_is_small_and_has_the_perimeter(code: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(code.rglob("*")):
            archive.write(path, path.relative_to(code))

    assert len(packed.getvalue()) < 1_000_000
    assert {path.name for path in code.iterdir()} == {"ddb_perimeter", "perimeter.toml"}
    assert not {"cli", "plugin.py", "testing.py"} & {
        path.name for path in (code / "ddb_perimeter").iterdir()
    }
    assert list(code.rglob("__pycache__")) == []
    assert declaration.read(code / "perimeter.toml", PERIMETER.today) == PERIMETER


def test_the_same_sources_have_the_same_hash(code: Path, tmp_path: Path) -> None:
    assert deploy(tmp_path, tables=("carts",)).name == code.name


def test_the_handler_needs_no_package_that_lambda_lacks(code: Path) -> None:
    """Lambda has boto3 and botocore; neither is needed to load the handler and its controls."""
    script = (
        "import sys\n"
        "for name in ('click', 'rich', 'yaml', 'aws_cdk', 'constructs', 'jsii', 'pydantic'):\n"
        "    sys.modules[name] = None\n"
        "from ddb_perimeter.config_rule import handler\n"
        "from ddb_perimeter.controls import catalogue\n"
        "print(len(catalogue.controls()), handler.__module__, catalogue.__file__)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=code,
        env={"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    controls, module, file = result.stdout.split()

    assert int(controls) > 50
    assert module == "ddb_perimeter.config_rule"
    assert Path(file).is_relative_to(code)


def test_names_that_no_rule_can_carry_are_refused(anywhere: cdk.Stack) -> None:
    with pytest.raises(ValueError, match="too long for one rule"):
        PerimeterRule(
            anywhere, "Rule", perimeter=PERIMETER, table_names=[f"{'t' * 200}{n}" for n in range(6)]
        )


def test_without_names_every_table_is_judged(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    PerimeterRule(anywhere, "Rule", perimeter=PERIMETER)

    assert "InputParameters" not in only(synthesize(anywhere), RULE)


def test_the_baseline_has_it_after_the_recorder_when_it_is_told_a_perimeter(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    recorder = ConfigRecorder(
        anywhere,
        "Recorder",
        records_global_types=True,
        creates_service_role=True,
        retention=cdk.Duration.days(365),
    )
    ConfigBaseline(anywhere, "Rules", rules=[], recorder=recorder, perimeter=PERIMETER)
    template = synthesize(anywhere)
    (rule,) = of_type(template, RULE).values()

    assert name_of(template, "AWS::Config::ConfigurationRecorder") in rule["DependsOn"]


# What CloudTrail records, by service: the event as EventBridge delivers it.
def change(service: str, call: str, **detail: object) -> EventMessageType:
    event: Any = {
        "version": "0",
        "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{service}",
        "account": "111122223333",
        "time": "2026-11-22T06:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": "arn:aws:sts::111122223333:assumed-role/ops/someone",
                "accountId": "111122223333",
            },
            "eventTime": "2026-11-22T06:00:00Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": call,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.7",
            "requestParameters": {},
            "responseElements": None,
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "eventCategory": "Management",
            **detail,
        },
    }
    return cast("EventMessageType", event)


@pytest.fixture(scope="module")
def pattern(template: dict[str, Any]) -> EventPattern:
    return EventPattern.load(json.dumps(only(template, "AWS::Events::Rule")["EventPattern"]))


@functools.cache
def operations(service: str) -> list[str]:
    names: list[str] = botocore.session.get_session().get_service_model(service).operation_names
    return names


@pytest.mark.parametrize(
    ("service", "call"),
    [(service, call) for service, calls in WATCHED_CALLS.items() for call in calls],
)
def test_each_watched_call_exists_and_wakes_the_rule(
    service: str, call: str, pattern: EventPattern
) -> None:
    assert call in operations(service)
    assert pattern.matches_event(change(service, call))


@pytest.mark.parametrize(
    "event",
    [
        change("dynamodb", "DescribeTable"),
        change("dynamodb", "PutItem"),
        change("dynamodb", "PutResourcePolicy", errorCode="AccessDenied"),
        change("s3", "CreateBucket"),
        change("lambda", "CreateRole"),
        {**change("dax", "UpdateCluster"), "detail-type": "AWS Service Event via CloudTrail"},
    ],
    ids=["a read", "data", "refused", "another service", "another source", "another kind"],
)
def test_other_events_do_not(event: EventMessageType, pattern: EventPattern) -> None:
    assert not pattern.matches_event(event)


def test_a_change_tells_the_function_which_rule_to_evaluate(template: dict[str, Any]) -> None:
    changes = only(template, "AWS::Events::Rule")
    (target,) = changes["Targets"]

    assert target["Arn"] == f"${{{name_of(template, FUNCTION)}.Arn}}"
    assert target["Input"] == f'{{"evaluate":"${{{name_of(template, RULE)}}}"}}'
    # EventBridge takes 2,048 characters.
    assert len(json.dumps(changes["EventPattern"], separators=(",", ":"))) < 2048
