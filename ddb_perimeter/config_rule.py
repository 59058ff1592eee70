"""The controls as a custom rule of AWS Config: the handler of a Lambda function.

AWS Config asks once a day, and whenever somebody starts an evaluation. Each table gets a verdict:
COMPLIANT when every control holds, else NON_COMPLIANT, with what is worst as annotation. What
nobody could look at is NON_COMPLIANT too, and so is everything after an error.

A change that EventBridge saw comes as ``{"evaluate": NAME}``. Results can only be put with the
token that AWS Config hands out, so an evaluation is started, and AWS Config asks at once.

The function's folder has a `perimeter.toml`: what is declared to be inside. The rule's parameter
`tables` names the tables to judge, separated by commas; without it, all of them are.

Source: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
"""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3

from ddb_perimeter.controls import catalogue, declaration
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory.account import open_session, read_account
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.report import text
from ddb_perimeter.report.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ddb_perimeter.findings import Finding, Result

LONGEST_ANNOTATION: Final = 256
MOST_AT_ONCE: Final = 100
"""Evaluations that AWS Config takes in one call."""

_ATTEMPTS: Final = 3
_LONGEST_LIST: Final = 100  # characters for the ids of further controls
_RESERVE: Final = 20  # seconds to tell AWS Config that time is up
_TABLE: Final = "AWS::DynamoDB::Table"
_ACCOUNT: Final = "AWS::::Account"
_PERIMETER: Final = Path(__file__).resolve().parents[1] / "perimeter.toml"
_log: Final = logging.getLogger(__name__)


class Context(Protocol):
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may go on."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a verdict is about.

    Args:
        type: a type that AWS Config knows.
        id: its id there: a table's name, or an account's id.
    """

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run found out about the account and Region.

    Args:
        tables: names of the tables that were looked at.
        result: what the controls say.
    """

    tables: tuple[str, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Opinion:
    """What AWS Config is told about one target.

    Args:
        compliance: COMPLIANT, NON_COMPLIANT or NOT_APPLICABLE.
        annotation: why, at most 256 characters; empty when there is nothing to say.
    """

    compliance: str
    annotation: str = ""


def handler(event: Mapping[str, Any], context: Context) -> None:
    """Judge the account and Region for AWS Config, or have AWS Config ask.

    Args:
        event: a notification of AWS Config, or ``{"evaluate": NAME}``.
        context: tells how much time is left.
    """
    config = boto3.client("config")  # which is told; the session that reads could not
    if "evaluate" in event:
        # AWS Config takes one start a minute. Of a burst of changes the first is evaluated at once;
        # the others fail here, and Lambda tries them again when the minute is over.
        config.start_config_rules_evaluation(ConfigRuleNames=[event["evaluate"]])
        return
    Run(event, config).report(
        _judge,
        seconds=context.get_remaining_time_in_millis() / 1000 - _RESERVE,
    )


def _judge(named: Sequence[str]) -> Judged:
    """Ask the account and Region what `ddb-perimeter verify` asks."""
    region = os.environ["AWS_REGION"]
    account = read_account(open_session(), [region], tables=named)
    result = catalogue.run(account, declaration.read(_PERIMETER))
    _log.info(text.render(result))
    return Judged(tuple(sorted(account.tables)), result)


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation that AWS Config asked for.

    Args:
        event: its notification.
        config: client of AWS Config.
    """

    event: Mapping[str, Any]
    config: Any

    @property
    def notice(self) -> Mapping[str, Any]:
        """Return what AWS Config packs into text; the kind of message makes no difference."""
        notice: Mapping[str, Any] = json.loads(self.event["invokingEvent"])
        return notice

    @property
    def named(self) -> tuple[str, ...]:
        """Return the tables that the rule's parameter names."""
        parameters = json.loads(self.event.get("ruleParameters") or "{}")
        return tuple(
            filter(None, (each.strip() for each in parameters.get("tables", "").split(",")))
        )

    @property
    def account(self) -> Target:
        """Return the account: what verdicts are about where there is no table."""
        return Target(_ACCOUNT, str(self.notice["awsAccountId"]))

    def report(self, judge: Callable[[Sequence[str]], Judged], *, seconds: float) -> None:
        """Judge, and tell AWS Config; what it heard before about other targets counts no more.

        Args:
            judge: judges the account and Region, given the names of the only tables that count.
            seconds: how long it may take.
        """
        failure: Exception | None = None
        gone = Opinion("NOT_APPLICABLE")
        threads = ThreadPoolExecutor(1)
        try:
            judged = threads.submit(judge, self.named).result(timeout=seconds)
            opinions = dict(self._opinions(judged))
            if not judged.tables and judged.result.verdict is not Verdict.HOLDS:
                gone = opinions.get(self.account, gone)  # perhaps nobody could list them
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing complies because of it
            failure = error
            why = str(error) or type(error).__name__
            gone = Opinion("NON_COMPLIANT", _cut(f"could not be judged: {why}"))
            named = [Target(_TABLE, name) for name in self.named]
            opinions = dict.fromkeys(named or [self.account], gone)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
        self._put(opinions)
        self._put({each: gone for each in self._before() if each not in opinions})
        if failure is not None:
            raise failure  # AWS Config and the function's metrics show it, and Lambda tries again

    def _opinions(self, judged: Judged) -> Iterator[tuple[Target, Opinion]]:
        if not judged.tables:
            yield self.account, opinion_of(judged.result, "")
        for name in judged.tables:
            yield Target(_TABLE, name), opinion_of(judged.result, name)

    def _before(self) -> Iterator[Target]:
        """Yield what AWS Config has verdicts about from earlier runs."""
        pages = self.config.get_paginator("get_compliance_details_by_config_rule")
        for page in pages.paginate(ConfigRuleName=self.event["configRuleName"]):
            for result in page["EvaluationResults"]:
                about = result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
                yield Target(about["ResourceType"], about["ResourceId"])

    def _put(self, opinions: Mapping[Target, Opinion]) -> None:
        """Tell AWS Config, in parts of the size that it takes; what it did not take, again.

        Raises:
            RuntimeError: it does not take them.
        """
        when = datetime.fromisoformat(self.notice["notificationCreationTime"])
        waiting = [
            {
                "ComplianceResourceType": target.type,
                "ComplianceResourceId": target.id,
                "ComplianceType": opinion.compliance,
                "OrderingTimestamp": when,
                **({"Annotation": opinion.annotation} if opinion.annotation else {}),
            }
            for target, opinion in sorted(opinions.items(), key=lambda each: each[0])
        ]
        for _ in range(_ATTEMPTS):
            parts = [waiting[at : at + MOST_AT_ONCE] for at in range(0, len(waiting), MOST_AT_ONCE)]
            waiting = [failed for part in parts for failed in self._put_part(part)]
        if waiting:
            first = waiting[0]["ComplianceResourceId"]
            raise RuntimeError(
                f"AWS Config did not take {len(waiting)} evaluations, the first about {first}"
            )

    def _put_part(self, part: list[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            answer = self.config.put_evaluations(
                Evaluations=part, ResultToken=self.event["resultToken"]
            )
        except self.config.exceptions.InvalidResultTokenException as error:
            raise RuntimeError(
                "AWS Config no longer takes results of this run: its token has expired; start "
                "another evaluation"
            ) from error
        failed: list[dict[str, Any]] = answer.get("FailedEvaluations") or []
        return failed


def opinion_of(result: Result, table: str) -> Opinion:
    """Return what a result means for a table.

    A finding about another table says nothing about this one; any other finding is about the
    perimeter that they share.

    Args:
        result: what the controls say about the account and Region.
        table: the table's name; empty for the account as a whole.
    """
    findings = [
        finding
        for finding in result.findings
        if finding.subject.type not in TABLE_TYPES or table in {"", finding.subject.logical_id}
    ]
    if findings:
        return Opinion("NON_COMPLIANT", annotation(findings))
    explained = {finding.control for finding in result.findings}
    silent = [
        control.id
        for control in result.controls
        if control.verdict is not Verdict.HOLDS and control.id not in explained
    ]
    if silent or not result.controls:
        return Opinion("NON_COMPLIANT", _cut(f"no reason told by {', '.join(silent) or 'anyone'}"))
    return Opinion("COMPLIANT")


def annotation(findings: Iterable[Finding]) -> str:
    """Return the worst finding with its counterexample, and the ids of the other controls.

    Args:
        findings: one or more.
    """
    worst, *others = sorted(findings, key=_order)
    ids = [id_ for id_ in dict.fromkeys(each.control for each in others) if id_ != worst.control]
    shown = list(ids)
    while len(", ".join(shown)) > _LONGEST_LIST:
        shown.pop()
    more = [f"{len(ids) - len(shown)} more"] if len(shown) < len(ids) else []
    also = f"; also {', '.join([*shown, *more])}" if ids else ""
    unknown = "unknown: " if worst.verdict is Verdict.UNKNOWN else ""
    told = f"{worst.control}: {unknown}{worst.counterexample or worst.message}"
    return _cut(told, LONGEST_ANNOTATION - len(also)) + also


def _order(finding: Finding) -> tuple[int, bool, str, str]:
    return (
        -finding.severity.rank,
        finding.verdict is Verdict.UNKNOWN,
        finding.control,
        finding.subject.logical_id,
    )


def _cut(told: str, longest: int = LONGEST_ANNOTATION) -> str:
    line = printable(" ".join(told.split()))
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
