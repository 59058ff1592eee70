"""The report that programs read."""

import json
from dataclasses import asdict
from typing import Any

from syrupy.assertion import SnapshotAssertion

from ddb_perimeter.findings import Result
from ddb_perimeter.report import json as json_report


def test_the_document_stays_as_others_read_it(result: Result, snapshot: SnapshotAssertion) -> None:
    assert json_report.render(result) == snapshot


def test_the_keys_are_those_that_were_promised(result: Result) -> None:
    document: dict[str, Any] = json.loads(json_report.render(result))

    assert list(document) == ["schema", "verdict", "findings", "exemptions", "controls"]
    assert document["schema"] == 1
    assert document["verdict"] == "broken"
    assert {*document["findings"][0]} - {"evidence"} == {
        "control",
        "verdict",
        "severity",
        "exposure",
        "resource",
        "message",
        "fix",
        "counterexample",
    }
    assert [*document["findings"][0]["resource"]] == [
        "type",
        "logical_id",
        "stack",
        "region",
        "template",
        "path",
    ]
    assert [*document["controls"][0]] == ["id", "verdict", "resources"]


def test_every_value_arrives(result: Result) -> None:
    document: dict[str, Any] = json.loads(json_report.render(result))

    for written, finding in zip(document["findings"], result.findings, strict=True):
        expected = asdict(finding)
        expected["resource"] = expected.pop("subject")
        assert written == expected
    for written, exemption in zip(document["exemptions"], result.exemptions, strict=True):
        expected = asdict(exemption)
        expected["resource"] = expected.pop("subject")
        assert written == expected
