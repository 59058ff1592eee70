"""What AWS Config found: moto keeps rules and never evaluates them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_RULES: Final = "moto evaluates no rules"


def describe_compliance(store: Store, parameters: Parameters) -> Answer:
    """Return that everything complies, but for what `judged` says otherwise."""
    del parameters
    config = store.client("config")
    names = [rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"]]
    return {
        "ComplianceByConfigRules": [
            {
                "ConfigRuleName": name,
                "Compliance": {"ComplianceType": store.kind("judged").get(name, "COMPLIANT")},
            }
            for name in names
        ]
    }


GAPS: Final = (Gap("config", "DescribeComplianceByConfigRule", _RULES, describe_compliance),)
