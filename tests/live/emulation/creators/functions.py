"""Creates functions, and who may call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.live.emulation.deployment import Create, Place, Properties

_LONGEST_NAME: Final = 64


def function(place: Place, properties: Properties) -> str:
    """Create a function; nobody calls it here, so it has no code."""
    name = place.generated_name[-_LONGEST_NAME:]
    kept = (
        "Architectures", "Description", "Handler", "LoggingConfig", "MemorySize", "Role",
        "Runtime", "Timeout",
    )  # fmt: skip
    place.client("lambda").create_function(
        FunctionName=name,
        Code={},
        **{key: properties[key] for key in kept if key in properties},
    )
    return name


def permission(place: Place, properties: Properties) -> str:
    """Let somebody call a function."""
    kept = ("Action", "FunctionName", "Principal", "SourceAccount", "SourceArn")
    place.client("lambda").add_permission(
        StatementId=place.generated_name[-_LONGEST_NAME:],
        **{key: properties[key] for key in kept if key in properties},
    )
    return ""


CREATORS: Final[dict[str, Create]] = {
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Permission": permission,
}
