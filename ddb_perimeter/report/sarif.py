"""The report that code-scanning services read: SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

from ddb_perimeter import __version__
from ddb_perimeter.findings import Severity, Verdict
from ddb_perimeter.report.wording import name, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.findings import Exemption, Finding, Result, Subject

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS: Final = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
# Code scanning sorts by this number: above 9 is critical, from 7 high, from 4 medium, below low.
_SCORES: Final = {
    Severity.INFO: "0.0",
    Severity.LOW: "2.0",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}


class Rule(Protocol):
    """What is known about a control besides what it found."""

    @property
    def id(self) -> str:
        """Return its slug."""

    @property
    def title(self) -> str:
        """Return what must hold."""

    @property
    def severity(self) -> Severity:
        """Return how bad it is when it does not hold."""

    @property
    def why(self) -> str:
        """Return what happens then."""

    @property
    def source(self) -> str:
        """Return the URL that says so."""

    @property
    def fix(self) -> str:
        """Return what to do about it."""


def render(result: Result, rules: Iterable[Rule], *, folder: str = "") -> str:
    """Return the report as SARIF.

    Args:
        result: what the run found out.
        rules: metadata of the controls that ran.
        folder: where the templates lie relative to the repository, with forward slashes;
            prefixed to their names so that a code-scanning service finds them.
    """
    listed = {rule.id: rule for rule in rules}
    places = {identifier: index for index, identifier in enumerate(listed)}
    run = {
        "tool": {
            "driver": {
                "name": "ddb-perimeter",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in listed.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "results": list(_results(result, places, folder)),
        "properties": {
            "verdict": result.verdict.value,
            "exemptions": [_exemption(exemption) for exemption in result.exemptions],
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why}\n\nFix: {rule.fix}\n\nSource: {rule.source}",
            "markdown": f"{rule.why}\n\n**Fix:** {rule.fix}\n\n[Source]({rule.source})",
        },
        "helpUri": rule.source,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "precision": "very-high",
            "tags": ["security", "dynamodb", "data-perimeter"],
        },
    }


def _results(result: Result, places: dict[str, int], folder: str) -> Iterator[dict[str, object]]:
    seen: dict[str, int] = {}
    # A result without a file would make a service refuse the whole upload.
    fallback = next((f.subject.template for f in result.findings if f.subject.template), ".")
    for finding in result.findings:
        digest = _digest(finding)
        seen[digest] = seen.get(digest, 0) + 1
        entry: dict[str, object] = {"ruleId": finding.control}
        if finding.control in places:
            entry["ruleIndex"] = places[finding.control]
        entry |= {
            # `unknown` fails like `broken`. SARIF's own word for it, kind "open", demands level
            # "none", which services hide: what nobody could judge would look as if it passed.
            "kind": "fail",
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [_location(finding, fallback, folder)],
        }
        related = _source(finding)
        if related:
            entry["relatedLocations"] = [related]
        entry |= {
            "partialFingerprints": {
                "primaryLocationLineHash": f"{digest[:16]}:{seen[digest]}",
                "ddbPerimeter/v1": f"{digest}:{seen[digest]}",
            },
            "properties": {
                "security-severity": _SCORES[finding.severity],
                "verdict": finding.verdict.value,
                "exposure": finding.exposure.value,
                "fix": finding.fix,
            },
        }
        yield entry


def _message(finding: Finding) -> str:
    parts = [f"{name(finding.subject)}: {finding.message}"]
    if finding.verdict is Verdict.UNKNOWN:
        parts[0] = f"Unknown, so it does not pass. {parts[0]}"
    if finding.counterexample is not None:
        parts.append(f"Request: {finding.counterexample}")
    parts.append(f"Fix: {finding.fix}")
    return "\n".join(parts)


def _location(finding: Finding, fallback: str, folder: str) -> dict[str, object]:
    template = finding.subject.template or fallback
    path = f"{folder.rstrip('/')}/{template}" if folder else template
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(path)}}
    if finding.evidence.line is not None and finding.evidence.line > 0:
        physical["region"] = {"startLine": finding.evidence.line}
    location: dict[str, object] = {"physicalLocation": physical}
    subject = finding.subject
    if subject.logical_id:
        location["logicalLocations"] = [
            {
                "name": subject.logical_id,
                "fullyQualifiedName": _qualified(subject),
                "kind": "resource",
            }
        ]
    where = place(subject, finding.evidence)
    if where:
        location["message"] = {"text": where}
    return location


def _source(finding: Finding) -> dict[str, object] | None:
    """Point to the line of the program that created the resource, where it is known."""
    file, _, line = finding.evidence.source.rpartition(":")
    if not file or not (line.isascii() and line.isdecimal()) or int(line) < 1:
        return None
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(file)},
            "region": {"startLine": int(line)},
        },
        "message": {"text": "created here"},
    }


def _uri(path: str) -> str:
    """Spell a path as a relative URI; what UTF-8 cannot write is replaced."""
    return quote(path.replace("\\", "/"), safe="/", errors="replace")


def _qualified(subject: Subject) -> str:
    return "/".join(part for part in (subject.stack, subject.logical_id) if part)


def _digest(finding: Finding) -> str:
    """Identify a finding by what stays when lines move and messages are reworded."""
    subject = finding.subject
    parts = (
        finding.control,
        subject.type,
        subject.stack,
        subject.logical_id,
        subject.region,
        finding.evidence.sid or finding.evidence.pointer,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _exemption(exemption: Exemption) -> dict[str, object]:
    return {
        "principal": exemption.principal,
        "resource": _qualified(exemption.subject),
        "reason": exemption.reason,
        "expires": exemption.expires,
    }
