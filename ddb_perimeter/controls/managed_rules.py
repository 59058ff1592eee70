"""AWS Config's managed rules: that they are there, and ask for the right thing."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Where, broken, control, holds, unknown, unresolved
from ddb_perimeter.controls.rule_regions import has_rule
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.backups import SELECTION
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.network import VPC
from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.tables import Table

_RULE: Final = "AWS::Config::ConfigRule"
_ORGANIZATION_RULE: Final = "AWS::Config::OrganizationConfigRule"
_PACKS: Final = ("AWS::Config::ConformancePack", "AWS::Config::OrganizationConformancePack")
_TABLE: Final = "AWS::DynamoDB::Table"
_MOST_CAPACITY: Final = 80


@dataclass(frozen=True, slots=True)
class _Rule:
    """A managed rule.

    Args:
        types: what has to be in a Region for the rule to be wanted there; empty: a table.
        parameters: the values that it has to have; a test for those that may differ.
        optional: names of further parameters.
        of_table: whether it looks at tables, so that its scope has to admit them.
    """

    types: tuple[str, ...] = ()
    parameters: Mapping[str, str] | None = None
    optional: tuple[str, ...] = ()
    of_table: bool = False


_AUTOSCALING: Final = (
    "minProvisionedReadCapacity",
    "maxProvisionedReadCapacity",
    "targetReadUtilization",
    "minProvisionedWriteCapacity",
    "maxProvisionedWriteCapacity",
    "targetWriteUtilization",
)
_CAPACITY: Final = ("accountRCUThresholdPercentage", "accountWCUThresholdPercentage")
_TRAIL: Final = ("s3BucketName", "snsTopicArn", "cloudWatchLogsLogGroupArn")
_RULES: Final[Mapping[str, _Rule]] = {
    "DYNAMODB_TABLE_ENCRYPTED_KMS": _Rule(optional=("kmsKeyArns",), of_table=True),
    "DYNAMODB_PITR_ENABLED": _Rule(of_table=True),
    "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED": _Rule(of_table=True),
    "DYNAMODB_AUTOSCALING_ENABLED": _Rule(optional=_AUTOSCALING, of_table=True),
    "DYNAMODB_THROUGHPUT_LIMIT_CHECK": _Rule(optional=_CAPACITY),
    "DYNAMODB_IN_BACKUP_PLAN": _Rule((SELECTION,)),
    "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN": _Rule(
        (SELECTION,),
        optional=(
            "resourceTags",
            "resourceId",
            "crossRegionList",
            "crossAccountList",
            "maxRetentionDays",
            "minRetentionDays",
            "backupVaultLockCheck",
        ),
        of_table=True,
    ),
    "DAX_ENCRYPTION_ENABLED": _Rule((CLUSTER,)),
    "DAX_TLS_ENDPOINT_ENCRYPTION": _Rule((CLUSTER,)),
    "SERVICE_VPC_ENDPOINT_ENABLED": _Rule((VPC,), {"serviceName": "dynamodb"}),
    "VPC_FLOW_LOGS_ENABLED": _Rule((VPC,), {"trafficType": "ALL"}),
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": _Rule((VPC,)),
    "NO_UNRESTRICTED_ROUTE_TO_IGW": _Rule((VPC,), optional=("routeTableIds",)),
    "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED": _Rule((VPC,)),
    "CLOUD_TRAIL_ENABLED": _Rule(optional=_TRAIL),
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": _Rule(
        optional=(*_TRAIL, "includeManagementEvents", "readWriteType")
    ),
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": _Rule(),
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": _Rule(),
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": _Rule(optional=("expectedDeliveryWindowAge",)),
}
"""The managed rules that watch a private table, beside tables, caches, VPCs and trails."""


@control(
    id="config-ddb-rules-deployed",
    title="AWS Config's managed rules watch tables, caches, VPCs and trails",
    severity=Severity.MEDIUM,
    why="Templates say what was deployed; rules notice when somebody changes it by hand. Rules "
    "that AWS Config does not have in a Region are not asked for there.",
    source="https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html",
    fix="Add an AWS::Config::ConfigRule for each; declare rules that exist elsewhere, e.g. in a "
    'conformance pack, with existing = ["config-rules"] in [perimeter].',
    types=(
        *TABLE_TYPES,
        _RULE,
        _ORGANIZATION_RULE,
        *_PACKS,
        *{type_ for rule in _RULES.values() for type_ in rule.types},
    ),
)
def rules_deployed(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the Region of each table."""
    for table in tables(inventory):
        subject = table.subject()
        if "config-rules" in perimeter.existing:
            yield holds(subject)
            continue
        present, doubt = _present(inventory, table)
        lacking = [
            identifier
            for identifier, rule in _RULES.items()
            if identifier not in present
            and (isinstance(table.region, Unknown) or has_rule(table.region, identifier))
            and _wanted(inventory, table, rule)
        ]
        if not lacking:
            yield holds(subject)
        elif doubt is not None:
            yield unresolved(subject, "A rule or conformance pack of its Region", doubt)
        else:
            yield broken(
                subject,
                f"No rule in what was checked asks in {table.region} for {', '.join(lacking)}.",
            )


def _present(inventory: Inventory, table: Table) -> tuple[set[str], Unknown | None]:
    """Return the rules of a table's account and Region, and what may stand for more."""
    present: set[str] = set()
    doubt: Unknown | None = None
    for type_, pointer in (
        (_RULE, "Source.SourceIdentifier"),
        (_ORGANIZATION_RULE, "OrganizationManagedRuleMetadata.RuleIdentifier"),
    ):
        for resource in inventory.of_type(type_):
            if resource.region != table.region:
                continue
            identifier = resource.at(pointer)
            if isinstance(identifier, Unknown):
                doubt = identifier
            present.add(str(identifier))
    for pack in inventory.of_type(*_PACKS):
        if pack.region == table.region:
            doubt = Unknown(pack.logical_id, "rules inside conformance packs are not read")
    return present, doubt


def _wanted(inventory: Inventory, table: Table, rule: _Rule) -> bool:
    """Return whether a rule has something to watch in a table's Region."""
    return not rule.types or any(
        resource.region == table.region for resource in inventory.of_type(*rule.types)
    )


@control(
    id="config-rule-params-right",
    title="Managed rules ask for the right thing",
    severity=Severity.MEDIUM,
    why="A rule with another service name, a misspelled parameter or a scope without tables "
    "reports that everything complies.",
    source="https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html",
    fix="Spell identifier and parameters as the page of the rule does, and let the scope name "
    "AWS::DynamoDB::Table and the table.",
    types=(*TABLE_TYPES, _RULE),
)
def rule_parameters(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each managed rule that is about tables or their perimeter."""
    for resource in inventory.of_type(_RULE):
        if str(resource.at("Source.Owner")).startswith("CUSTOM_"):
            continue
        identifier = resource.at("Source.SourceIdentifier")
        evidence = resource.evidence("Properties.Source.SourceIdentifier")
        if isinstance(identifier, Unknown):
            yield unresolved(resource.subject(), "SourceIdentifier", identifier, evidence=evidence)
            continue
        rule = _RULES.get(str(identifier))
        if rule is not None:
            findings = [*_parameters(inventory, resource, rule), *_scope(inventory, resource, rule)]
            yield from findings or [holds(resource.subject())]
        elif str(identifier) not in _OTHERS and str(identifier).startswith(("DYNAMODB_", "DAX_")):
            close = difflib.get_close_matches(str(identifier), _RULES, n=1)
            yield broken(
                resource.subject(),
                f"AWS Config has no managed rule {identifier}"
                f"{f', but {close[0]}' if close else ''}.",
                evidence=evidence,
            )


@control(
    id="config-rules-comply",
    title="AWS Config finds nothing wrong",
    severity=Severity.LOW,
    why="A rule that says NON_COMPLIANT has found a resource that is not as it should be, perhaps "
    "beside the tables that are judged here.",
    source="https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_view-compliance.html",
    fix="Look at the rule's resources in scope, and repair those that it names.",
    types=(_RULE,),
    where=Where.ACCOUNTS,
)
def rules_comply(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each managed rule that is about tables or their perimeter, by what it says."""
    for resource in inventory.of_type(_RULE):
        if str(resource.at("Source.SourceIdentifier")) not in _RULES:
            continue
        said = resource.attribute("Compliance.Type")
        if isinstance(said, Unknown):
            yield unresolved(resource.subject(), "What the rule says", said)
        elif said == "NON_COMPLIANT":
            yield broken(resource.subject(), "The rule says NON_COMPLIANT.")
        else:
            yield holds(resource.subject())


_OTHERS: Final = frozenset(
    {
        "DYNAMODB_LAST_BACKUP_RECOVERY_POINT_CREATED",
        "DYNAMODB_MEETS_RESTORE_TIME_TARGET",
        "DYNAMODB_TABLE_CROSS_REGION_REPLICATION_ENABLED",
        "DYNAMODB_TABLE_ENCRYPTION_ENABLED",
    }
)
"""Further managed rules about tables, which nothing here asks for."""


def _parameters(inventory: Inventory, resource: Resource, rule: _Rule) -> Iterator[Judgment]:
    """Yield what is wrong with a rule's parameters."""
    subject, evidence = resource.subject(), resource.evidence("Properties.InputParameters")
    given = _given(resource)
    if isinstance(given, Unknown):
        yield unresolved(subject, "InputParameters", given, evidence=evidence)
        return
    for name in {**(rule.parameters or {}), **given}:
        value = given.get(name)
        if isinstance(value, Unknown):
            yield unresolved(subject, name, value, evidence=evidence)
            continue
        message = _wrong(rule, name, value)
        if message:
            yield broken(subject, message, evidence=evidence)
        elif name == "kmsKeyArns":
            yield from _keys(inventory, resource, str(value))
        elif name == "resourceId":
            yield from _names_table(inventory, resource, value, "InputParameters")


def _given(resource: Resource) -> dict[str, object] | Unknown:
    """Return the parameters that a rule is given: an object, or one written as text."""
    given = resource.at("InputParameters", {})
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return Unknown(given[:80], "it is no JSON")
    if isinstance(given, Unknown | dict):
        return given
    return Unknown(str(given)[:80], "it is no object")


def _wrong(rule: _Rule, name: str, value: object) -> str:
    """Say what is wrong with one parameter; nothing when it is right."""
    wanted = (rule.parameters or {}).get(name)
    if wanted is not None:
        shown = "left out" if value is None else value
        return "" if value == wanted else f"{name} is {shown} and has to be {wanted}."
    if name not in rule.optional:
        return f"The rule has no parameter {name}."
    if name in _CAPACITY and not 0 < _number(value) <= _MOST_CAPACITY:
        return f"{name} is {value}: the rule speaks when it is too late."
    return ""


def _number(value: object) -> int:
    return int(str(value)) if str(value).isdecimal() else -1


def _keys(inventory: Inventory, resource: Resource, listed: str) -> Iterator[Judgment]:
    """Yield the keys of tables that a rule would call wrong."""
    allowed = {key.strip() for key in listed.split(",")}
    for table in tables(inventory):
        key = table.kms_key
        if table.region == resource.region and isinstance(key, str) and key not in allowed:
            yield broken(
                resource.subject(),
                f"kmsKeyArns lacks {key}, the key of table {table.name}.",
                evidence=resource.evidence("Properties.InputParameters"),
            )


def _scope(inventory: Inventory, resource: Resource, rule: _Rule) -> Iterator[Judgment]:
    """Yield what is wrong with the scope of a rule about tables."""
    if not rule.of_table or resource.at("Scope") is None:
        return
    pointer = "Scope.ComplianceResourceTypes"
    types = as_list(resource.at(pointer))
    evidence = resource.evidence(f"Properties.{pointer}")
    if isinstance(types, Unknown):
        yield unresolved(resource.subject(), pointer, types, evidence=evidence)
    elif types and _TABLE not in types:
        shown = ", ".join(map(str, types))
        yield broken(
            resource.subject(), f"Its scope is {shown}, without {_TABLE}.", evidence=evidence
        )
    id_ = look_up(resource.at("Scope"), "ComplianceResourceId")
    if id_ is not None:
        yield from _names_table(inventory, resource, id_, "Scope.ComplianceResourceId")


def _names_table(
    inventory: Inventory, resource: Resource, name: object, pointer: str
) -> Iterator[Judgment]:
    """Yield a finding when a rule looks at a table that is not in its Region."""
    evidence = resource.evidence(f"Properties.{pointer}")
    names = [table.name for table in tables(inventory) if table.region == resource.region]
    if isinstance(name, Unknown):
        yield unresolved(resource.subject(), pointer, name, evidence=evidence)
    elif name not in names:
        judge = broken if names else unknown
        known = ", ".join(names) or "none in what was checked"
        yield judge(
            resource.subject(),
            f"It looks at table {name} alone; tables of {resource.region}: {known}.",
            evidence=evidence,
        )
