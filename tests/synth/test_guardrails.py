"""The guardrails stack: what it attaches, what passes it, what it stops, and what it is worth."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.controls.perimeter import Duty, Operator
from ddb_perimeter.findings import Exposure, Verdict
from ddb_perimeter.inventory import load
from ddb_perimeter.policy.evaluate import Outcome
from ddb_perimeter.requests.dry_run import TRIED, stages
from ddb_perimeter.requests.proof import denied
from private_dynamodb import GuardrailRoles, Guardrails, GuardrailScope
from stacks.guardrails import GuardrailsStack
from tests.conftest import TODAY
from tests.synth.templates import by_sid, of_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ddb_perimeter.controls.ceiling import Ceiling
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Finding
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.requests.dry_run import Stage
    from ddb_perimeter.requests.trial import Trial
    from stacks.configuration import Configuration
    from tests.synth.templates import Assembly, Json

GUARDRAILS = "organization/Guardrails"
POLICY = "AWS::Organizations::Policy"
SIDS = (
    "DenyBackupCopies", "DenyBackups", "DenyCacheChanges", "DenyCacheRoleChanges",
    "DenyEndpointChanges", "DenyEventRuleChanges", "DenyExemptRoleChanges", "DenyExport",
    "DenyForeignServiceCalls", "DenyImport", "DenyKeyChanges", "DenyKinesisStreaming",
    "DenyOtherRegions", "DenyOutsideIdentities", "DenyOwnStreamsOutsideNetwork",
    "DenyOwnTablesOutsideNetwork", "DenyPassingDeploymentRoles", "DenyPassingRolesToDax",
    "DenyPassingStreamRoles", "DenyPolicyChanges", "DenyReplicas", "DenyRestore",
    "DenyRouteAndGatewayChanges", "DenyStreamsOutsideNetwork", "DenyTablesOutsideNetwork",
    "DenyTrailAndRecorderChanges",
)  # fmt: skip


def table_policy(templates: dict[str, Json]) -> Json:
    (table,) = (
        resource
        for resource in templates["eu-central-1/Data"]["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::GlobalTable"
    )
    (replica,) = table["Properties"]["Replicas"]
    policy: Json = replica["ResourcePolicy"]["PolicyDocument"]
    return policy


def statement_of(templates: Mapping[str, Json], sid: str) -> Json:
    """Return a statement of the guardrails."""
    return next(
        statement
        for resource in templates[GUARDRAILS]["Resources"].values()
        for statement in resource["Properties"]["Content"]["Statement"]
        if statement["Sid"] == sid
    )


@pytest.fixture(scope="session")
def perimeter(organized_app: Assembly) -> Perimeter:
    return perimeter_of(organized_app.configuration.model_dump(), TODAY)


@pytest.fixture
def written(organized_app: Assembly, tmp_path: Path) -> Callable[[dict[str, Json]], Path]:
    """Write changed templates as an assembly."""

    def write(templates: dict[str, Json]) -> Path:
        manifest = json.loads((organized_app.folder / "manifest.json").read_text(encoding="utf-8"))
        stacks = {
            key: artifact
            for key, artifact in manifest["artifacts"].items()
            if artifact.get("displayName", "").split(" ")[0] in templates
        }
        for artifact in stacks.values():
            file = tmp_path / artifact["properties"]["templateFile"]
            file.write_text(json.dumps(templates[artifact["displayName"].split(" ")[0]]))
        (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "artifacts": stacks}))
        return tmp_path

    return write


@pytest.fixture
def templates(organized_app: Assembly) -> dict[str, Json]:
    return copy.deepcopy(
        {path: dict(template) for path, template in organized_app.templates.items()}
    )


def stage_of(folder: Path, perimeter: Perimeter) -> Stage:
    (inventory,) = load([folder]).scenarios(TRIED)
    (stage,) = stages(inventory, perimeter)
    return stage


@pytest.fixture(scope="session")
def stage(
    organized_app: Assembly, perimeter: Perimeter, tmp_path_factory: pytest.TempPathFactory
) -> Stage:
    """Return the organized baseline, with an alert that might be switched off."""
    folder = tmp_path_factory.mktemp("alerted")
    for file in organized_app.folder.glob("*.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        if file.name.startswith("eucentral1Audit") and "Resources" in content:
            content["Resources"]["Alert"] = {
                "Type": "AWS::Events::Rule",
                "Properties": {"EventPattern": {"source": ["aws.dynamodb"]}},
            }
        (folder / file.name).write_text(json.dumps(content), encoding="utf-8")
    return stage_of(folder, perimeter)


@pytest.fixture(scope="session")
def legitimate(stage: Stage) -> tuple[Trial, ...]:
    return stage.legitimate()


# -- the stack


def test_without_an_organization_there_are_no_guardrails(default_app: Assembly) -> None:
    assert GUARDRAILS not in default_app.templates
    assert all(not of_type(each, POLICY) for each in default_app.templates.values())


def test_guardrails_are_attached_from_the_management_account(organized_app: Assembly) -> None:
    manifest = json.loads((organized_app.folder / "manifest.json").read_text(encoding="utf-8"))
    (stack,) = (
        artifact
        for artifact in manifest["artifacts"].values()
        if artifact.get("displayName", "").split(" ")[0] == GUARDRAILS
    )
    policies = of_type(organized_app.templates[GUARDRAILS], POLICY)

    assert organized_app.exit_code == 0
    assert stack["environment"] == "aws://444455556666/eu-central-1"
    assert stack["properties"]["terminationProtection"] is True
    assert set(organized_app.templates[GUARDRAILS]["Resources"]) == set(policies)
    assert {
        (each["Properties"]["Name"], each["Properties"]["Type"], *each["Properties"]["TargetIds"])
        for each in policies.values()
    } == {
        ("ledger-network", "SERVICE_CONTROL_POLICY", "ou-ab12-11111111"),
        ("ledger-protection", "SERVICE_CONTROL_POLICY", "ou-ab12-11111111"),
        ("ledger-exits", "SERVICE_CONTROL_POLICY", "ou-ab12-11111111"),
        ("ledger-roles", "SERVICE_CONTROL_POLICY", "ou-ab12-11111111"),
        ("ledger-perimeter", "RESOURCE_CONTROL_POLICY", "ou-ab12-11111111"),
    }


def test_an_administrator_account_takes_the_stack(
    configure: Callable[[str], Configuration],
) -> None:
    configuration = configure(
        'project = "cruddur"\ntable.backup_plan = false\n'
        '[[regions]]\nname = "us-west-1"\nhome = true\ncache.enabled = false\n'
        '[organization]\nid = "o-exampleorgid"\nmanagement_account = "444455556666"\n'
        'administrator_account = "111122223333"\ntargets = ["ou-ab12-11111111"]\n'
    )
    assert configuration.organization is not None
    stack = GuardrailsStack(
        cdk.App(builtin_cloud_formation_validation=False),
        configuration=configuration,
        organization=configuration.organization,
    )

    assert (stack.account, stack.region) == ("111122223333", "us-west-1")
    assert stack.stack_name == "cruddur-guardrails"


def test_whoever_else_may_deploy_cdk_still_may(
    configure: Callable[[str], Configuration],
) -> None:
    cdk_role, repairer = (
        f"arn:aws:iam::111122223333:role/{name}"
        for name in ("cdk-hnb659fds-cfn-exec-role-111122223333-us-west-1", "break-glass")
    )
    configuration = configure(
        'project = "cruddur"\naccount = "111122223333"\n'
        '[[regions]]\nname = "us-west-1"\nhome = true\ncache.enabled = false\n'
        f'[administration]\ndeploy = ["{cdk_role}", "{repairer}"]\n'
        '[organization]\nid = "o-exampleorgid"\nmanagement_account = "444455556666"\n'
        'targets = ["ou-ab12-11111111"]\n'
    )
    assert configuration.organization is not None
    stack = GuardrailsStack(
        cdk.App(builtin_cloud_formation_validation=False),
        configuration=configuration,
        organization=configuration.organization,
    )
    (roles,) = (each for each in stack.guardrails.policies if each.name == "cruddur-roles")
    passing = by_sid(stack.resolve(roles.content))["DenyPassingDeploymentRoles"]
    started = "arn:*:iam::*:role/cdk-hnb659fds-deploy-role-${aws:PrincipalAccount}"

    assert passing["Resource"] == [cdk_role, repairer]
    assert passing["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [
        f"{started}-us-west-1",
        f"{started}-us-east-1",
        cdk_role,
        repairer,
        "arn:*:iam::*:role/OrganizationAccountAccessRole",
    ]
    assert Operator(Duty.HAND_OVER, "cdk-hnb659fds-deploy-role-{account}-{region}") in (
        perimeter_of(configuration.model_dump(), TODAY).operators
    )


def test_whoever_deploys_the_alerts_on_iam_in_its_region_may(organized_app: Assembly) -> None:
    assert "us-east-1/GlobalAudit" in organized_app.templates
    for sid in ("DenyEventRuleChanges", "DenyKeyChanges"):
        exempt = statement_of(organized_app.templates, sid)["Condition"]["ArnNotLike"]
        assert (
            "arn:*:iam::*:role/cdk-hnb659fds-cfn-exec-role-${aws:PrincipalAccount}-us-east-1"
            in exempt["aws:PrincipalArn"]
        )


def test_guardrails_without_a_target_are_refused() -> None:
    stack = cdk.Stack(cdk.App(builtin_cloud_formation_validation=False), "Theirs")
    scope = GuardrailScope("x", "o-exampleorgid", ("us-east-1",), GuardrailRoles(deploy=("d",)))

    with pytest.raises(ValueError, match="targets is empty"):
        Guardrails(stack, "Guardrails", guardrails=scope, targets=[])


# -- what passes, what does not


def test_everything_legitimate_passes_every_layer(
    stage: Stage, legitimate: tuple[Trial, ...]
) -> None:
    tried = [stage.ask(each, wanted=True) for each in legitimate]

    assert [str(each.decision) for each in tried if not each.as_wanted] == []
    assert stage.undescribed() == []
    kinds = r" of AWS.*| of Custom.*|(?<=^function) .*"
    assert {re.sub(kinds, "", each.purpose) for each in legitimate} == {
        "bootstrap", "deployment", "deployment is started", "repair", "autoscaling", "AWS Config",
        "DAX assumes its role", "DAX reads the table", "the application uses the cache",
        "the application uses the stream", "the application uses the table", "backup by hand",
        "daily backup", "export", "restore by AWS Backup", "restore from a native backup",
        "restore to a point in time", "event source mapping", "exemption", "function", "verify",
    }  # fmt: skip


def test_the_proof_agrees_whatever_else_a_request_carries(
    stage: Stage, legitimate: tuple[Trial, ...]
) -> None:
    signed = [each for each in legitimate if each.request.caller.arn]

    assert [(trial.purpose, answer.why) for trial, answer in denied(stage.ceiling, signed)] == []


def test_every_attempt_is_stopped_by_a_guardrail(stage: Stage) -> None:
    tried = [stage.ask(each, wanted=False) for each in stage.attempts()]
    above = {policy.name for policy in stage.ceiling.policies}

    assert {each.decision.outcome for each in tried} == {Outcome.EXPLICIT_DENY}
    assert {each.decision.policy for each in tried} == above


def test_these_are_all_the_statements(stage: Stage) -> None:
    assert sorted(
        statement.sid for policy in stage.ceiling.policies for statement in policy.statements
    ) == list(SIDS)


@pytest.mark.parametrize("sid", SIDS)
def test_every_statement_stops_something_that_nothing_else_does(sid: str, stage: Stage) -> None:
    pruned = stage.ceiling.without(sid)

    passing = [
        each for each in stage.attempts() if stage.ask(each, wanted=False, ceiling=pruned).as_wanted
    ]

    assert len(passing) < len(stage.attempts())


@pytest.mark.parametrize(
    ("sid", "purpose"),
    [
        ("DenyTablesOutsideNetwork", "DAX reads the table"),
        ("DenyStreamsOutsideNetwork", "exemption"),
        ("DenyStreamsOutsideNetwork", "event source mapping"),
        ("DenyOwnStreamsOutsideNetwork", "event source mapping"),
        ("DenyOwnTablesOutsideNetwork", "restore to a point in time"),
        ("DenyExport", "export"),
        ("DenyRestore", "restore from a native backup"),
        ("DenyBackups", "daily backup"),
        ("DenyEndpointChanges", "deployment of AWS::EC2::VPCEndpoint"),
        ("DenyPassingDeploymentRoles", "deployment is started"),
        ("DenyExemptRoleChanges", "bootstrap"),
        ("DenyCacheChanges", "deployment of AWS::DAX::Cluster"),
    ],
)
def test_every_exemption_is_needed(
    sid: str, purpose: str, stage: Stage, legitimate: tuple[Trial, ...]
) -> None:
    forgetful = without_exemptions(stage.ceiling, sid)
    asked = [each for each in legitimate if each.purpose == purpose]

    tried = [stage.ask(each, wanted=True, ceiling=forgetful) for each in asked]

    stopped = [each for each in tried if not each.as_wanted]
    assert stopped
    assert {each.decision.statement.label for each in stopped if each.decision.statement} == {sid}


def without_exemptions(ceiling: Ceiling, sid: str) -> Ceiling:
    """Return a ceiling in which one statement lets no role through."""

    def forget(policy: Policy) -> Policy:
        statements = (
            replace(
                each,
                conditions=tuple(c for c in each.conditions if c.name != "aws:principalarn"),
            )
            if each.sid == sid
            else each
            for each in policy.statements
        )
        return replace(policy, statements=tuple(statements))

    return replace(
        ceiling,
        scps=tuple(map(forget, ceiling.scps)),
        rcps=tuple(map(forget, ceiling.rcps)),
    )


def test_an_exemption_that_is_forgotten_fails_the_synth_with_the_request(
    templates: dict[str, Json], perimeter: Perimeter, written: Callable[[dict[str, Json]], Path]
) -> None:
    del statement_of(templates, "DenyExport")["Condition"]

    (finding,) = catalogue.run(
        load([written(templates)]), perimeter, ["org-legitimate-works"]
    ).findings

    assert finding.verdict is Verdict.BROKEN
    assert finding.subject.type == POLICY
    assert finding.evidence.sid == "DenyExport"
    assert finding.message == (
        "DenyExport of the SCP ledger-exits denies dynamodb:ExportTableToPointInTime to "
        "arn:aws:sts::111122223333:assumed-role/data-lake/session (export)"
    )
    assert finding.counterexample is not None


# -- one layer fails and another still holds


def export_is_open(policy: Json) -> None:
    policy["Statement"].remove(by_sid(policy)["DenyExport"])


def the_internet_is_forgotten(policy: Json) -> None:
    """`ForAnyValue` with a negated operator is false where the key is absent."""
    condition = by_sid(policy)["DenyDataPlaneOutsideEndpoints"]["Condition"]
    condition["ForAnyValue:StringNotEquals"] = condition.pop("StringNotEquals")


def the_network_is_forgotten(policy: Json) -> None:
    policy["Statement"].remove(by_sid(policy)["DenyDataPlaneOutsideEndpoints"])


def exposure(findings: tuple[Finding, ...], control: str) -> tuple[Exposure, str]:
    (found,) = [each for each in findings if each.control == control]
    return found.exposure, found.message


@pytest.mark.parametrize(
    ("fault", "control", "still", "told"),
    [
        (
            export_is_open,
            "ddb-export-guarded",
            Exposure.WEAKENED,
            "; only the organization's policies close it",
        ),
        (
            the_internet_is_forgotten,
            "ddb-deny-outside-vpce",
            Exposure.WEAKENED,
            "; only the organization's policies still do",
        ),
        # Another endpoint of the account is outside, and no guardrail knows it.
        (the_network_is_forgotten, "ddb-deny-outside-vpce", Exposure.REACHABLE, ""),
    ],
)
def test_a_fault_that_a_guardrail_still_stops_is_weakened(
    fault: Callable[[Json], None],
    control: str,
    still: Exposure,
    told: str,
    templates: dict[str, Json],
    perimeter: Perimeter,
    written: Callable[[dict[str, Json]], Path],
) -> None:
    fault(table_policy(templates))
    with_guardrails = catalogue.run(load([written(templates)]), perimeter, [control]).findings
    del templates[GUARDRAILS]
    alone = catalogue.run(load([written(templates)]), perimeter, [control]).findings

    assert exposure(alone, control)[0] is Exposure.REACHABLE
    assert exposure(with_guardrails, control)[0] is still
    assert exposure(with_guardrails, control)[1].endswith(told)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(["ou-ab12-22222222"], id="another unit"),
        pytest.param([{"Ref": "Unit"}], id="a unit that nobody can tell"),
        pytest.param([], id="nothing"),
    ],
)
def test_a_guardrail_that_may_not_bind_the_account_makes_nothing_milder(
    elsewhere: list[object],
    templates: dict[str, Json],
    perimeter: Perimeter,
    written: Callable[[dict[str, Json]], Path],
) -> None:
    export_is_open(table_policy(templates))
    templates[GUARDRAILS]["Parameters"] = {"Unit": {"Type": "String"}}
    for resource in templates[GUARDRAILS]["Resources"].values():
        resource["Properties"]["TargetIds"] = elsewhere

    found = catalogue.run(load([written(templates)]), perimeter, ["ddb-export-guarded"]).findings

    assert exposure(found, "ddb-export-guarded")[0] is Exposure.REACHABLE


def test_a_counterexample_passes_every_layer(
    templates: dict[str, Json],
    perimeter: Perimeter,
    written: Callable[[dict[str, Json]], Path],
) -> None:
    """Over the internet, the guardrails would have stopped it."""
    the_network_is_forgotten(table_policy(templates))

    (finding,) = catalogue.run(
        load([written(templates)]), perimeter, ["ddb-deny-outside-vpce"]
    ).findings

    assert finding.counterexample is not None
    assert finding.counterexample.origin.startswith("endpoint vpce-")
