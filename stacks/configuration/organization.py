"""`[organization]`: the guardrails above the account, and who is exempt from them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.configuration.base import AccountId, Flag, Mistake, Settings, exact_principal

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


KeyArn = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"
    ),
    Field(
        description="ARN of a KMS key",
        examples=["arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    ),
]
_LONGEST_PARAMETER = 4096  # of a conformance pack


class ConformancePackSettings(Settings):
    """AWS Config's rules of this baseline in every account of the organization.

    Their parameters are the same in every account; without this section there is no pack.
    """

    excluded_accounts: Annotated[
        tuple[AccountId, ...],
        Field(
            max_length=999,
            description="accounts that do not get the pack, such as those without a recorder; the "
            "management account never gets it",
        ),
    ] = ()
    table_keys: Annotated[
        tuple[KeyArn, ...],
        Field(
            description="the keys that private tables may be encrypted with, of all accounts and "
            "Regions; left out: any key of a customer"
        ),
    ] = ()

    @model_validator(mode="after")
    def _keys_fit(self) -> Self:
        length = len(",".join(self.table_keys))
        if length > _LONGEST_PARAMETER:
            raise Mistake(
                f"{length:,} characters, and AWS Config takes {_LONGEST_PARAMETER:,}",
                "leave table_keys out: each account's own rules know the key of its table",
                key="table_keys",
                value=len(self.table_keys),
            )
        return self


class OrganizationSettings(Settings):
    """The guardrails stack, and what AWS Config does for every account; without this section none.

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
            description="delegated administrator for policies, AWS Config and StackSets, which "
            "the stacks of the organization are deployed to; left out: the management account"
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

    aggregator: Annotated[
        Flag,
        Field(description="whether AWS Config gathers what it finds in every account, at home"),
    ] = False
    stack_set: Annotated[
        Flag,
        Field(
            description="whether every account of the targets gets AWS Config's recorder by "
            "StackSets, also accounts that join later"
        ),
    ] = False
    conformance_pack: Annotated[
        ConformancePackSettings | None,
        Field(description="AWS Config's rules in every account; left out: there are none"),
    ] = None

    @property
    def deployed_to(self) -> str:
        """Return the account of the organization's stacks."""
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
    def _stack_sets_are_for_units(self) -> Self:
        accounts = [target for target in self.targets if not target.startswith("ou-")]
        if self.stack_set and accounts:
            raise Mistake(
                f"StackSets deploys to organizational units, and {accounts[0]} is an account",
                "name its organizational unit in targets, or leave stack_set out",
                key="targets",
                value=accounts[0],
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
