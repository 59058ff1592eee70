"""The two ways in which a rehearsal does not succeed."""

from __future__ import annotations


class CannotRehearse(Exception):  # noqa: N818 - it says what happened
    """Something that the rehearsal needs is not there; exit code 2."""


class RehearsalFailed(Exception):  # noqa: N818 - as above
    """A step did not do what it should; exit code 1.

    Args:
        findings: what is wrong, a line each.
    """

    def __init__(self, *findings: str) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings
