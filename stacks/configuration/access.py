"""`[access]` and `[administration]`: who may do what, and who is let through a Deny."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, model_validator

from stacks.configuration.base import Mistake, PrincipalArn, Settings, exact_principal


class InterfaceService(enum.StrEnum):
    """The services of the perimeter that have an interface endpoint."""

    DYNAMODB = "dynamodb"
    STREAMS = "dynamodb-streams"
    DAX = "dax"


# Short enough for project and Region beside it in the 64 characters of a role's name.
_NEW_ROLE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")


def _role(role: str) -> str:
    if role.startswith("arn:"):
        return exact_principal(role)
    if not _NEW_ROLE.fullmatch(role):
        raise Mistake(
            "neither the ARN of an existing role nor a name for a new one",
            "write an ARN, or at most 20 letters, digits and hyphens, starting with a letter",
        )
    return role


Role = Annotated[str, AfterValidator(_role)]


class ExemptionSettings(Settings):
    """A principal that may reach the data from outside the endpoints, on purpose."""

    arn: PrincipalArn
    reason: Annotated[
        str,
        StringConstraints(min_length=10),
        Field(description="why, in words that would convince an auditor (10 characters or more)"),
    ]
    expires: Annotated[
        dt.date | None,
        Field(description="last day, e.g. 2030-01-31; the policy denies it from the next day on"),
    ] = None

    @model_validator(mode="after")
    def _not_expired(self, info: ValidationInfo) -> Self:
        today: dt.date = (info.context or {})["today"]
        if self.expires is not None and self.expires < today:
            raise Mistake(
                f"the exemption of {self.arn} has expired",
                "remove it, or renew it with a date that is still to come",
                key="expires",
                value=self.expires.isoformat(),
            )
        return self


class AccessSettings(Settings):
    """Who works with the data, and through which endpoints."""

    readers: Annotated[
        tuple[Role, ...],
        Field(description="roles that read: a name creates one, an ARN takes an existing one"),
    ] = ("reader",)
    writers: Annotated[
        tuple[Role, ...],
        Field(description="roles that read and write: a name creates one, an ARN takes one"),
    ] = ("writer",)
    trusted_services: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.amazonaws\.com$")], ...],
        Field(min_length=1, description="compute services that the created roles are for"),
    ] = ("ecs-tasks.amazonaws.com", "lambda.amazonaws.com")
    interface_endpoints: Annotated[
        tuple[InterfaceService, ...],
        Field(description="interface endpoints to add; the gateway endpoint is always there"),
    ] = ()
    exemptions: Annotated[
        tuple[ExemptionSettings, ...],
        Field(description="who may reach the data from outside the endpoints"),
    ] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for key, values in {
            "readers": self.readers,
            "writers": (*self.readers, *self.writers),
            "interface_endpoints": self.interface_endpoints,
            "exemptions": tuple(exemption.arn for exemption in self.exemptions),
        }.items():
            for position, value in enumerate(values):
                if value in values[:position]:
                    raise Mistake("named twice", "name it once", key=key, value=str(value))
        return self


class AdministrationSettings(Settings):
    """Who may do what the policies close to everybody else."""

    bootstrap_qualifier: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9]{1,10}$"),
        Field(description="qualifier of `cdk bootstrap`, 1 to 10 lower-case letters or digits"),
    ] = "hnb659fds"
    deploy: Annotated[
        tuple[PrincipalArn, ...] | None,
        Field(
            description="who may deploy and repair policies; left out: CDK's execution role, "
            "cdk-QUALIFIER-cfn-exec-role-ACCOUNT-REGION"
        ),
    ] = None
    export: Annotated[
        tuple[PrincipalArn, ...], Field(description="who may export the table to S3")
    ] = ()
    restore: Annotated[
        tuple[PrincipalArn, ...],
        Field(description="who may restore the table to a point in time, or from its vault"),
    ] = ()
    backup: Annotated[
        tuple[PrincipalArn, ...],
        Field(description="who may back up the table, beside the backup plan's own role"),
    ] = ()

    @model_validator(mode="after")
    def _somebody_can_repair(self) -> Self:
        if self.deploy is not None and not self.deploy:
            raise Mistake(
                "nobody could repair the policy of the table, or deploy again",
                "name a role, or leave the key out for CDK's execution role",
                key="deploy",
                value=[],
            )
        return self
