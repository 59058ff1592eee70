"""`[organization]`: the guardrails above the account, and who is exempt from them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.configuration.base import AccountId, Mistake, Settings, exact_principal

_ROLE_NAME = re.compile(r"([\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]+/)*[A-Za-z0-9_+=,.@-]{1,64}")


def _named_role(role: str) -> str:
    if role.startswith("arn:"):
        return exact_principal(role)
    if not _ROLE_NAME.fullmatch(role):
        raise Mistake(
            "neither the name of one role nor its ARN (a wildcard would exempt whoever creates a "
            "matching role)",
            'write the name that the role has in every account, e.g. "break-glass", or an ARN',
        )
    return role


NamedRole = Annotated[
    str,
    AfterValidator(_named_role),
    Field(
        description="a role by its name in every target account (below a path: PATH/NAME), or the "
        "ARN of one",
        examples=["break-glass"],
    ),
]
Target = Annotated[
    str,
    StringConstraints(pattern=r"^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12})$"),
    Field(
        description="id of an organizational unit (ou-…) or of an account",
        examples=["ou-ab12-11111111"],
    ),
]


class OrganizationSettings(Settings):
    """The guardrails stack; without this section there is none.

    Who exports, restores and backs up is named in `[administration]`: the table's policy has to
    let them through as well.
    """

    id: Annotated[
        str,
        StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$"),
        Field(description="id of the organization", examples=["o-exampleorgid"]),
    ]
    management_account: Annotated[
        AccountId,
        Field(
            description="the management account, 12 digits in quotes; no guardrail binds it, so it "
            "is neither a target nor the account of the table"
        ),
    ]
    administrator_account: Annotated[
        AccountId | None,
        Field(
            description="delegated administrator for policies, which the guardrails stack is "
            "deployed to; left out: the management account"
        ),
    ] = None
    targets: Annotated[
        tuple[Target, ...],
        Field(
            min_length=1,
            description="what the guardrails are attached to: organizational units or accounts "
            "that together hold every account of this baseline",
        ),
    ]
    bootstrap: Annotated[
        tuple[NamedRole, ...],
        Field(description="who sets accounts up: runs `cdk bootstrap`, creates the exempt roles"),
    ] = ("OrganizationAccountAccessRole",)
    break_glass: Annotated[
        tuple[NamedRole, ...],
        Field(
            description="who is exempt from every SCP and from the network RCP; to repair the "
            "table's policy too, name them in administration.deploy"
        ),
    ] = ()

    @property
    def deployed_to(self) -> str:
        """Return the account of the guardrails stack."""
        return self.administrator_account or self.management_account

    @model_validator(mode="after")
    def _management_account_is_no_target(self) -> Self:
        if self.management_account in self.targets:
            raise Mistake(
                "the management account: no SCP and no RCP binds it",
                "name the accounts that hold the tables, or their organizational unit",
                key="targets",
                value=self.management_account,
            )
        return self

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for key in ("targets", "bootstrap", "break_glass"):
            values: tuple[str, ...] = getattr(self, key)
            for position, value in enumerate(values):
                if value in values[:position]:
                    raise Mistake("named twice", "name it once", key=key, value=value)
        return self
