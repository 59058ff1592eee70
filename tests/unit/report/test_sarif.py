"""The report that code-scanning services read."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from ddb_perimeter.findings import Evidence, Result, Severity
from ddb_perimeter.report import sarif

# OASIS, SARIF 2.1.0 with errata 01, as published at sarif.SCHEMA.
OFFICIAL: dict[str, Any] = json.loads(
    Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Rule:
    id: str
    severity: Severity
    title: str = "Something holds"
    why: str = "Otherwise something else does not."
    source: str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html"
    fix: str = "Repair it."


RULES = (
    Rule("ddb-pitr", Severity.MEDIUM),
    Rule("ddb-table-policy-not-public", Severity.CRITICAL),
    Rule("dax-tls", Severity.HIGH),
    Rule("trail-kms", Severity.LOW),
    Rule("ddb-deletion-protection", Severity.MEDIUM),
    Rule("vpc-dns-on", Severity.INFO),
)


def written(result: Result, folder: str = "") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(sarif.render(result, RULES, folder=folder))
    jsonschema.Draft4Validator(
        OFFICIAL, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    ).validate(document)
    run: dict[str, Any] = document["runs"][0]
    return run


def test_the_document_stays_as_services_read_it(
    result: Result, snapshot: SnapshotAssertion
) -> None:
    assert sarif.render(result, RULES, folder="cdk.out") == snapshot


def test_the_official_schema_would_notice(result: Result) -> None:
    document = json.loads(sarif.render(result, RULES))
    document["runs"][0]["results"][0]["level"] = "critical"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(OFFICIAL).validate(document)


def test_results_point_to_their_rules(result: Result) -> None:
    run = written(result)

    rules = run["tool"]["driver"]["rules"]
    assert [entry["ruleId"] for entry in run["results"]] == [
        finding.control for finding in result.findings
    ]
    assert all(rules[entry["ruleIndex"]]["id"] == entry["ruleId"] for entry in run["results"])


def test_severities_become_levels_and_scores(result: Result) -> None:
    run = written(result)

    levels = [entry["level"] for entry in run["results"]]
    scores = [float(entry["properties"]["security-severity"]) for entry in run["results"]]
    assert levels == ["error", "error", "warning", "note", "note"]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 9
    assert all(rule["properties"]["security-severity"] for rule in run["tool"]["driver"]["rules"])


def test_unknown_fails_too(result: Result) -> None:
    entry = written(result)["results"][3]

    assert entry["kind"] == "fail"
    assert entry["level"] != "none"
    assert entry["message"]["text"].startswith("Unknown, so it does not pass.")


def test_every_result_has_a_file_and_the_line_where_it_is_known(result: Result) -> None:
    run = written(result, folder="infra/cdk.out/")

    places = [entry["locations"][0]["physicalLocation"] for entry in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "infra/cdk.out/Data.template.json",
        "infra/cdk.out/Data.template.json",
        "infra/cdk.out/Data.template.json",
        "infra/cdk.out/audit.yaml",
        "infra/cdk.out/Data.template.json",
    ]
    assert [place.get("region") for place in places] == [
        {"startLine": 42},
        {"startLine": 7},
        None,
        None,
        None,
    ]


def test_a_line_that_no_file_has_is_left_out(result: Result) -> None:
    odd = replace(result.findings[0], evidence=Evidence(line=0))

    (entry,) = written(replace(result, findings=(odd,)))["results"]
    assert "region" not in entry["locations"][0]["physicalLocation"]


def test_the_program_that_made_the_resource_is_related(result: Result) -> None:
    (related,) = written(result)["results"][0]["relatedLocations"]

    assert related["physicalLocation"]["artifactLocation"]["uri"] == "stacks/data.py"
    assert related["physicalLocation"]["region"] == {"startLine": 31}


@pytest.mark.parametrize("source", ["data.py", "data.py:", ":3", "data.py:x", "data.py:0"])
def test_a_source_without_a_line_is_left_out(result: Result, source: str) -> None:
    vague = replace(result.findings[0], evidence=Evidence(source=source))

    (entry,) = written(replace(result, findings=(vague,)))["results"]
    assert "relatedLocations" not in entry


def test_fingerprints_survive_moved_lines_and_reworded_messages(result: Result) -> None:
    first = result.findings[0]
    moved = replace(
        first,
        message="Reworded.",
        evidence=replace(first.evidence, line=99, pointer="Properties.Statement[7]"),
    )

    def prints(findings: tuple[Any, ...]) -> list[dict[str, str]]:
        results = written(replace(result, findings=findings))["results"]
        return [entry["partialFingerprints"] for entry in results]

    assert prints((first,)) == prints((moved,))
    assert prints((first,)) != prints((result.findings[1],))


def test_fingerprints_tell_twins_apart(result: Result) -> None:
    twin = replace(result.findings[0], message="Another value.")
    results = written(replace(result, findings=(result.findings[0], twin)))["results"]

    prints = [entry["partialFingerprints"]["primaryLocationLineHash"] for entry in results]
    assert len(set(prints)) == 2
    assert [value.split(":")[1] for value in prints] == ["1", "2"]


def test_file_names_become_uris(result: Result) -> None:
    subject = replace(result.findings[0].subject, template="sub dir/a#b?c:d%é\ud800.json")
    odd = replace(result.findings[0], subject=subject)

    (entry,) = written(replace(result, findings=(odd,)))["results"]
    uri = entry["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "sub%20dir/a%23b%3Fc%3Ad%25%C3%A9%3F.json"


def test_a_control_without_metadata_is_reported_all_the_same(result: Result) -> None:
    document = json.loads(sarif.render(result, ()))

    assert len(document["runs"][0]["results"]) == 5
    assert "ruleIndex" not in document["runs"][0]["results"][0]


def test_exemptions_are_in_the_run(result: Result) -> None:
    assert [entry["principal"] for entry in written(result)["properties"]["exemptions"]] == [
        "aws:PrincipalIsAWSService",
        "arn:aws:iam::111122223333:role/dax",
    ]
