"""What every report owes to every result, however odd."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter.findings import (
    ControlResult,
    Counterexample,
    Evidence,
    Exemption,
    Exposure,
    Finding,
    Result,
    Severity,
    Subject,
    Verdict,
)
from ddb_perimeter.report import json as json_report
from ddb_perimeter.report import junit, sarif, text

OFFICIAL: dict[str, Any] = json.loads(
    Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8")
)
SARIF = jsonschema.Draft4Validator(
    OFFICIAL, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
)

# Any code point, lone surrogates and control characters too, and what markup trips over.
WORDS = st.one_of(
    st.text(st.characters(), max_size=12),
    st.sampled_from(
        ["", "[/red]", "<x>&amp;", "]]>", "a b", "\x1b[2J", "\r\n", "x" * 120, "\ud800"]
    ),
)
IDS = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,8}){1,3}", fullmatch=True)
SUBJECTS = st.builds(Subject, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS)
EVIDENCE = st.builds(Evidence, WORDS, WORDS, st.none() | st.integers(0, 10**6), WORDS)
COUNTEREXAMPLES = st.builds(
    Counterexample, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, st.dictionaries(WORDS, WORDS)
)
FINDINGS = st.builds(
    Finding,
    control=IDS,
    verdict=st.sampled_from([Verdict.BROKEN, Verdict.UNKNOWN]),
    severity=st.sampled_from(Severity),
    subject=SUBJECTS,
    message=WORDS,
    fix=WORDS,
    exposure=st.sampled_from(Exposure),
    evidence=EVIDENCE,
    counterexample=st.none() | COUNTEREXAMPLES,
)
CONTROLS = st.builds(
    ControlResult,
    IDS,
    st.sampled_from(Verdict),
    st.integers(0, 5),
    st.lists(SUBJECTS, max_size=3).map(tuple),
)
RESULTS = st.builds(
    Result,
    st.lists(FINDINGS, max_size=5).map(tuple),
    st.lists(st.builds(Exemption, WORDS, SUBJECTS, WORDS, WORDS), max_size=3).map(tuple),
    st.lists(CONTROLS, max_size=4, unique_by=lambda control: control.id).map(tuple),
)
UNHURRIED = settings(deadline=timedelta(seconds=5), max_examples=60)


def subject(document: dict[str, Any]) -> Subject:
    return Subject(**document)


def finding(document: dict[str, Any]) -> Finding:
    request = document["counterexample"]
    return Finding(
        control=document["control"],
        verdict=Verdict(document["verdict"]),
        severity=Severity(document["severity"]),
        subject=subject(document["resource"]),
        message=document["message"],
        fix=document["fix"],
        exposure=Exposure(document["exposure"]),
        evidence=Evidence(**document["evidence"]),
        counterexample=Counterexample(**request) if request else None,
    )


@given(RESULTS)
@UNHURRIED
def test_json_loses_nothing(result: Result) -> None:
    document = json.loads(json_report.render(result))

    assert tuple(finding(entry) for entry in document["findings"]) == result.findings
    assert document["verdict"] == result.verdict
    assert [
        Exemption(entry["principal"], subject(entry["resource"]), entry["reason"], entry["expires"])
        for entry in document["exemptions"]
    ] == list(result.exemptions)
    assert [
        (entry["id"], entry["verdict"], entry["resources"]) for entry in document["controls"]
    ] == [(control.id, control.verdict, control.resources) for control in result.controls]


@given(RESULTS, WORDS)
@UNHURRIED
def test_sarif_satisfies_the_official_schema(result: Result, folder: str) -> None:
    document = json.loads(sarif.render(result, (), folder=folder))

    SARIF.validate(document)
    results = document["runs"][0]["results"]
    assert len(results) == len(result.findings)
    assert all(entry["locations"] for entry in results)
    prints = [entry["partialFingerprints"]["ddbPerimeter/v1"] for entry in results]
    assert len(set(prints)) == len(prints)


@given(RESULTS)
@UNHURRIED
def test_junit_parses_and_counts_right(result: Result) -> None:
    root = ET.fromstring(junit.render(result).encode())  # noqa: S314 - our own text

    suite = root[0]
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(attribute, "-1")) == len(suite.findall(f"testcase/{tag}"))
    cases = suite.findall("testcase")
    assert int(suite.get("tests", "-1")) == len(cases)
    assert {entry.control for entry in result.findings} <= {
        case.get("classname") for case in cases if case.find("failure") is not None
    } | {case.get("classname") for case in cases if case.find("error") is not None}
    passed = not suite.findall("testcase/failure") and not suite.findall("testcase/error")
    assert passed == (result.verdict is Verdict.HOLDS)


@given(RESULTS, st.integers(1, 200))
@UNHURRIED
def test_text_names_every_control_that_failed(result: Result, width: int) -> None:
    shown = text.render(result, width=width)

    assert shown.startswith(f"{result.verdict}: ")
    assert all(entry.control in shown for entry in result.findings)
    assert shown.replace("\n", "").isprintable() or not shown.isascii()
    assert "\x1b" not in shown
    shown.encode()


@given(RESULTS)
@UNHURRIED
def test_the_same_result_is_the_same_bytes(result: Result) -> None:
    assert text.render(result) == text.render(result)
    assert json_report.render(result) == json_report.render(result)
    assert sarif.render(result, ()) == sarif.render(result, ())
    assert junit.render(result) == junit.render(result)
    for machine in (json_report.render(result), sarif.render(result, ())):
        assert machine.isascii()
