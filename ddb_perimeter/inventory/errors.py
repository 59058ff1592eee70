"""What can be wrong with the input as a whole."""

from __future__ import annotations


class InputError(Exception):
    """The input cannot be used: one line that says what is wrong, where, and what to do."""

    @classmethod
    def at(cls, where: str, what: str, remedy: str) -> InputError:
        """Build the one line from its three parts.

        Args:
            where: file (and line) or path.
            what: what is wrong with it.
            remedy: what the caller can do about it.
        """
        line = " ".join(f"{where}: {what}; {remedy}".split())
        return cls(line.encode("utf-8", "backslashreplace").decode("utf-8"))


class TooManyScenarios(Exception):  # noqa: N818 - an answer ("unknown") rather than a fault
    """The conditions combine in more ways than anybody can look at, so the answer is `unknown`."""

    LIMIT = 2**12

    @classmethod
    def of(cls, conditions: int) -> TooManyScenarios:
        """Tell how many conditions are to blame, and how to shrink them.

        Args:
            conditions: number of conditions that had to be combined.
        """
        return cls(
            f"{conditions} conditions combine in more than {cls.LIMIT} ways; "
            "fix some of their parameters with --parameter"
        )
