"""What AWS Config found: moto keeps rules and never evaluates them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_RULES: Final = "moto evaluates no rules"


def put_external_evaluation(store: Store, parameters: Parameters) -> Answer:
    """Take somebody's word for whether a rule is kept."""
    told = parameters["ExternalEvaluation"]["ComplianceType"]
    store.kind("judged")[parameters["ConfigRuleName"]] = told
    return {}


def describe_compliance(store: Store, parameters: Parameters) -> Answer:
    """Return that everything complies, but for what somebody said otherwise."""
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


GAPS: Final = (
    Gap("config", "PutExternalEvaluation", _RULES, put_external_evaluation),
    Gap("config", "DescribeComplianceByConfigRule", _RULES, describe_compliance),
)
