"""The report that a person reads."""

import re
from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from ddb_perimeter.findings import ControlResult, Evidence, Exposure, Result, Subject, Verdict
from ddb_perimeter.report import text
from ddb_perimeter.report.wording import printable, verdict_line


def without_colours(styled: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", styled)


def test_the_report_reads_well(result: Result, snapshot: SnapshotAssertion) -> None:
    assert text.render(result) == snapshot


def test_a_clean_report_names_its_exemptions(clean: Result, snapshot: SnapshotAssertion) -> None:
    assert text.render(clean) == snapshot


def test_the_verdict_comes_first(result: Result) -> None:
    assert text.render(result).splitlines()[0] == (
        "broken: 5 findings, the worst critical; data is reachable from outside"
    )


def test_findings_of_one_resource_stand_together(result: Result) -> None:
    lines = text.render(result).splitlines()

    assert lines.count("AWS::DynamoDB::GlobalTable MessagesTable") == 1
    table = lines.index("AWS::DynamoDB::GlobalTable MessagesTable")
    cluster = lines.index("AWS::DAX::Cluster Cache")
    protection = next(i for i, line in enumerate(lines) if "ddb-deletion-protection" in line)
    assert table < protection < cluster


def test_what_many_controls_say_alike_is_told_once(result: Result) -> None:
    twins = tuple(
        replace(result.findings[3], control=f"trail-{name}") for name in ("kms", "tls", "mfa")
    )

    shown = text.render(replace(result, findings=(*twins, result.findings[4])))

    assert "  low: unknown for 3 controls: trail-kms, trail-tls, trail-mfa\n" in shown
    assert shown.count(twins[0].message) == 1
    assert "  info: vpc-dns-on is unknown\n" in shown


def test_lines_fit_unless_one_word_does_not(result: Result) -> None:
    too_long = [line for line in text.render(result).splitlines() if len(line) > text.WIDTH]

    assert all(len(line.split()) <= 2 for line in too_long)


def test_arns_are_never_broken(result: Result) -> None:
    narrow = text.render(result, width=40)

    assert "arn:aws:dynamodb:eu-west-1:111122223333:table/messages" in narrow
    assert "Properties.Replicas[0].ResourcePolicy.PolicyDocument.Statement[0]" in narrow


def test_colours_change_no_word(result: Result) -> None:
    styled = text.render(result, colour=True)

    assert "\x1b[" in styled
    assert without_colours(styled) == text.render(result)


def test_plain_text_has_no_colours(result: Result) -> None:
    assert "\x1b" not in text.render(result)


def test_a_template_cannot_steer_the_terminal(result: Result) -> None:
    hostile = replace(
        result.findings[0], message="\x1b[2Jclear\r\n[bold red]markup[/] \u202eevil \ud800"
    )
    for colour in (False, True):
        shown = text.render(replace(result, findings=(hostile,)), colour=colour)

        assert r"\x1b[2Jclear\r\n[bold red]markup[/] \u202eevil \ud800" in without_colours(shown)
        assert "\x1b[2J" not in shown


def test_a_note_ends_the_report(result: Result) -> None:
    assert text.render(result, notes=["Exit code 0."]).endswith("\nExit code 0.\n")


def test_a_check_that_judged_nothing_says_so() -> None:
    idle = Result(controls=(ControlResult("dax-tls", Verdict.HOLDS, 0),))

    assert verdict_line(idle) == "holds: but no control found a resource to judge"


def test_reachability_is_told_only_where_it_is_found(result: Result) -> None:
    mild = replace(result, findings=result.findings[1:])

    assert "reachable" not in verdict_line(mild)
    assert result.findings[0].exposure is Exposure.REACHABLE


def test_unknown_alone_does_not_read_like_a_pass(result: Result) -> None:
    undecided = Result(
        findings=result.findings[3:], controls=(ControlResult("trail-kms", Verdict.UNKNOWN, 1),)
    )

    assert verdict_line(undecided).startswith("unknown: 2 findings, the worst low; what")


def test_a_control_that_fails_without_a_finding_is_counted() -> None:
    odd = Result(controls=(ControlResult("trail-kms", Verdict.BROKEN, 1),))

    assert verdict_line(odd) == "broken: 1 control without a finding"


def test_a_line_without_a_template_is_still_told(result: Result) -> None:
    nowhere = replace(
        result.findings[1], subject=Subject("T", "Id"), evidence=Evidence(line=9, sid="S")
    )

    assert "at: statement S, line 9\n" in text.render(replace(result, findings=(nowhere,)))


def test_printable_keeps_what_people_write() -> None:
    assert printable("größer: „ja“ 日本 🙂") == "größer: „ja“ 日本 🙂"
