"""`[audit]` and `[checks]`: who records what happens, and who judges the templates."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field, StringConstraints

from stacks.configuration.base import Flag, Number, Settings


class Source(enum.StrEnum):
    """Whether the baseline creates something or the account has it already."""

    CREATE = "create"
    EXISTING = "existing"


class CheckPack(enum.StrEnum):
    """The rule packs of cdk-nag that can judge the templates."""

    AWS_SOLUTIONS = "AwsSolutions"
    NIST_800_53_R5 = "NIST.800.53.R5"
    HIPAA_SECURITY = "HIPAA.Security"


class AuditSettings(Settings):
    """The trail, the Config recorder and who is told."""

    trail: Annotated[Source, Field(description='"create" the trail, or use an "existing" one')] = (
        Source.CREATE
    )
    recorder: Annotated[
        Source, Field(description='"create" the Config recorder, or use an "existing" one')
    ] = Source.CREATE
    config_role: Annotated[
        Source,
        Field(
            description="the service-linked role AWSServiceRoleForConfig: an account has one, "
            'so say "existing" when AWS Config was ever on'
        ),
    ] = Source.CREATE
    perimeter_rule: Annotated[
        Flag,
        Field(
            description="whether AWS Config asks the account every day, and after changes, what "
            "`ddb-perimeter verify` asks"
        ),
    ] = True
    detection: Annotated[
        Flag,
        Field(
            description="whether somebody is told about calls that weaken the perimeter, and "
            "about refused requests"
        ),
    ] = True
    analyzer: Annotated[
        Source,
        Field(
            description='"create" an IAM Access Analyzer of external access in each Region, or '
            'use the "existing" one: an account has one in a Region; only with detection'
        ),
    ] = Source.CREATE
    retention_days: Annotated[
        Number, Field(ge=90, le=3650, description="days that logs are kept, 90 to 3650")
    ] = 365
    alarm_email: Annotated[
        str | None,
        StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        Field(description="who is told about alarms; left out: the topic has no subscriber"),
    ] = None


class CheckSettings(Settings):
    """The cdk-nag packs; the baseline's own checks always run."""

    packs: Annotated[
        tuple[CheckPack, ...], Field(description="cdk-nag packs that a synth has to pass")
    ] = tuple(CheckPack)
