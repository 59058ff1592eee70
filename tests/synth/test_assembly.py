"""What holds for the assembly as a whole, in both configurations."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.api import lint

from tests.synth.templates import by_sid, of_type, plain, policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cfnlint.rules import RulesCollection

    from stacks.configuration import Configuration
    from tests.synth.templates import Assembly

ROOT = Path(__file__).parents[2]
PROVIDER_ROLE = "CustomVpcRestrictDefaultSGCustomResourceProviderRole"

# What the pseudo parameters stand for at most: the longest partition and Region.
EXPANDED = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com.cn",
}


def resources(assembly: Assembly) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, template in assembly.templates.items():
        for name, resource in template["Resources"].items():
            yield path, name, resource


def expanded(policy: dict[str, Any]) -> str:
    """Spell a policy as AWS gets it, with ids and ARNs of realistic length."""
    text = json.dumps(plain(policy), separators=(",", ":"))
    for name, value in EXPANDED.items():
        text = text.replace(f"${{{name}}}", value)
    role = "arn:aws-us-gov:iam::111122223333:role/" + "r" * 64
    text = re.sub(r"\$\{[^}]*\.Arn\}", role, text)
    return re.sub(r"\$\{[^}]*\}", "vpce-0123456789abcdef0", text)


def test_every_pack_passes(assembly: Assembly) -> None:
    report = json.loads((assembly.folder / "validation-report.json").read_text(encoding="utf-8"))
    open_findings = [
        violation for pack in report["pluginReports"] for violation in pack["violations"]
    ]

    assert open_findings == []
    assert assembly.exit_code == 0
    assert {pack["pluginName"] for pack in report["pluginReports"]} >= {
        "AwsSolutions",
        "NIST.800.53.R5",
        "HIPAA.Security",
    }


def test_every_region_has_its_stacks_under_its_own_path(assembly: Assembly) -> None:
    """`cdk deploy 'us-east-1/*'` selects by these paths."""
    expected = {
        f"{region.name}/{kind}"
        for region in assembly.configuration.regions
        for kind in ("Network", "Data", "Audit")
    }
    # IAM reports its calls there alone.
    if all(region.name != "us-east-1" for region in assembly.configuration.regions):
        expected.add("us-east-1/GlobalAudit")

    assert set(assembly.templates) == expected


def test_every_stack_is_named_described_tagged_and_protected(assembly: Assembly) -> None:
    configuration = assembly.configuration
    manifest = json.loads((assembly.folder / "manifest.json").read_text(encoding="utf-8"))
    stacks = [
        artifact
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    ]

    for artifact in stacks:
        region, kind = artifact["displayName"].split(" ")[0].split("/")
        properties = artifact["properties"]
        account = configuration.account or "unknown-account"
        assert properties["stackName"] == f"{configuration.project}-{kind.lower()}"
        assert artifact["environment"] == f"aws://{account}/{region}"
        assert properties["terminationProtection"] is True
        assert properties["tags"] == {**configuration.tags, "project": configuration.project}
        assert assembly.templates[f"{region}/{kind}"]["Description"]


def test_taggable_resources_carry_the_tags(assembly: Assembly) -> None:
    expected = {**assembly.configuration.tags, "project": assembly.configuration.project}
    untagged = [
        (path, name)
        for path, name, resource in resources(assembly)
        if resource["Type"]
        in {"AWS::KMS::Key", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::EC2::VPC"}
        and PROVIDER_ROLE not in name
        and not expected.items()
        <= {tag["Key"]: tag["Value"] for tag in resource["Properties"].get("Tags", ())}.items()
    ]

    assert untagged == []


def test_the_table_carries_the_tags(assembly: Assembly) -> None:
    expected = {**assembly.configuration.tags, "project": assembly.configuration.project}

    for region in assembly.configuration.regions:
        (table,) = of_type(
            assembly.templates[f"{region.name}/Data"], "AWS::DynamoDB::GlobalTable"
        ).values()
        (replica,) = table["Properties"]["Replicas"]
        assert {tag["Key"]: tag["Value"] for tag in replica["Tags"]} == expected


def test_no_explicit_iam_name_occurs_twice(assembly: Assembly) -> None:
    """IAM names are global: the second stack with one would fail, or take the first one's."""
    keys = {"RoleName", "ManagedPolicyName", "PolicyName", "UserName", "GroupName"}
    names = Counter(
        str(plain(value)).casefold()
        for _, _, resource in resources(assembly)
        if resource["Type"].startswith("AWS::IAM::")
        for key, value in resource.get("Properties", {}).items()
        if key in keys
    )

    assert names
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if len(name) > 64] == []


def test_the_only_custom_resource_empties_the_default_group(assembly: Assembly) -> None:
    custom = {
        (path, resource["Type"])
        for path, _, resource in resources(assembly)
        if resource["Type"].startswith(("Custom::", "AWS::CloudFormation::"))
    }
    new_vpcs = {
        f"{region.name}/Network" for region in assembly.configuration.regions if region.vpc is None
    }

    assert custom == {(path, "Custom::VpcRestrictDefaultSG") for path in new_vpcs}


def test_stacks_of_a_region_reference_each_other_in_one_direction(assembly: Assembly) -> None:
    manifest = json.loads((assembly.folder / "manifest.json").read_text(encoding="utf-8"))
    names = {
        identifier: artifact["displayName"].split(" ")[0]
        for identifier, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    edges = {
        (names[identifier], names[other])
        for identifier in names
        for other in manifest["artifacts"][identifier]["dependencies"]
        if other in names
    }

    assert edges == {
        edge
        for region in assembly.configuration.regions
        for edge in (
            (f"{region.name}/Data", f"{region.name}/Network"),
            (f"{region.name}/Audit", f"{region.name}/Data"),
            (f"{region.name}/Audit", f"{region.name}/Network"),
        )
    }


def test_every_export_is_imported_and_every_import_exported(assembly: Assembly) -> None:
    for region in assembly.configuration.regions:
        templates = [assembly.templates[f"{region.name}/{kind}"] for kind in ("Network", "Data")]
        exports = {
            output["Export"]["Name"]
            for template in templates
            for output in template.get("Outputs", {}).values()
        }
        imports = set(
            re.findall(
                r'"Fn::ImportValue": "([^"]+)"',
                json.dumps(
                    [assembly.templates[f"{region.name}/{kind}"] for kind in ("Data", "Audit")]
                ),
            )
        )
        assert imports == exports


def test_no_template_hard_codes_a_partition(assembly: Assembly) -> None:
    """Configured ARNs are what the user wrote; everything else follows the partition."""
    configured = re.findall(r"arn:aws:[^\"]+", assembly.configuration.model_dump_json())
    found = {
        (path, arn)
        for path, template in assembly.templates.items()
        for arn in re.findall(r"arn:aws[a-z-]*:[^\"]*", json.dumps(template))
        if arn not in configured
    }

    assert found == set()


def test_every_policy_statement_has_a_sid_of_its_own(assembly: Assembly) -> None:
    for path, name, resource in resources(assembly):
        if PROVIDER_ROLE in name:
            continue
        for where, policy in policies(resource):
            sids = [statement.get("Sid") for statement in policy["Statement"]]
            assert all(sids), f"{path} {name} {where}"
            assert len(set(sids)) == len(sids), f"{path} {name} {where}"


def test_sids_are_what_iam_takes(assembly: Assembly) -> None:
    sids = {
        statement["Sid"]
        for _, name, resource in resources(assembly)
        if PROVIDER_ROLE not in name
        for _, policy in policies(resource)
        for statement in policy["Statement"]
    }

    assert [sid for sid in sids if not re.fullmatch(r"[A-Za-z0-9]+", sid)] == []


def test_policies_stay_below_the_sizes_that_aws_takes(assembly: Assembly) -> None:
    largest = {"AWS::DynamoDB::GlobalTable": 20 * 1024, "AWS::EC2::VPCEndpoint": 20_480}
    managed = 6144

    for path, name, resource in resources(assembly):
        limit = largest.get(resource["Type"], managed)
        for where, policy in policies(resource):
            if limit == managed and resource["Type"] != "AWS::IAM::ManagedPolicy":
                continue
            assert len(expanded(policy)) <= limit, f"{path} {name} {where}"


def test_ten_exemptions_and_ten_administrators_still_fit_a_table_policy(
    build: Callable[[Configuration], Assembly], configure: Callable[[str], Configuration]
) -> None:
    role = "arn:aws:iam::111122223333:role/" + "r" * 40
    exemptions = "".join(
        f'[[access.exemptions]]\narn = "{role}{number}"\nreason = "one of ten exemptions"\n'
        "expires = 2030-01-31\n"
        for number in range(10)
    )
    many = json.dumps([f"{role}{number}" for number in range(10)])
    assembly = build(
        configure(
            'project = "crowded"\n[[regions]]\nname = "ap-southeast-2"\nhome = true\n'
            f"[administration]\ndeploy = {many}\n[checks]\npacks = []\n{exemptions}"
        )
    )
    ((_, policy),) = policies(
        of_type(assembly.templates["ap-southeast-2/Data"], "AWS::DynamoDB::GlobalTable")
    )

    assert len(expanded(policy)) <= 20 * 1024


def test_cfn_lint_finds_nothing_in_any_region(assembly: Assembly, rules: RulesCollection) -> None:
    complaints = [
        f"{path}: {match.rule.id} {match.message}"
        for path, template in assembly.templates.items()
        for match in lint(json.dumps(template), rules, [path.split("/")[0]])
    ]

    assert complaints == []


def test_cfn_lint_is_asked_about_the_right_region(
    default_app: Assembly, rules: RulesCollection
) -> None:
    """AWS::DAX::Cluster is not in eu-north-1; were the Region ignored, nothing was said."""
    template = default_app.templates["us-east-1/Data"]
    found = lint(json.dumps(template), rules, ["eu-north-1"])

    assert "E3006" in {match.rule.id for match in found}


def test_two_synths_write_the_same_bytes(
    default_app: Assembly, build: Callable[[Configuration], Assembly]
) -> None:
    again = build(default_app.configuration)
    # The report says when it was written.
    differing = [
        name
        for name in sorted(
            {
                path.name
                for folder in (default_app.folder, again.folder)
                for path in folder.iterdir()
            }
        )
        if name != "validation-report.json"
        and not same(default_app.folder / name, again.folder / name)
    ]

    assert differing == []


def same(first: Path, second: Path) -> bool:
    if first.is_dir():
        files = [
            sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
            for folder in (first, second)
        ]
        return files[0] == files[1] and all(same(first / name, second / name) for name in files[0])
    return second.exists() and first.read_bytes() == second.read_bytes()


def test_the_perimeter_rule_is_there_unless_it_is_switched_off(
    default_app: Assembly,
    build: Callable[[Configuration], Assembly],
    configure: Callable[[str], Configuration],
) -> None:
    off = build(
        configure(
            'project = "plain"\n[[regions]]\nname = "eu-west-1"\nhome = true\n'
            "cache.enabled = false\n[audit]\nperimeter_rule = false\n[checks]\npacks = []\n"
        )
    )
    owners = [
        [
            rule["Properties"]["Source"]["Owner"]
            for rule in of_type(
                app.templates["eu-west-1/Audit"], "AWS::Config::ConfigRule"
            ).values()
        ]
        for app in (default_app, off)
    ]

    assert [each.count("CUSTOM_LAMBDA") for each in owners] == [1, 0]
    assert of_type(off.templates["eu-west-1/Audit"], "AWS::Lambda::Function") == {}


@pytest.mark.parametrize(
    ("partition", "regions"),
    [
        pytest.param("aws-cn", ("cn-northwest-1", "cn-north-1"), id="China"),
        pytest.param("aws-us-gov", ("us-gov-west-1", "us-gov-east-1"), id="GovCloud"),
    ],
)
def test_the_baseline_builds_in_every_partition(
    partition: str,
    regions: tuple[str, str],
    build: Callable[[Configuration], Assembly],
    configure: Callable[[str], Configuration],
    rules: RulesCollection,
) -> None:
    home, other = regions
    off = "" if home == "cn-northwest-1" else "cache.enabled = false\n"
    assembly = build(
        configure(
            f'project = "cruddur"\n[[regions]]\nname = "{home}"\nhome = true\n{off}'
            f'[[regions]]\nname = "{other}"\ncache.enabled = false\n'
            '[access]\ninterface_endpoints = ["dynamodb"]\n'
            f'[administration]\nexport = ["arn:{partition}:iam::111122223333:role/lake"]\n'
        )
    )
    arns = {
        arn
        for template in assembly.templates.values()
        for arn in re.findall(r"arn:aws[a-z-]*", json.dumps(template))
    }

    assert assembly.exit_code == 0
    assert arns == {f"arn:{partition}"}
    assert [
        match.rule.id
        for match in lint(json.dumps(assembly.templates[f"{home}/Data"]), rules, [home])
    ] == []


def test_an_expired_exemption_is_denied_by_the_policy_too(full_app: Assembly) -> None:
    """The configuration refuses it at the next synth; the deployed policy does at midnight."""
    (table,) = of_type(
        full_app.templates["eu-central-1/Data"], "AWS::DynamoDB::GlobalTable"
    ).values()
    (replica,) = table["Properties"]["Replicas"]
    arn = "arn:aws:iam::111122223333:user/auditors/visiting-auditor"
    endpoints = {"ResourcePolicy": 2, "ReplicaStreamSpecification": 1}

    for key, count in endpoints.items():
        ((_, policy),) = policies(replica[key])
        expired = by_sid(policy)["DenyExpiredExemption2"]
        assert expired["Effect"] == "Deny"
        assert expired["Principal"] == "*"
        assert expired["Condition"]["ArnEquals"] == {"aws:PrincipalArn": arn}
        assert expired["Condition"]["DateGreaterThan"] == {
            "aws:CurrentTime": "2030-01-31T23:59:59Z"
        }
        assert len(expired["Condition"]["StringNotEquals"]["aws:SourceVpce"]) == count or count == 1
        assert "DenyExpiredExemption1" not in by_sid(policy)
