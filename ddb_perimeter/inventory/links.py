"""What a part of a template refers to: conditions, names, attributes and imports."""

from __future__ import annotations

from dataclasses import dataclass, field

from ddb_perimeter.inventory.intrinsics import sub_tokens


@dataclass(slots=True)
class Links:
    """What a part of a template refers to.

    Args:
        conditions: named conditions.
        names: names used by Ref and Fn::Sub: parameters, logical ids, pseudo parameters.
        attributes: logical id and attribute used by Fn::GetAtt and Fn::Sub.
        imports: arguments of Fn::ImportValue.
        lookups: arguments of Fn::FindInMap.
        equals: arguments of Fn::Equals.
    """

    conditions: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    imports: list[object] = field(default_factory=list)
    lookups: list[list[object]] = field(default_factory=list)
    equals: list[list[object]] = field(default_factory=list)

    @classmethod
    def of(cls, node: object, *, expression: bool = False) -> Links:
        """Collect the links of a part of a template.

        Args:
            node: the part.
            expression: it is a condition, where ``Condition`` is a function. Elsewhere that key
                belongs to a policy statement.
        """
        links = cls()
        pending = [node]
        while pending:
            current = pending.pop()
            if isinstance(current, dict):
                if len(current) == 1:
                    ((name, argument),) = current.items()
                    if name == "Ref" or name.startswith("Fn::") or expression:
                        links._take(name, argument, expression=expression)
                pending.extend([v for v in current.values() if isinstance(v, dict | list)])
            elif isinstance(current, list):
                pending.extend([v for v in current if isinstance(v, dict | list)])
        return links

    def _take(self, name: str, argument: object, *, expression: bool) -> None:
        parts = argument if isinstance(argument, list) else []
        if name == "Ref" and isinstance(argument, str):
            self.names.add(argument)
        elif name == "Condition" and expression and isinstance(argument, str):
            self.conditions.add(argument)
        elif name == "Fn::If" and parts and isinstance(parts[0], str):
            self.conditions.add(parts[0])
        elif name == "Fn::GetAtt":
            self._take_attribute(argument)
        elif name == "Fn::Sub":
            self._take_text(parts[0] if parts else argument)
        elif name == "Fn::ImportValue":
            self.imports.append(argument)
        elif name in {"Fn::FindInMap", "Fn::Equals"}:
            (self.equals if name == "Fn::Equals" else self.lookups).append(parts)

    def _take_text(self, text: object) -> None:
        for is_name, token in sub_tokens(text) if isinstance(text, str) else []:
            if is_name and "." in token:
                self._take_attribute(token)
            elif is_name:
                self.names.add(token)

    def _take_attribute(self, argument: object) -> None:
        if isinstance(argument, str):
            resource, _, attribute = argument.partition(".")
            self.attributes.add((resource, attribute))
        elif isinstance(argument, list) and argument and isinstance(argument[0], str):
            rest = [part for part in argument[1:] if isinstance(part, str)]
            self.attributes.add((argument[0], ".".join(rest)))
