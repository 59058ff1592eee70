"""What an organization gives its accounts: a pack of the same rules, recorders, an aggregator."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import assertions
from cfnlint.api import lint

from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.inventory import load
from ddb_perimeter.policy.evaluate import Outcome
from ddb_perimeter.requests.dry_run import TRIED, stages
from private_dynamodb import ManagedRule, conformance_pack
from private_dynamodb.template_body import MOST_BYTES, template_body
from stacks.application import create_app
from stacks.compliance import build_compliance
from stacks.conformance_pack import main, write_packs
from tests.conftest import TODAY
from tests.synth.conftest import ROLLED_OUT, ROOT
from tests.synth.templates import of_type, only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cfnlint.rules import RulesCollection

    from ddb_perimeter.requests.dry_run import Stage
    from stacks.configuration import Configuration
    from tests.synth.templates import Assembly, Json

REGIONS = ("eu-central-1", "ca-west-1")
RULE = "AWS::Config::ConfigRule"
PACK = "AWS::Config::OrganizationConformancePack"
STACK_SET = "AWS::CloudFormation::StackSet"
# About the account's own VPC and function, which a pack for every account cannot name.
OF_THE_ACCOUNT = {"CUSTOM_POLICY", "CUSTOM_LAMBDA"}
ANY_KEY = {"Fn::If": ["TableKeysAreNamed", {"Ref": "TableKeyArns"}, {"Ref": "AWS::NoValue"}]}


def compliance(assembly: Assembly, region: str) -> Json:
    return assembly.templates[f"organization/Compliance-{region}"]


def body_of(properties: Json) -> Json:
    content: Json = yaml.safe_load(properties["TemplateBody"])
    return content


def asked(template: Json) -> dict[str, Json]:
    """Return what each managed rule is, but for its name and for the key of the table."""
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] != RULE or resource["Properties"]["Source"]["Owner"] in OF_THE_ACCOUNT:
            continue
        rule = {key: value for key, value in resource["Properties"].items() if key[:6] != "Config"}
        if keys := rule.get("InputParameters", {}).get("kmsKeyArns"):
            assert keys == ANY_KEY or "TableKey" in str(keys["Fn::ImportValue"])
            rule["InputParameters"] = {"kmsKeyArns": "the table's"}
        found[rule["Source"]["SourceIdentifier"]] = rule
    return found


def named(value: Any, table: str) -> Any:  # noqa: ANN401 - any part of a template
    """Fill in the name of the table."""
    return json.loads(json.dumps(value).replace(json.dumps({"Ref": "TableName"}), f'"{table}"'))


@pytest.fixture(scope="session")
def stage(rolled_out_app: Assembly) -> Stage:
    perimeter = perimeter_of(rolled_out_app.configuration.model_dump(), TODAY)
    (inventory,) = load([rolled_out_app.folder]).scenarios(TRIED)
    return next(
        each for each in stages(inventory, perimeter) if each.ceiling.world.region == "ca-west-1"
    )


# -- the conformance pack


@pytest.mark.parametrize("region", REGIONS)
def test_the_pack_asks_what_the_rules_of_the_region_ask(
    region: str, rolled_out_app: Assembly
) -> None:
    rules = asked(rolled_out_app.templates[f"{region}/Audit"])
    pack = asked(body_of(only(compliance(rolled_out_app, region), PACK)))

    assert len(rules) >= 16
    assert named(pack, "ledger-entries") == rules


def test_a_rule_that_a_region_lacks_is_not_in_its_pack(rolled_out_app: Assembly) -> None:
    home, other = (asked(body_of(only(compliance(rolled_out_app, each), PACK))) for each in REGIONS)

    assert set(home) - set(other) == {
        "DAX_ENCRYPTION_ENABLED",
        "DAX_TLS_ENDPOINT_ENCRYPTION",
        "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    }


def test_the_pack_is_within_the_limits(rolled_out_app: Assembly) -> None:
    for region in REGIONS:
        properties = only(compliance(rolled_out_app, region), PACK)
        body = body_of(properties)
        names = [rule["Properties"]["ConfigRuleName"] for rule in body["Resources"].values()]

        assert len(properties["TemplateBody"].encode()) <= MOST_BYTES == 51_200
        assert set(body) == {"Parameters", "Conditions", "Resources"}
        assert len(body["Parameters"]) <= 60
        assert all(re.fullmatch(r"[a-z-]{1,64}", name) for name in names)
        assert len(set(names)) == len(names)


def test_the_pack_goes_everywhere_but_to_whom_it_would_fail(rolled_out_app: Assembly) -> None:
    properties = only(compliance(rolled_out_app, "ca-west-1"), PACK)

    assert properties["OrganizationConformancePackName"] == "ledger-private-table"
    assert properties["ExcludedAccounts"] == ["444455556666"]
    (parameter,) = properties["ConformancePackInputParameters"]
    assert parameter["ParameterName"] == "TableKeyArns"
    assert parameter["ParameterValue"].startswith("arn:aws:kms:eu-central-1:111122223333:key/")


def test_a_pack_that_is_too_large_is_refused() -> None:
    rules = [ManagedRule("DYNAMODB_PITR_ENABLED", "x" * 52_000)]

    with pytest.raises(ValueError, match=r"^the template has 52,[\d]+ bytes of 51,200$"):
        conformance_pack(create_app(), lambda **_: rules, region="eu-west-1", table_name="orders")


def test_the_files_are_the_packs(rolled_out_app: Assembly, tmp_path: Path) -> None:
    files = write_packs(ROLLED_OUT, tmp_path / "new" / "packs")

    assert [file.name for file in files] == [f"{region}.yaml" for region in REGIONS]
    for file, region in zip(files, REGIONS, strict=True):
        expected = only(compliance(rolled_out_app, region), PACK)["TemplateBody"]
        assert file.read_text(encoding="utf-8") == expected


def test_what_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main([str(tmp_path / "missing.toml"), str(tmp_path)]) == 2
    assert main([str(ROOT / "baseline.toml"), str(tmp_path / "file")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.rpartition(": ")[2] for line in told.err.splitlines()] == [
        "no such file; name another one with -c config=PATH",
        "File exists; name another folder",
    ]


def test_packs_are_of_one_configuration(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["a.toml", "b.toml", str(tmp_path)])
    assert stopped.value.code == 2


# -- the stack sets


def test_every_account_of_the_units_gets_a_recorder(rolled_out_app: Assembly) -> None:
    template = compliance(rolled_out_app, "eu-central-1")
    stack_sets = {
        each["Properties"]["StackSetName"]: (name, each)
        for name, each in of_type(template, STACK_SET).items()
    }
    role_id, role = stack_sets["ledger-config-role"]
    _, recorder = stack_sets["ledger-config-recorder"]
    groups = [each["Properties"]["StackInstancesGroup"][0] for each in (role, recorder)]

    assert len(stack_sets) == 2
    for each in (role, recorder):
        assert each["Properties"]["PermissionModel"] == "SERVICE_MANAGED"
        assert each["Properties"]["CallAs"] == "SELF"
        assert each["Properties"]["AutoDeployment"]["Enabled"] is True
        assert each["Properties"]["AutoDeployment"]["RetainStacksOnAccountRemoval"] is True
    assert [each["Regions"] for each in groups] == [["eu-central-1"], [*REGIONS]]
    assert {json.dumps(each["DeploymentTargets"]) for each in groups} == {
        '{"OrganizationalUnitIds": ["ou-ab12-11111111"]}'
    }
    # The role comes first: at once by the stack, and in an account that joins later.
    assert recorder["DependsOn"] == [role_id]
    assert recorder["Properties"]["AutoDeployment"]["DependsOn"] == [
        f"arn:${{AWS::Partition}}:cloudformation:eu-central-1:444455556666:stackset/"
        f"${{{role_id}.StackSetId}}"
    ]


def test_the_recorder_is_that_of_a_region(rolled_out_app: Assembly, full_app: Assembly) -> None:
    """The audit stack deploys the same construct, which the packs of cdk-nag judge there."""
    template = compliance(rolled_out_app, "eu-central-1")
    bodies = [body_of(each["Properties"]) for each in of_type(template, STACK_SET).values()]
    service_role, recorder = sorted(bodies, key=lambda body: len(body["Resources"]))
    own = full_app.templates["eu-central-1/Audit"]["Resources"]

    (role,) = service_role["Resources"].values()
    assert role["Properties"] == {"AWSServiceName": "config.amazonaws.com"}
    wanted = sorted(each["Type"] for name, each in own.items() if name.startswith("Recorder"))
    assert sorted(each["Type"] for each in recorder["Resources"].values()) == wanted
    group = next(
        each["Properties"]["RecordingGroup"]
        for each in recorder["Resources"].values()
        if each["Type"] == "AWS::Config::ConfigurationRecorder"
    )
    assert group["IncludeGlobalResourceTypes"] == {"Fn::If": ["AtHome", True, False]}
    assert recorder["Conditions"]["AtHome"] == {
        "Fn::Equals": [{"Ref": "AWS::Region"}, "eu-central-1"]
    }
    assert "eu-central-1" not in json.dumps(recorder["Resources"])
    assert '"aws:cdk:path"' not in json.dumps(recorder)


def test_a_delegated_administrator_says_so(configure: Callable[[str], Configuration]) -> None:
    configuration = configure(
        'project = "x1"\naudit = { recorder = "existing", config_role = "existing" }\n'
        '[[regions]]\nname = "us-west-1"\nhome = true\n'
        '[organization]\nid = "o-exampleorgid"\nmanagement_account = "444455556666"\n'
        'administrator_account = "111122223333"\ntargets = ["ou-ab12-11111111"]\n'
        "stack_set = true\n"
    )
    assert configuration.organization is not None
    (stack,) = build_compliance(create_app(), configuration, configuration.organization)
    template = assertions.Template.from_stack(stack).to_json()
    (stack_set,) = template["Resources"].values()

    assert (stack.account, stack.region) == ("111122223333", "us-west-1")
    assert stack_set["Properties"]["CallAs"] == "DELEGATED_ADMIN"
    # The accounts have the service-linked role, so the recorder waits for nothing.
    assert "DependsOn" not in stack_set["Properties"]["AutoDeployment"]


def test_a_body_with_assets_is_refused() -> None:
    def with_file(stack: cdk.Stack) -> None:
        stack.synthesizer.add_file_asset(
            source_hash="0", packaging=cdk.FileAssetPackaging.FILE, file_name="LICENSE"
        )

    with pytest.raises(RuntimeError, match="BootstraplessSynthesizer"):
        template_body(create_app(), with_file)


# -- guardrails


def test_guardrails_let_stack_sets_deploy_the_recorder_and_nobody_pose_as_it(stage: Stage) -> None:
    deploying = [each for each in stage.legitimate() if each.purpose.startswith("stack set ")]
    posing = [each for each in stage.attempts() if "stacksets-exec-" in each.purpose]

    assert {"config:PutConfigurationRecorder", "kms:PutKeyPolicy"} <= {
        each.request.action for each in deploying
    }
    for ceiling, outcome in (
        (stage.ceiling, Outcome.EXPLICIT_DENY),
        (stage.ceiling.without("DenyStackSetRoleChanges"), Outcome.ALLOWED),
    ):
        assert {
            stage.ask(each, wanted=True, ceiling=ceiling).decision.outcome for each in deploying
        } == {Outcome.ALLOWED}
        assert {
            stage.ask(each, wanted=False, ceiling=ceiling).decision.outcome for each in posing
        } == {outcome}


# -- the stack


def test_everything_passes(rolled_out_app: Assembly) -> None:
    assert rolled_out_app.exit_code == 0
    assert {"organization/Guardrails", *(f"organization/Compliance-{r}" for r in REGIONS)} == {
        path for path in rolled_out_app.templates if path.startswith("organization/")
    }


def test_an_explicit_account_is_not_asked_for_anything(rolled_out_app: Assembly) -> None:
    """The command line fails a synth that lacks credentials to look something up."""
    manifest = json.loads((rolled_out_app.folder / "manifest.json").read_text(encoding="utf-8"))

    assert rolled_out_app.configuration.account == "111122223333"
    assert "missing" not in manifest


def test_the_aggregator_gathers_from_every_region(rolled_out_app: Assembly) -> None:
    template = compliance(rolled_out_app, "eu-central-1")
    source = only(template, "AWS::Config::ConfigurationAggregator")["OrganizationAggregationSource"]

    assert source["AwsRegions"] == [*REGIONS]
    assert source["RoleArn"].endswith(".Arn}")
    assert "AWS::Config::ConfigurationAggregator" not in json.dumps(
        compliance(rolled_out_app, "ca-west-1")
    )


def test_packs_come_after_the_recorders(rolled_out_app: Assembly) -> None:
    home = compliance(rolled_out_app, "eu-central-1")
    (pack,) = of_type(home, PACK).values()
    manifest = json.loads((rolled_out_app.folder / "manifest.json").read_text(encoding="utf-8"))
    other = next(
        artifact
        for artifact in manifest["artifacts"].values()
        if artifact.get("displayName", "").startswith("organization/Compliance-ca-west-1")
    )

    assert set(pack["DependsOn"]) == set(of_type(home, STACK_SET))
    assert any("Complianceeucentral1" in each for each in other["dependencies"])


def test_cfn_lint_accepts_stacks_and_bodies(
    rolled_out_app: Assembly, rules: RulesCollection
) -> None:
    complaints = []
    for region in REGIONS:
        template = compliance(rolled_out_app, region)
        bodies = [
            each["Properties"]["TemplateBody"]
            for type_ in (PACK, STACK_SET)
            for each in of_type(template, type_).values()
        ]
        for text in (json.dumps(template), *bodies):
            complaints += [f"{m.rule.id} {m.message}" for m in lint(text, rules, [region])]

    assert complaints == []


def test_without_the_roll_out_there_is_no_compliance_stack(organized_app: Assembly) -> None:
    assert not [path for path in organized_app.templates if "Compliance" in path]
