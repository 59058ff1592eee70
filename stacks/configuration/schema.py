"""`python -m stacks.configuration.schema`: the JSON Schema of `baseline.toml`, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from stacks.configuration.document import Configuration

if TYPE_CHECKING:
    from pydantic_core import core_schema

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "baseline.schema.json"


class _TomlSchema(GenerateJsonSchema):
    """What TOML can say: it has no null, so a key without a value is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        """Leave titles out: they only repeat the keys."""
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Describe the value alone."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Give plain defaults, those of a factory too; a section lists its own."""
        described = self.generate_inner(schema["schema"])
        factory: Any = schema.get("default_factory")
        default = self.encode_default(factory() if factory else schema.get("default"))
        if default is None or "properties" in self._definition(described):
            return described
        return {**described, "default": _without_nulls(default)}

    def _definition(self, described: JsonSchemaValue) -> JsonSchemaValue:
        reference = described.get("$ref")
        if reference is None:
            return described
        return self.get_schema_from_definitions(reference) or {}


def configuration_schema() -> JsonSchemaValue:
    """Return the schema of a configuration file, with every default."""
    schema = Configuration.model_json_schema(schema_generator=_TomlSchema)
    definitions = {
        name: {key: value for key, value in definition.items() if key != "title"}
        for name, definition in schema.pop("$defs").items()
    }
    return {
        **schema,
        "title": "baseline.toml",
        "description": "What a user decides about the private DynamoDB baseline.",
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the published text of the schema."""
    return json.dumps(configuration_schema(), indent=2, ensure_ascii=False) + "\n"


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


if __name__ == "__main__":
    SCHEMA_FILE.parent.mkdir(exist_ok=True)
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
