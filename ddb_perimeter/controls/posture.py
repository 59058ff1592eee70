"""How well tables survive mistakes: encryption, recovery, protection, retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Where, broken, control, holds, unknown, unresolved
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.resource import as_flag, as_list, look_up
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Evidence, Subject
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.tables import Table

_KEY: Final = "AWS::KMS::Key"
_REPLICA_KEY: Final = "AWS::KMS::ReplicaKey"
_ALIAS: Final = "AWS::KMS::Alias"
_KEY_TYPES: Final = (*TABLE_TYPES, _KEY, _REPLICA_KEY, _ALIAS)
_KEY_PROPERTY: Final = "SSESpecification.KMSMasterKeyId"
_RETAINED: Final = frozenset({"Retain", "RetainExceptOnCreate"})


@control(
    id="ddb-table-cmk",
    title="A customer managed key encrypts each table and replica",
    severity=Severity.MEDIUM,
    why="A key that AWS owns or manages has no policy of yours: you can neither withdraw it nor "
    "see in CloudTrail who had the data decrypted.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
    fix="Set SSESpecification to SSEEnabled: true, SSEType: KMS, with KMSMasterKeyId naming a key "
    "of your own; in a global table name one for each replica.",
    types=_KEY_TYPES,
)
def customer_managed_key(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge the key of each table and replica."""
    for table in tables(inventory):
        subject = table.subject()
        on = table.encrypted_with_kms
        enabled = table.resource.evidence("Properties.SSESpecification.SSEEnabled")
        key = table.kms_key
        evidence = table.evidence(_KEY_PROPERTY)
        if isinstance(on, Unknown):
            yield unresolved(subject, "SSESpecification.SSEEnabled", on, evidence=enabled)
        elif not on:
            yield broken(
                subject,
                "SSESpecification.SSEEnabled is not true, so a key that AWS owns encrypts it.",
                evidence=enabled,
            )
        elif isinstance(key, Unknown):
            yield unresolved(subject, _KEY_PROPERTY, key, evidence=evidence)
        elif key is None:
            yield broken(
                subject,
                f"{_KEY_PROPERTY} is left out, so the AWS managed key aws/dynamodb encrypts it.",
                evidence=evidence,
            )
        elif "alias/aws/" in str(key):
            yield broken(
                subject,
                f"{_KEY_PROPERTY} is {key}, an AWS managed key.",
                evidence=evidence,
            )
        else:
            yield holds(subject)


@control(
    id="kms-key-rotation",
    title="The keys of tables rotate every year",
    severity=Severity.MEDIUM,
    why="Without rotation one piece of key material protects all data for good.",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    fix="Set EnableKeyRotation: true on the table's AWS::KMS::Key; declare a key that exists "
    'elsewhere with existing = ["table-key"] in [perimeter].',
    types=_KEY_TYPES,
)
def key_rotation(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the customer managed key of each table and replica."""
    for table in tables(inventory):
        id_ = table.kms_key
        if id_ is None or "alias/aws/" in str(id_):
            continue  # ddb-table-cmk judges it
        evidence = table.evidence(_KEY_PROPERTY)
        key = _key(inventory, id_, table.resource)
        if key is not None:
            yield _flag(
                key.subject(),
                "EnableKeyRotation",
                key.evidence("Properties.EnableKeyRotation"),
                on=key.flag("EnableKeyRotation"),
            )
        elif isinstance(id_, Unknown):
            yield unresolved(table.subject(), _KEY_PROPERTY, id_, evidence=evidence)
        elif "table-key" in perimeter.existing:
            yield holds(table.subject())
        else:
            yield unknown(
                table.subject(),
                f"Key {id_} is not in what was checked, so its rotation cannot be seen.",
                evidence=evidence,
            )


def _key(inventory: Inventory, id_: object, near: Resource) -> Resource | None:
    """Return the key of an id, ARN or alias; of a replica key, the primary that rotates it."""
    found = inventory.by_id(id_, _KEY, _REPLICA_KEY, _ALIAS, near=near)
    if found is not None and found.type == _ALIAS:
        found = inventory.by_id(found.at("TargetKeyId"), _KEY, _REPLICA_KEY, near=found)
    if found is not None and found.type == _REPLICA_KEY:
        found = inventory.by_id(found.at("PrimaryKeyArn"), _KEY, near=found)
    return found


@control(
    id="ddb-pitr",
    title="Point-in-time recovery is on for each table and replica",
    severity=Severity.MEDIUM,
    why="Without it, whatever is overwritten or deleted between two backups is lost.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
    fix="Set PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled: true; in a global table "
    "for each replica.",
    types=TABLE_TYPES,
)
def point_in_time_recovery(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each table and replica."""
    property_ = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    for table in tables(inventory):
        yield _flag(
            table.subject(), property_, table.evidence(property_), on=table.point_in_time_recovery
        )


@control(
    id="ddb-deletion-protection",
    title="Deletion protection is on for each table and replica",
    severity=Severity.MEDIUM,
    why="One DeleteTable call, or one wrong deployment, deletes every item and the table's policy.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    fix="Set DeletionProtectionEnabled: true; in a global table for each replica.",
    types=TABLE_TYPES,
)
def deletion_protection(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each table and replica."""
    property_ = "DeletionProtectionEnabled"
    for table in tables(inventory):
        yield _flag(
            table.subject(), property_, table.evidence(property_), on=table.deletion_protection
        )


def _flag(subject: Subject, property_: str, evidence: Evidence, *, on: bool | Unknown) -> Judgment:
    """Judge a property that has to be true and is false when it is left out."""
    if isinstance(on, Unknown):
        return unresolved(subject, property_, on, evidence=evidence)
    if on:
        return holds(subject)
    return broken(subject, f"{property_} is not true.", evidence=evidence)


@control(
    id="ddb-retain-policy",
    title="Tables outlive their stack",
    severity=Severity.MEDIUM,
    why="Without it CloudFormation deletes the table together with the stack, or when a change "
    "of its name or keys replaces it.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    fix="Set DeletionPolicy and UpdateReplacePolicy to Retain; DeletionPolicy may also be "
    "RetainExceptOnCreate.",
    types=TABLE_TYPES,
    where=Where.TEMPLATES,
)
def retained(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each table, a global one once for all its replicas."""
    for resource in dict.fromkeys(table.resource for table in tables(inventory)):
        policies = {
            "DeletionPolicy": resource.deletion_policy,
            "UpdateReplacePolicy": resource.update_replace_policy,
        }
        lost = {name: policy for name, policy in policies.items() if policy not in _RETAINED}
        if not lost:
            yield holds(resource.subject())
        for name, policy in lost.items():
            judge = unknown if policy == "Unknown" else broken
            yield judge(
                resource.subject(), f"{name} is {policy}.", evidence=resource.evidence(name)
            )


@control(
    id="ddb-contributor-insights-reviewed",
    title="No key values of tables are copied to CloudWatch",
    severity=Severity.MEDIUM,
    why="Contributor Insights writes the most used partition and sort key values to CloudWatch, "
    "under a key that AWS owns, where neither the table's policy nor its own key protects them.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/contributorinsights_HowItWorks.html",
    fix="Remove ContributorInsightsSpecification, or set Enabled: false, from the table and each "
    "of its indexes and replicas.",
    types=TABLE_TYPES,
)
def contributor_insights(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each table and replica with its indexes."""
    for table in tables(inventory):
        subject = table.subject()
        fine = True
        for property_, on in _insights(table):
            if isinstance(on, Unknown):
                fine = False
                yield unresolved(subject, property_, on, evidence=table.evidence(property_))
            elif on:
                fine = False
                yield broken(subject, f"{property_} is true.", evidence=table.evidence(property_))
        if fine:
            yield holds(subject)


def _insights(table: Table) -> Iterator[tuple[str, bool | Unknown]]:
    """Yield each switch of Contributor Insights with its position."""
    switch = "ContributorInsightsSpecification.Enabled"
    yield switch, as_flag(table.at(switch))
    indexes = as_list(table.at("GlobalSecondaryIndexes"))
    if isinstance(indexes, Unknown):
        yield "GlobalSecondaryIndexes", indexes
        return
    for position, index in enumerate(indexes):
        yield f"GlobalSecondaryIndexes[{position}].{switch}", as_flag(look_up(index, switch))
