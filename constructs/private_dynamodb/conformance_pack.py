"""AWS Config's rules as a conformance pack, which an organization has in each of its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import aws_cdk as cdk
from aws_cdk import aws_config as config
from constructs import Construct

from private_dynamodb.config_baseline import ConfigBaseline
from private_dynamodb.template_body import template_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from private_dynamodb.config_rules import ManagedRule

TABLE_NAME = "TableName"
TABLE_KEYS = "TableKeyArns"


class RulesOfTable(Protocol):
    """Returns the rules about a table."""

    def __call__(self, *, table_name: str, key_arn: str) -> Sequence[ManagedRule]:
        """Return the rules about a table of this name and key."""


def conformance_pack(
    scope: Construct,
    rules: RulesOfTable,
    *,
    region: str,
    table_name: str,
) -> str:
    """Return the body of a conformance pack, in YAML, with the rules of a `ConfigBaseline`.

    Its parameters are what differs from account to account: `TableName`, and `TableKeyArns`, the
    ARNs of the keys that tables may have, separated by commas. Left empty, any key of a customer
    passes. A rule that AWS Config does not have in the Region is left out.

    Args:
        scope: any construct of the app, whose feature flags apply.
        rules: what the pack asks; the same function gives a `ConfigBaseline` its rules.
        region: the Region that gets the pack.
        table_name: the table's name where an account says no other.

    Raises:
        ValueError: the pack is larger than a body may be.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html
    """

    def build(stack: cdk.Stack) -> None:
        table = cdk.CfnParameter(
            stack, TABLE_NAME, default=table_name, description="Name of the private table"
        )
        keys = cdk.CfnParameter(
            stack,
            TABLE_KEYS,
            default="",
            description="ARNs of the keys of private tables, separated by commas; empty: any key",
        )
        named = cdk.CfnCondition(
            stack,
            "TableKeysAreNamed",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(keys.value_as_string, "")),
        )
        key_arns = cdk.Fn.condition_if(
            named.logical_id, keys.value_as_string, cdk.Aws.NO_VALUE
        ).to_string()
        wanted = rules(table_name=table.value_as_string, key_arn=key_arns)
        for rule in ConfigBaseline(stack, "Rules", rules=wanted).rules:
            rule.override_logical_id(rule.node.id)
            rule.config_rule_name = _name(rule)

    return template_body(scope, build, region=region)


def _name(rule: config.CfnConfigRule) -> str:
    source = rule.source
    assert isinstance(source, config.CfnConfigRule.SourceProperty)  # noqa: S101 - by ConfigBaseline
    return str(source.source_identifier).lower().replace("_", "-")


class OrganizationConformancePack(Construct):
    """A conformance pack in every account of an organization, in the Region of the stack.

    Its rules are linked to the organization: a member account can neither change nor remove them.
    Each account needs a recorder in the Region, or the pack fails there. The stack belongs to the
    management account or to a delegated administrator of AWS Config. Costs 0.001 USD an
    evaluation, in each account.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        name: the pack's name, at most 128 letters, digits and hyphens.
        body: the template; `conformance_pack` writes one.
        parameters: values of its parameters, the same in every account.
        excluded_accounts: ids of accounts that do not get it.

    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        body: str,
        parameters: Mapping[str, str],
        excluded_accounts: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        pack = config.CfnOrganizationConformancePack
        self.pack = pack(
            self,
            "Pack",
            organization_conformance_pack_name=name,
            template_body=body,
            conformance_pack_input_parameters=[
                pack.ConformancePackInputParameterProperty(
                    parameter_name=key, parameter_value=value
                )
                for key, value in parameters.items()
            ]
            or None,
            excluded_accounts=list(excluded_accounts) or None,
        )
