"""The report that CI servers show."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from ddb_perimeter.findings import ControlResult, Result, Subject, Verdict
from ddb_perimeter.report import junit


def suite(result: Result) -> ET.Element:
    root = ET.fromstring(junit.render(result).encode())  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    (only,) = root
    for attribute in ("tests", "failures", "errors"):
        assert root.get(attribute) == only.get(attribute)
    return only


def outcomes(result: Result) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (case.get("classname"), case.get("name"), [child.tag for child in case])
        for case in suite(result).iter("testcase")
    ]


def test_the_document_stays_as_servers_read_it(result: Result, snapshot: SnapshotAssertion) -> None:
    assert junit.render(result) == snapshot


def test_there_is_a_case_for_every_control_and_resource(result: Result) -> None:
    table = (
        "AWS::DynamoDB::GlobalTable MessagesTable "
        "(stack Data, eu-west-1, Data.template.json, Data/Messages/Resource)"
    )
    cache = "AWS::DAX::Cluster Cache (stack Data, eu-west-1, Data.template.json)"

    assert outcomes(result) == [
        ("ddb-table-policy-not-public", table, ["failure"]),
        ("ddb-pitr", table, []),
        ("ddb-deletion-protection", table, ["failure"]),
        ("dax-tls", cache, ["failure"]),
        ("dax-sse", "no resource", ["skipped"]),
        ("trail-kms", "AWS::CloudTrail::Trail Trail (audit.yaml)", ["error"]),
        ("vpc-dns-on", "The input as a whole", ["error"]),
    ]


def test_the_counts_agree_with_the_cases(result: Result) -> None:
    counted = suite(result)

    assert [counted.get(key) for key in ("tests", "failures", "errors", "skipped")] == [
        "7",
        "3",
        "2",
        "1",
    ]


def test_a_failure_tells_what_where_and_how_to_repair(result: Result) -> None:
    failure = suite(result).find("testcase/failure")

    assert failure is not None
    assert failure.get("message") == result.findings[0].message
    assert failure.get("type") == "critical"
    body = failure.text or ""
    assert "arn:aws:iam::444455556666:user/stranger calls dynamodb:GetItem" in body
    assert "Data.template.json:42" in body
    assert result.findings[0].fix in body


def test_several_findings_of_one_case_are_one_failure(result: Result) -> None:
    first = result.findings[0]
    findings = (first, replace(first, message="Another.", verdict=Verdict.UNKNOWN))

    case = suite(replace(result, findings=findings)).find("testcase")

    assert case is not None
    (failure,) = case
    assert failure.tag == "failure"
    assert (failure.get("message") or "").endswith("(and 1 more)")
    assert "Another." in (failure.text or "")


def test_text_that_xml_forbids_is_spelled_out(result: Result) -> None:
    hostile = replace(
        result.findings[0],
        message="nul \x00 escape \x1b half \ud800 end \uffff <b>&amp;</b> ]]> \"'",
    )

    failure = suite(replace(result, findings=(hostile,))).find("testcase/failure")

    assert failure is not None
    assert failure.get("message") == (
        r"nul \x00 escape \x1b half \ud800 end \uffff <b>&amp;</b> ]]> " + "\"'"
    )


def test_a_control_that_fails_without_a_finding_fails_its_case() -> None:
    subject = Subject("T", "Id")
    odd = Result(
        controls=(
            ControlResult("trail-kms", Verdict.BROKEN, 0),
            ControlResult("dax-tls", Verdict.UNKNOWN, 1, (subject,)),
            ControlResult("dax-sse", Verdict.HOLDS, 3),
        )
    )

    assert outcomes(odd) == [
        ("trail-kms", "the control as a whole", ["failure"]),
        ("dax-tls", "T Id", []),
        ("dax-tls", "the control as a whole", ["error"]),
        ("dax-sse", "every resource", []),
    ]


def test_a_finding_of_an_unlisted_control_is_a_case_too(result: Result) -> None:
    assert len(outcomes(replace(result, controls=()))) == len(result.findings)


def test_exemptions_are_told_in_the_output(result: Result) -> None:
    told = suite(result).findtext("system-out") or ""

    assert "exemption: arn:aws:iam::111122223333:role/dax on AWS::DynamoDB" in told
    assert "(until 2030-12-31)" in told
