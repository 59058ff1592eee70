"""One world: what every value and every condition is under one choice of parameters.

A plain Ref of a parameter gives what the world chose for it: the value of ``--parameter`` or the
default, unless a condition that matters was looked at from both sides; then the value that makes
the condition true in one world and a value unlike it in the other. Everything is resolved on
demand and only once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ddb_perimeter.inventory import intrinsics
from ddb_perimeter.inventory.identity import is_custom, kind_of
from ddb_perimeter.inventory.intrinsics import NO_VALUE, malformed, spell, text_of
from ddb_perimeter.inventory.outcomes import ACCOUNT, REGION, Choice, Outcomes
from ddb_perimeter.inventory.parameters import declared_value, passed_parameter
from ddb_perimeter.inventory.partitions import partition_of, url_suffix_of
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.inventory.template import Stack

_PAIR = 2
_IF_PARTS = 3
_MAX_RECURSION = 40
_FIELD = re.compile(r"\{([A-Za-z:]+)\}")


class World:
    """Resolves values under one choice.

    Args:
        stacks: every stack of the system.
        overrides: values of ``--parameter``, by name or ``Stack:Name``.
        choice: what was chosen.
        strict: raise `UndecidedError` for an Equals without a chosen outcome; otherwise it counts
            as false.
    """

    def __init__(
        self,
        stacks: tuple[Stack, ...],
        overrides: Mapping[str, str],
        choice: Choice,
        *,
        strict: bool = False,
    ) -> None:
        self.stacks = stacks
        self.overrides = overrides
        self.choice = choice
        self._outcomes = Outcomes(self.value, choice, strict=strict)
        self.exists = self._outcomes.exists
        self.condition = self._outcomes.condition
        self._parameters: dict[tuple[str, str], object] = {}
        self._attributes: dict[tuple[str, str, str], object] = {}
        self._places: dict[str, dict[str, str]] = {}
        self._imported: dict[tuple[str, str], object] = {}
        self._busy: set[tuple[str, ...]] = set()
        self._exports: dict[tuple[int, str, str, str], tuple[Stack, object]] | None = None
        self._depth = 0
        self._calls: dict[str, Callable[[Stack, object], object]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::GetAZs": self._get_azs,
        }
        self._functions: dict[str, Callable[[object], object]] = {
            "Fn::Join": intrinsics.join,
            "Fn::Select": intrinsics.select,
            "Fn::Split": intrinsics.split,
            "Fn::Base64": intrinsics.base64_text,
            "Fn::Cidr": intrinsics.cidr,
            "Fn::Length": intrinsics.length,
            "Fn::ToJsonString": intrinsics.to_json,
        }

    # Values

    def value(self, stack: Stack, node: object) -> object:
        """Return what a node of a stack's template stands for.

        Args:
            stack: whose template it is.
            node: part of the template.
        """
        if isinstance(node, str):
            return intrinsics.scalar(node) if "{{" in node else node
        if isinstance(node, dict):
            return self._object(stack, node)
        if isinstance(node, list):
            items = [self.value(stack, item) for item in node]
            return [item for item in items if item is not NO_VALUE]
        return node

    def _object(self, stack: Stack, node: dict[str, object]) -> object:
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(stack, name, argument)
        result: dict[str, object] = {}
        for key, child in node.items():
            if key.startswith("Fn::"):
                return Unknown(spell(node), f"{key} decides it at deployment")
            plain = type(child) is str and "{{" not in child
            value = child if plain else self.value(stack, child)
            if value is not NO_VALUE:
                result[key] = value
        return result

    def _call(self, stack: Stack, name: str, argument: object) -> object:
        self._depth += 1
        try:
            if self._depth > _MAX_RECURSION:
                return Unknown(spell({name: argument}), "references go too deep")
            call = self._calls.get(name)
            if call is not None:
                return call(stack, argument)
            function = self._functions.get(name)
            if function is None:
                return Unknown(
                    f"{name.removeprefix('Fn::')}({spell(argument)})",
                    f"{name} is evaluated only at deployment",
                )
            resolved = self.value(stack, argument)
            return function(None if resolved is NO_VALUE else resolved)
        finally:
            self._depth -= 1

    # References

    def _ref(self, stack: Stack, argument: object) -> object:
        if not isinstance(argument, str):
            return malformed("Ref", argument)
        return self.reference(stack, argument)

    def reference(self, stack: Stack, name: str) -> object:
        """Return what ``Ref`` gives for a name.

        Args:
            stack: where the name is used.
            name: pseudo parameter, parameter or logical id.
        """
        if name.startswith("AWS::"):
            return self._pseudo(stack, name)
        if name in stack.template.parameters:
            return self.parameter(stack, name)
        if name in stack.template.resources:
            return self.attribute(stack, name, "")
        return Unknown(f"${{{name}}}", f"the template declares no {name}")

    def region(self, stack: Stack) -> str:
        """Return the Region of a stack in this world: a condition may have to choose it.

        Args:
            stack: a stack of the system.
        """
        chosen = None if stack.region_known else self.choice.values.get(REGION)
        return chosen if isinstance(chosen, str) else stack.region

    def account(self, stack: Stack) -> str:
        """Return the account of a stack in this world.

        Args:
            stack: a stack of the system.
        """
        chosen = None if stack.account_known else self.choice.values.get(ACCOUNT)
        return chosen if isinstance(chosen, str) else stack.account

    def _pseudo(self, stack: Stack, name: str) -> object:
        region = self.region(stack)
        values: dict[str, object] = {
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": partition_of(region),
            "AWS::URLSuffix": url_suffix_of(region),
            "AWS::StackName": stack.name,
            "AWS::StackId": (
                f"arn:{partition_of(region)}:cloudformation:{region}:{self.account(stack)}"
                f":stack/{stack.name}/⟦{stack.label}⟧"
            ),
            "AWS::Region": region,
            "AWS::AccountId": self.account(stack),
        }
        return values.get(name, Unknown(f"${{{name}}}", f"{name} is known only at deployment"))

    def parameter(self, stack: Stack, name: str) -> object:
        """Return the value of a parameter in this world.

        Args:
            stack: the stack that declares it.
            name: its name.
        """
        key = (stack.label, name)
        if key not in self._parameters:
            self._parameters[key] = self._guarded(
                ("parameter", *key), f"${{{name}}}", lambda: self._parameter(stack, name)
            )
        return self._parameters[key]

    def _parameter(self, stack: Stack, name: str) -> object:
        passed = passed_parameter(stack, name)
        if passed is not None and stack.parent is not None:
            value = self.value(stack.parent, passed[0])
            if value is not NO_VALUE:
                return value
        return declared_value(
            stack, name, self.overrides, self.choice.values.get((stack.label, name))
        )

    def _get_att(self, stack: Stack, argument: object) -> object:
        if isinstance(argument, str):
            resource, _, attribute = argument.partition(".")
            parts: list[object] = [resource, attribute]
        else:
            parts = argument if isinstance(argument, list) else []
        if len(parts) < _PAIR or not isinstance(parts[0], str):
            return malformed("Fn::GetAtt", argument)
        name = intrinsics.concat([self.value(stack, part) for part in parts[1:]], ".")
        if isinstance(name, Unknown):
            return Unknown(f"${{{parts[0]}.{name}}}", name.why)
        return self.get_attribute(stack, parts[0], name)

    def get_attribute(self, stack: Stack, logical_id: str, attribute: str) -> object:
        """Return what ``Fn::GetAtt`` gives.

        Args:
            stack: where it is asked.
            logical_id: resource of the stack.
            attribute: attribute name.
        """
        if logical_id not in stack.template.resources:
            return Unknown(
                f"${{{logical_id}.{attribute}}}", f"the template declares no {logical_id}"
            )
        return self.attribute(stack, logical_id, attribute)

    def attribute(self, stack: Stack, logical_id: str, attribute: str) -> object:
        """Return an attribute of a declared resource; with an empty name, what ``Ref`` gives.

        Args:
            stack: the stack that declares it.
            logical_id: its logical id.
            attribute: attribute name or empty.
        """
        key = (stack.label, logical_id, attribute)
        if key not in self._attributes:
            spelled = f"${{{logical_id}{'.' if attribute else ''}{attribute}}}"
            self._attributes[key] = self._guarded(
                ("attribute", *key), spelled, lambda: self._attribute(stack, logical_id, attribute)
            )
        return self._attributes[key]

    def _attribute(self, stack: Stack, logical_id: str, attribute: str) -> object:
        body = stack.template.resources[logical_id]
        type_ = str(body["Type"])
        if attribute.startswith("Outputs.") and type_ == "AWS::CloudFormation::Stack":
            return self._output(stack, logical_id, attribute.removeprefix("Outputs."))
        if is_custom(type_):
            return Unknown(
                f"${{{logical_id}{'.' if attribute else ''}{attribute}}}",
                f"{type_} {logical_id} decides it at deployment",
            )
        kind = kind_of(type_)
        form = kind.ref if not attribute else kind.attributes.get(attribute)
        if form is None and attribute == "Arn":
            service = type_.split("::")[1].lower()
            form = kind.arn or f"arn:{{partition}}:{service}:{{region}}:{{account}}:{{name}}"
        if form is not None:
            return self._fill(stack, logical_id, form)
        declared = body.get("Properties")
        if isinstance(declared, dict) and attribute in declared:
            echoed = self.value(stack, declared[attribute])
            if echoed is not NO_VALUE:
                return echoed
        return stack.placeholder(logical_id, attribute)

    def _fill(self, stack: Stack, logical_id: str, form: str) -> str:
        """Write a resource's name and place into the form of its id or ARN."""
        body = stack.template.resources[logical_id]
        kind = kind_of(str(body["Type"]))
        if form == "{name}":
            return self._name(stack, logical_id)
        fields = {
            **self._place(stack),
            "name": self._name(stack, logical_id),
            "token": stack.placeholder(logical_id),
        }
        if "{token:" in form + kind.arn:
            fields["token:default"] = stack.placeholder(logical_id, "default")
            fields["token:version"] = stack.placeholder(logical_id, "version")
        if "{path}" in kind.arn:
            path = self._text_property(stack, body, "Path")
            fields["path"] = path if path is not None else "/"
        if "{FunctionName}" in kind.arn:
            function = self._text_property(stack, body, "FunctionName")
            token = stack.placeholder(logical_id, "FunctionName")
            fields["FunctionName"] = function.rpartition(":")[2] if function else token
        if form == "{arn}":
            return _format(kind.arn, fields)
        return _format(kind.ref if form == "{ref}" else form, fields)

    def _place(self, stack: Stack) -> dict[str, str]:
        """Return the parts of an ARN that are the same all over a stack."""
        if stack.label not in self._places:
            region = self.region(stack)
            self._places[stack.label] = {
                "partition": partition_of(region),
                "region": region,
                "account": self.account(stack),
                "suffix": url_suffix_of(region),
            }
        return self._places[stack.label]

    def _name(self, stack: Stack, logical_id: str) -> str:
        """Return the name that the template sets, or a placeholder for the one that AWS chooses."""
        body = stack.template.resources[logical_id]
        kind = kind_of(str(body["Type"]))
        name = self._text_property(stack, body, kind.name) if kind.name else None
        if name:
            return name
        return kind.prefix.replace("{region}", self.region(stack)) + stack.placeholder(logical_id)

    def _text_property(self, stack: Stack, body: dict[str, object], name: str) -> str | None:
        properties = body.get("Properties")
        if not isinstance(properties, dict) or name not in properties:
            return None
        value = properties[name]
        resolved = value if isinstance(value, str) else self.value(stack, value)
        if resolved is NO_VALUE:
            return None
        text = text_of(intrinsics.scalar(resolved) if isinstance(resolved, str) else resolved)
        return None if isinstance(text, Unknown) else text

    def _output(self, stack: Stack, logical_id: str, name: str) -> object:
        spelled = f"${{{logical_id}.Outputs.{name}}}"
        child = stack.children.get(logical_id)
        if child is None:
            return Unknown(spelled, f"the template of nested stack {logical_id} is not here")
        output = child.template.outputs.get(name)
        if output is None or not self.exists(child, output):
            return Unknown(spelled, f"nested stack {logical_id} has no output {name}")
        return self.value(child, output.get("Value"))

    # Functions that need the template

    def _sub(self, stack: Stack, argument: object) -> object:
        names: dict[str, object] = {}
        text = argument
        if isinstance(argument, list):
            if len(argument) != _PAIR or not isinstance(argument[1], dict):
                return malformed("Fn::Sub", argument)
            text, names = argument
        if not isinstance(text, str):
            return malformed("Fn::Sub", argument)
        parts: list[object] = []
        for is_name, token in intrinsics.sub_tokens(text):
            if not is_name:
                parts.append(intrinsics.scalar(token))
            elif token in names:
                parts.append(self.value(stack, names[token]))
            elif "." in token:
                resource, _, attribute = token.partition(".")
                parts.append(self.get_attribute(stack, resource, attribute))
            else:
                parts.append(self.reference(stack, token))
        result = intrinsics.concat([part for part in parts if part is not NO_VALUE])
        return Unknown(text, result.why) if isinstance(result, Unknown) else result

    def _if(self, stack: Stack, argument: object) -> object:
        if not (isinstance(argument, list) and len(argument) == _IF_PARTS):
            return malformed("Fn::If", argument)
        name, then, otherwise = argument
        if not isinstance(name, str) or name not in stack.template.conditions:
            spelled = spell(name)
            return Unknown(f"If({spelled})", f"the template declares no condition {spelled}")
        return self.value(stack, then if self.condition(stack, name) else otherwise)

    def _find_in_map(self, stack: Stack, argument: object) -> object:
        if not (isinstance(argument, list) and len(argument) in {3, 4}):
            return malformed("Fn::FindInMap", argument)
        name, *keys = [self.value(stack, part) for part in argument[:3]]
        spelled = f"FindInMap({spell(name)}, {', '.join(spell(key) for key in keys)})"
        if not isinstance(name, str):
            return Unknown(spelled, "the name of the mapping is not known")
        found = intrinsics.find_in_map(stack.template.mappings.get(name), keys, spelled)
        options = argument[3] if len(argument) > _IF_PARTS else None
        if isinstance(found, Unknown) and isinstance(options, dict) and "DefaultValue" in options:
            if any(isinstance(key, Unknown) for key in keys):
                return found
            return self.value(stack, options["DefaultValue"])
        return found

    def _get_azs(self, stack: Stack, argument: object) -> object:
        region = self.value(stack, argument)
        return intrinsics.zones(self.region(stack) if region in ("", NO_VALUE) else region)

    def _import_value(self, stack: Stack, argument: object) -> object:
        name = text_of(self.value(stack, argument))
        spelled = f"ImportValue({name})"
        if isinstance(name, Unknown):
            return Unknown(spelled, name.why)
        place = (self.account(stack), self.region(stack), name)
        exports = self._all_exports()
        found = exports.get((stack.group, *place))
        if found is None:
            elsewhere = [value for key, value in exports.items() if key[1:] == place]
            found = elsewhere[0] if len(elsewhere) == 1 else None
        if found is None:
            return Unknown(spelled, f"no template here exports {name}")
        exporter, node = found
        key = (exporter.label, name)
        if key not in self._imported:
            self._imported[key] = self._guarded(
                ("export", *key), spelled, lambda: self.value(exporter, node)
            )
        return self._imported[key]

    def _all_exports(self) -> dict[tuple[int, str, str, str], tuple[Stack, object]]:
        if self._exports is None:
            self._exports = {}
            for stack in self.stacks:
                for output in stack.template.outputs.values():
                    export = output.get("Export")
                    if not isinstance(export, dict) or not self.exists(stack, output):
                        continue
                    name = text_of(self.value(stack, export.get("Name")))
                    if isinstance(name, str):
                        key = (stack.group, self.account(stack), self.region(stack), name)
                        self._exports.setdefault(key, (stack, output.get("Value")))
        return self._exports

    def _guarded(self, key: tuple[str, ...], spelled: str, resolve: Callable[[], object]) -> object:
        """Resolve unless that is already under way: then the reference goes in a circle."""
        if key in self._busy:
            return Unknown(spelled, f"{spelled} refers to itself in a circle")
        self._busy.add(key)
        try:
            return resolve()
        finally:
            self._busy.discard(key)


def _format(form: str, fields: Mapping[str, str]) -> str:
    """Fill a form in one pass, leaving braces alone that are no field."""
    return _FIELD.sub(lambda match: fields.get(match[1], match[0]), form)
