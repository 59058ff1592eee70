"""Rules of AWS Config that are somebody's own: moto takes those of AWS alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_OWN: Final = "moto knows no owner CUSTOM_POLICY, and asks its own Lambda for functions"


def put_rule(store: Store, parameters: Parameters) -> Answer | None:
    """Keep somebody's own rule; others are left to moto."""
    rule = parameters["ConfigRule"]
    if rule["Source"]["Owner"] == "AWS":
        return None
    name = rule["ConfigRuleName"]
    arn = f"arn:aws:config:{store.region}:{store.account}:config-rule/config-rule-{name}"
    store.kind("own rule")[name] = {**rule, "ConfigRuleArn": arn, "ConfigRuleState": "ACTIVE"}
    return {}


def describe_rules(store: Store, parameters: Parameters, answer: Answer) -> None:
    """Add the rules of somebody's own."""
    del parameters
    answer["ConfigRules"] += store.kind("own rule").values()


def delete_rule(store: Store, parameters: Parameters) -> Answer | None:
    """Delete somebody's own rule; others are left to moto."""
    known = store.kind("own rule").pop(parameters["ConfigRuleName"], None)
    return None if known is None else {}


GAPS: Final = (
    Gap("config", "PutConfigRule", _OWN, put_rule),
    Gap("config", "DescribeConfigRules", _OWN, correct=describe_rules),
    Gap("config", "DeleteConfigRule", _OWN, delete_rule),
)
