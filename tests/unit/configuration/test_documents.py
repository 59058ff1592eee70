"""The published schema and reference say what the models say."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stacks.configuration.reference import REFERENCE_FILE, reference_text
from stacks.configuration.schema import SCHEMA_FILE, schema_text

ROOT = Path(__file__).parents[3]
STALE = "stale: run `make docs` and commit what it writes"
FILES = [ROOT / "baseline.toml", ROOT / "tests" / "synth" / "full.toml"]


@pytest.fixture(scope="session")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_editors_see_it(value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """Spell dates as strings: JSON, which schemas are about, has none."""
    if isinstance(value, dict):
        return {key: as_editors_see_it(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def document(path: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = as_editors_see_it(tomllib.loads(path.read_text(encoding="utf-8")))
    return parsed


def test_the_published_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), STALE


def test_the_published_reference_is_current() -> None:
    assert REFERENCE_FILE.read_text(encoding="utf-8") == reference_text(), STALE


def test_the_reference_says_that_it_is_generated_and_by_what() -> None:
    first = reference_text().splitlines()[0]

    assert "Generated" in first
    assert "`make docs`" in first


def test_the_reference_has_every_key_of_the_schema() -> None:
    schema = json.loads(schema_text())
    sections = [schema, *schema["$defs"].values()]
    keys = {key for section in sections for key in section.get("properties", {})}

    assert {key for key in keys if f"| `{key}` |" not in reference_text()} == set()


def test_every_key_of_the_schema_has_a_description() -> None:
    schema = json.loads(schema_text())
    sections = {"": schema, **schema["$defs"]}
    silent = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, described in section.get("properties", {}).items()
        if not described.get("description")
    ]

    assert silent == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_configuration_fits_the_schema(
    path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    assert list(validator.iter_errors(document(path))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("section", [(), ("table",), ("regions", 0)], ids=str)
def test_the_schema_refuses_an_unknown_key_too(
    section: tuple[str | int, ...], path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    changed = document(path)
    owner: Any = changed
    for part in section:
        owner = owner[part]
    owner["publicly_accessible"] = True

    (refusal,) = validator.iter_errors(changed)

    assert refusal.validator == "additionalProperties"
    assert "publicly_accessible" in refusal.message
    assert tuple(refusal.absolute_path) == section


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("table", "recovery_days", 36), ("table", "backup_plan", "yes"), ("audit", "trail", "none")],
)
def test_the_schema_refuses_a_wrong_value_too(
    section: str, key: str, value: object, validator: jsonschema.Draft202012Validator
) -> None:
    changed = document(ROOT / "baseline.toml")
    changed.setdefault(section, {})[key] = value

    (refusal,) = validator.iter_errors(changed)

    assert tuple(refusal.absolute_path) == (section, key)
