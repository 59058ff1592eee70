"""Mistakes in `[organization]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import PROJECT, VALID, Case


def _section(**changes: str) -> str:
    values = {
        "id": '"o-exampleorgid"',
        "management_account": '"444455556666"',
        "targets": '["ou-ab12-11111111"]',
    } | changes
    return "[organization]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


CASES = [
    Case(
        "an organization without an id",
        VALID
        + '[organization]\nmanagement_account = "444455556666"\ntargets = ["ou-ab12-11111111"]\n',
        "organization.id: missing; add it: id of the organization",
    ),
    Case(
        "a malformed organization id",
        VALID + _section(id='"example"'),
        (
            "organization.id = \"example\": string should match pattern '^o-[a-z0-9]{10,32}$'; "
            "expected: id of the organization"
        ),
    ),
    Case(
        "a guardrail without a target",
        VALID + _section(targets="[]"),
        (
            "organization.targets = []: too few entries; expected: what the guardrails are "
            "attached to: organizational units or accounts that together hold every account of "
            "this baseline"
        ),
    ),
    Case(
        "a root as a target",
        VALID + _section(targets='["r-ab12"]'),
        (
            'organization.targets[0] = "r-ab12": string should match pattern '
            "'^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12})$'; expected: what the guardrails are "
            "attached to: organizational units or accounts that together hold every account of "
            "this baseline"
        ),
    ),
    Case(
        "the management account as a target",
        VALID + _section(targets='["ou-ab12-11111111", "444455556666"]'),
        (
            'organization.targets = "444455556666": the management account: no SCP and no RCP '
            "binds it; name the accounts that hold the tables, or their organizational unit"
        ),
    ),
    Case(
        "the management account as the account of the table",
        PROJECT + 'account = "444455556666"\n' + VALID.removeprefix(PROJECT) + _section(),
        (
            'account = "444455556666": the management account of the organization: no guardrail '
            "binds it; deploy the tables to a member account"
        ),
    ),
    Case(
        "a pattern of roles that break the glass",
        VALID + _section(break_glass='["admin-*"]'),
        (
            'organization.break_glass[0] = "admin-*": neither the name of one role nor its ARN (a '
            "wildcard would exempt whoever creates a matching role); write the name that the role "
            'has in every account, e.g. "break-glass", or an ARN'
        ),
    ),
    Case(
        "a pattern of ARNs that set accounts up",
        VALID + _section(bootstrap='["arn:aws:iam::111122223333:role/*"]'),
        (
            'organization.bootstrap[0] = "arn:aws:iam::111122223333:role/*": a wildcard would let '
            "in whoever creates a matching principal; name one role or user exactly"
        ),
    ),
    Case(
        "a stack set for an account",
        PROJECT
        + 'audit.recorder = "existing"\n'
        + VALID.removeprefix(PROJECT)
        + _section(targets='["ou-ab12-11111111", "111122223333"]', stack_set="true"),
        (
            'organization.targets = "111122223333": StackSets deploys to organizational units, '
            "and 111122223333 is an account; name its organizational unit in targets, or leave "
            "stack_set out"
        ),
    ),
    Case(
        "a second recorder from a stack set",
        VALID + _section(stack_set="true"),
        (
            "organization.stack_set = true: the stack set gives the account a recorder, and an "
            'account has one in a Region; write audit.recorder = "existing"'
        ),
    ),
    Case(
        "a pack for keys that are none",
        VALID + _section() + '[organization.conformance_pack]\ntable_keys = ["alias/table"]\n',
        (
            'organization.conformance_pack.table_keys[0] = "alias/table": string should match '
            "pattern '^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$'; "
            "expected: the keys that private tables may be encrypted with, of all accounts and "
            "Regions; left out: any key of a customer"
        ),
    ),
    Case(
        "more keys than a parameter takes",
        VALID
        + _section()
        + "[organization.conformance_pack]\ntable_keys = ["
        + ", ".join(
            f'"arn:aws:kms:eu-central-1:111122223333:key/{number:036}"' for number in range(60)
        )
        + "]\n",
        (
            "organization.conformance_pack.table_keys = 60: 4,739 characters, and AWS Config takes "
            "4,096; leave table_keys out: each account's own rules know the key of its table"
        ),
    ),
    Case(
        "a role named twice",
        VALID + _section(break_glass='["fire", "fire"]'),
        'organization.break_glass = "fire": named twice; name it once',
    ),
]
