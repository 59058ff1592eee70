"""CloudFormation functions over values that are already resolved.

A value is plain Python (`None`, `bool`, `int`, `float`, `str`, `list`, `dict`) or `Unknown`. A
string that an unknown part goes into is unknown as a whole, spelled with the parts that are known.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
import re

from ddb_perimeter.unknown import Unknown

NO_VALUE = object()
"""What ``AWS::NoValue`` gives: the property or list element that holds it is left out."""

_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^}]*\}\}")
_PLACEHOLDER = re.compile(r"⟦[^⟧]*⟧")
_OPAQUE = re.compile(r"⟦[^⟧.]*\.[^⟧.]*\.[^⟧]*⟧")
_SUB_TOKEN = re.compile(r"\$\{(!?)([^{}]*)\}")

_PAIR = 2
_MAX_CIDRS = 256
_MAX_TEXT = 1_000_000


def scalar(text: str) -> str | Unknown:
    """Return a literal string, unknown if it holds a dynamic reference.

    Args:
        text: the literal.
    """
    if "{{resolve:" in text:
        found = _DYNAMIC_REFERENCE.search(text)
        if found:
            return Unknown(text, f"{found.group()} is read at deployment")
    return text


def has_placeholder(text: str) -> bool:
    """Return whether part of a string is known only after deployment.

    Args:
        text: a resolved string.
    """
    return "⟦" in text


def text_of(value: object) -> str | Unknown:
    """Return a value as the text that CloudFormation would put into a string.

    Args:
        value: a resolved value.
    """
    if isinstance(value, Unknown | str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return Unknown(spell(value), "a list or an object stands where text is needed")


def spell(value: object) -> str:
    """Return a value spelled for a reader.

    Args:
        value: a resolved value, or part of a template.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown):
        return value.text
    spelled = json.dumps(value, default=str, ensure_ascii=False)
    limit = 200
    return spelled if len(spelled) <= limit else f"{spelled[:limit]}…"


def concat(parts: list[object], delimiter: str = "") -> str | Unknown:
    """Return parts joined into one string, unknown if any of them is.

    Args:
        parts: resolved values.
        delimiter: what stands between them.
    """
    texts = [text_of(part) for part in parts]
    joined = delimiter.join(str(text) for text in texts)
    if len(joined) > _MAX_TEXT:
        return Unknown(f"{joined[:80]}…", "the string grows beyond all measure")
    unknown = next((text for text in texts if isinstance(text, Unknown)), None)
    return Unknown(joined, unknown.why) if unknown else scalar(joined)


def join(argument: object) -> object:
    """Return Fn::Join of ``[delimiter, list]``."""
    if not (isinstance(argument, list) and len(argument) == _PAIR):
        return malformed("Fn::Join", argument)
    delimiter, parts = argument
    if isinstance(parts, Unknown):
        return Unknown(f"Join({delimiter!r}, {parts})", parts.why)
    if not isinstance(delimiter, str) or not isinstance(parts, list):
        return malformed("Fn::Join", argument)
    return concat(parts, delimiter)


def select(argument: object) -> object:
    """Return Fn::Select of ``[index, list]``."""
    if not (isinstance(argument, list) and len(argument) == _PAIR):
        return malformed("Fn::Select", argument)
    index, items = argument
    unknown = next((part for part in argument if isinstance(part, Unknown)), None)
    if unknown:
        return Unknown(f"Select({spell(index)}, {spell(items)})", unknown.why)
    if isinstance(items, str) and _OPAQUE.fullmatch(items):
        return f"{items[:-1]}.{index}⟧"
    try:
        position = int(str(index))
    except ValueError:
        return malformed("Fn::Select", argument)
    if not isinstance(items, list) or not 0 <= position < len(items):
        return Unknown(f"Select({index}, {spell(items)})", "the list has no such element")
    return items[position]


def split(argument: object) -> object:
    """Return Fn::Split of ``[delimiter, text]``.

    A placeholder may hide a delimiter: ids and names never hold ``:`` or ``/``, attributes may.
    """
    if not (isinstance(argument, list) and len(argument) == _PAIR):
        return malformed("Fn::Split", argument)
    delimiter, text = argument
    if isinstance(text, Unknown):
        return Unknown(f"Split({delimiter!r}, {text})", text.why)
    if not isinstance(delimiter, str) or not delimiter or not isinstance(text, str):
        return malformed("Fn::Split", argument)
    if has_placeholder(text) and (_OPAQUE.search(text) or delimiter not in {":", "/", ","}):
        return Unknown(f"Split({delimiter!r}, {text})", f"{text} is known only after deployment")
    return list(text.split(delimiter))


def base64_text(argument: object) -> object:
    """Return Fn::Base64 of a text."""
    text = text_of(argument)
    if isinstance(text, Unknown):
        return Unknown(f"Base64({text})", text.why)
    if has_placeholder(text):
        return Unknown(f"Base64({text})", f"{text} is known only after deployment")
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def cidr(argument: object) -> object:
    """Return Fn::Cidr of ``[block, count, bits]``: blocks that leave ``bits`` for hosts."""
    if not (isinstance(argument, list) and len(argument) in {2, 3}):
        return malformed("Fn::Cidr", argument)
    unknown = next((part for part in argument if isinstance(part, Unknown)), None)
    spelled = f"Cidr({', '.join(spell(part) for part in argument)})"
    if unknown:
        return Unknown(spelled, unknown.why)
    block = str(argument[0])
    if has_placeholder(block):
        return Unknown(spelled, f"{block} is known only after deployment")
    try:
        network = ipaddress.ip_network(block, strict=False)
        default_bits = network.max_prefixlen - network.prefixlen
        count = int(str(argument[1]))
        bits = int(str(argument[2])) if len(argument) > _PAIR else default_bits
        if not 1 <= count <= _MAX_CIDRS or not 0 < bits <= network.max_prefixlen:
            return malformed("Fn::Cidr", argument)
        subnets = network.subnets(new_prefix=network.max_prefixlen - bits)
        blocks: list[object] = [str(subnet) for subnet in itertools.islice(subnets, count)]
    except ValueError as error:
        return Unknown(spelled, str(error))
    return blocks if len(blocks) == count else Unknown(spelled, "the block holds fewer subnets")


def length(argument: object) -> object:
    """Return Fn::Length of a list."""
    if isinstance(argument, Unknown):
        return Unknown(f"Length({argument})", argument.why)
    return len(argument) if isinstance(argument, list) else malformed("Fn::Length", argument)


def to_json(argument: object) -> object:
    """Return Fn::ToJsonString of an object or list."""
    unknown = first_unknown(argument)
    if unknown:
        return Unknown(f"ToJsonString({spell(argument)})", unknown.why)
    return json.dumps(argument, separators=(",", ":"), ensure_ascii=False)


def zones(region: object) -> object:
    """Return Fn::GetAZs of a Region, spelled the way AWS names zones."""
    if isinstance(region, Unknown):
        return Unknown(f"GetAZs({region})", region.why)
    if not isinstance(region, str) or not region:
        return malformed("Fn::GetAZs", region)
    return [f"{region}{letter}" for letter in "abcdef"]


def find_in_map(mapping: object, keys: list[object], spelled: str) -> object:
    """Return what a mapping holds under two keys, or `Unknown`.

    Args:
        mapping: the mapping's content, or None if there is none of that name.
        keys: the two resolved keys.
        spelled: the call, for messages.
    """
    node = mapping
    for key in keys:
        text = text_of(key)
        if isinstance(text, Unknown):
            return Unknown(spelled, text.why)
        if not isinstance(node, dict) or text not in node:
            return Unknown(spelled, f"the mapping has no {text}")
        node = node[text]
    return node


def sub_tokens(text: str) -> list[tuple[bool, str]]:
    """Split the text of Fn::Sub into literals and names: ``(is_name, text)``.

    Args:
        text: the text with ``${Name}``; ``${!Literal}`` stands for ``${Literal}``.
    """
    tokens: list[tuple[bool, str]] = []
    end = 0
    for match in _SUB_TOKEN.finditer(text):
        tokens.append((False, text[end : match.start()]))
        literal, name = match.groups()
        tokens.append((False, f"${{{name}}}") if literal else (True, name.strip()))
        end = match.end()
    tokens.append((False, text[end:]))
    return [token for token in tokens if token[1] or token[0]]


def malformed(function: str, argument: object) -> Unknown:
    """Return the unknown that a call in the wrong form gives.

    Args:
        function: name of the function.
        argument: what it was called with.
    """
    return Unknown(f"{function.removeprefix('Fn::')}({spell(argument)})", f"malformed {function}")


def first_unknown(value: object) -> Unknown | None:
    """Return an unknown inside a value, or None if all of it is known.

    Args:
        value: a resolved value.
    """
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, Unknown):
            return node
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return None
