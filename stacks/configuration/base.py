"""What every part of the configuration shares: frozen values, mistakes, AWS identifiers."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints

# A role or user, below a path or not, by the characters that IAM takes.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_PRINCIPAL_ARN = re.compile(
    r"arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:(role|user)(/[\x21-\x2e\x30-\x7e]+)*/[A-Za-z0-9_+=,.@-]{1,64}"
)


# TOML has types: "yes" is no boolean and "5" is no number.
Flag = Annotated[bool, Strict()]
Number = Annotated[int, Strict()]


class Settings(BaseModel):
    """A frozen part of the configuration that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Mistake(ValueError):  # noqa: N818 - it is what the user made, not what went wrong here
    """A value that is well-typed and still wrong.

    Args:
        problem: what is wrong with it.
        remedy: what to write instead.
        key: key below the part that raised it, or empty for that part itself.
        value: the value to show; by default the one that was being validated.
    """

    def __init__(self, problem: str, remedy: str, *, key: str = "", value: Any = None) -> None:  # noqa: ANN401 - any TOML value can be wrong
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.key = key
        self.value = value


AccountId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{12}$"),
    Field(description="AWS account id: 12 digits in quotes", examples=["111122223333"]),
]


def exact_principal(arn: str) -> str:
    """Accept the ARN of one role or user, in any partition.

    Raises:
        Mistake: it has a wildcard, or is not such an ARN.
    """
    if "*" in arn or "?" in arn:
        raise Mistake(
            "a wildcard would let in whoever creates a matching principal",
            "name one role or user exactly",
        )
    if not _PRINCIPAL_ARN.fullmatch(arn):
        raise Mistake(
            "not the ARN of a role or user (a session ARN never matches aws:PrincipalArn)",
            'write it as "arn:aws:iam::111122223333:role/NAME"',
        )
    return arn


PrincipalArn = Annotated[
    str,
    AfterValidator(exact_principal),
    Field(
        description="ARN of exactly one IAM role or user",
        examples=["arn:aws:iam::111122223333:role/operations"],
    ),
]
