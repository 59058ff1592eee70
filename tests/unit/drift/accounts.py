"""An account that has exactly what a template promises, with ids and forms of AWS's choosing."""

import copy
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ddb_perimeter.controls.control import Judgment
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.drift import drift_control
from ddb_perimeter.drift.kinds import KINDS, TYPES
from ddb_perimeter.inventory import Inventory, Resource, load, tables
from ddb_perimeter.unknown import Unknown

ACCOUNT, REGION = "444455556666", "eu-west-1"
_WITHOUT_ARN = ("AWS::DAX::ParameterGroup", "AWS::DAX::SubnetGroup")  # AWS tells none
_SYMBOL = re.compile(r"⟦[^⟧]*⟧")
Properties = dict[str, Any]
Change = Callable[[Properties], object]


def promise() -> Inventory:
    """Return what the template promises in the account."""
    place = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
    (inventory,) = load([Path(__file__).with_name("promised.yaml")], place).scenarios(TYPES)
    return inventory


def real(value: Any) -> Any:  # noqa: ANN401 - a value of any shape
    """Spell every placeholder as an id, and reverse every list: AWS keeps no order."""
    if isinstance(value, str):
        return _SYMBOL.sub(lambda found: hashlib.sha256(found[0].encode()).hexdigest()[:17], value)
    if isinstance(value, dict):
        return {key: real(each) for key, each in reversed(value.items())}
    if isinstance(value, list):
        return [real(each) for each in reversed(value)]
    return value


class Account:
    """Resources as an account tells them, by logical id of the template."""

    def __init__(self, promised: Inventory) -> None:
        self.complete = frozenset(kind.type for kind in KINDS)
        self.properties: dict[str, Properties] = {}
        self._types: dict[str, str] = {}
        self._ids: dict[str, tuple[str, Properties]] = {}
        for resource in promised:
            names = {
                name: real(resource.attribute(name)) for name in ("Arn", "GroupId", "StreamArn")
            }
            known = {name: text for name, text in names.items() if isinstance(text, str)}
            if resource.type in _WITHOUT_ARN:
                del known["Arn"]
            self.add(
                resource.logical_id,
                resource.type,
                real(dict(resource.properties)),
                real(str(resource.physical)),
                known,
            )
        (table,) = tables(promised)
        self._types["Table"] = "AWS::DynamoDB::Table"
        self.properties["Table"] = _regional(real(dict(table.resource.properties)))
        self._inline_rules()

    def add(
        self,
        name: str,
        type_: str,
        properties: Properties,
        physical: str = "",
        attributes: Properties | None = None,
    ) -> None:
        """Put something into the account."""
        self.properties[name] = properties
        self._types[name] = type_
        self._ids[name] = (physical or name, attributes or {})

    def remove(self, name: str) -> None:
        """Take something away."""
        del self.properties[name]

    def id(self, name: str) -> str:
        """Return the id that AWS gave."""
        return self._ids[name][0]

    def _inline_rules(self) -> None:
        """Tell rules as EC2 does: each with its group, and the one that AWS adds."""
        rule = self.properties.pop("FromClients")
        del rule["GroupId"]
        self.properties["Caches"]["SecurityGroupIngress"] = [rule]
        everything = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
        self.properties["Clients"] |= {"SecurityGroupEgress": [everything]}

    def inventory(self) -> Inventory:
        """Return the account as it is read."""
        resources = [
            Resource.recorded(
                self._types[name],
                copy.deepcopy(properties),
                physical=self._ids[name][0],
                attributes=self._ids[name][1],
                region=REGION,
                account=ACCOUNT,
            )
            for name, properties in self.properties.items()
        ]
        return Inventory(resources, complete=self.complete)


def _regional(table: Properties) -> Properties:
    """Tell a global table as DynamoDB does: one table in each Region."""
    (replica,) = table.pop("Replicas")
    del replica["Region"]
    stream = {**table["StreamSpecification"], **replica.pop("ReplicaStreamSpecification")}
    encryption = {**table["SSESpecification"], **replica.pop("SSESpecification")}
    return {**table, **replica, "StreamSpecification": stream, "SSESpecification": encryption}


def told(promised: Inventory, found: Inventory) -> list[str]:
    """Tell what differs: verdict, severity, resource and message."""
    control = drift_control(promised, [REGION])
    return [
        f"{judgment.verdict} {judgment.severity or control.severity} "
        f"{judgment.subject.type.rpartition('::')[2]}: {judgment.message}"
        for judgment in control.check(found, Perimeter())
        if isinstance(judgment, Judgment) and judgment.message
    ]


def unknown(why: str = "AccessDenied") -> Unknown:
    """Return what a denied call leaves of a value."""
    return Unknown("", why)
