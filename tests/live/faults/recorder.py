"""Faults of AWS Config: the recorder, where it delivers, and its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault

if TYPE_CHECKING:
    from tests.live.emulation.account import Account

AREA: Final = "recorder"
RECORDER: Final = "Audit/Recorder/Recorder"
ENDPOINT_RULE: Final = "Audit/ConfigRules/ServiceVpcEndpointEnabled"
RECOVERY_RULE: Final = "Audit/ConfigRules/DynamodbPitrEnabled"


def _stop(account: Account) -> None:
    account.client("config").stop_configuration_recorder(
        ConfigurationRecorderName=account.id(RECORDER)
    )


def _narrow(account: Account) -> None:
    config = account.client("config")
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": recorder["name"],
            "roleARN": recorder["roleARN"],
            "recordingGroup": {
                "allSupported": False,
                "includeGlobalResourceTypes": False,
                "resourceTypes": ["AWS::EC2::Instance"],
            },
        }
    )


def _delete_rule(account: Account) -> None:
    account.client("config").delete_config_rule(ConfigRuleName=account.id(RECOVERY_RULE))


def _another_service(account: Account) -> None:
    account.client("config").put_config_rule(
        ConfigRule={
            "ConfigRuleName": account.id(ENDPOINT_RULE),
            "Source": {"Owner": "AWS", "SourceIdentifier": "SERVICE_VPC_ENDPOINT_ENABLED"},
            "InputParameters": '{"serviceName": "s3"}',
        }
    )


def _violation(account: Account) -> None:
    account.client("config").put_external_evaluation(
        ConfigRuleName=account.id(RECOVERY_RULE),
        ExternalEvaluation={
            "ComplianceResourceType": "AWS::DynamoDB::Table",
            "ComplianceResourceId": TABLE,
            "ComplianceType": "NON_COMPLIANT",
            "OrderingTimestamp": "2026-11-22T00:00:00Z",
        },
    )


FAULTS: Final = (
    Fault("the recorder is stopped", "config-recorder-all", RECORDER, _stop),
    Fault("the recorder forgets DynamoDB", "config-recorder-all", RECORDER, _narrow),
    Fault("a rule is deleted", "config-ddb-rules-deployed", TABLE, _delete_rule),
    Fault(
        "a rule asks for another service's endpoint",
        "config-rule-params-right",
        ENDPOINT_RULE,
        _another_service,
    ),
    Fault("a rule finds a violation", "config-rules-comply", RECOVERY_RULE, _violation),
)
