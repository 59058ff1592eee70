"""Templates written as dicts or text, loaded as the command line would load them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ddb_perimeter.inventory import Inventory, System, load

Template = Mapping[str, object] | str
LoadStacks = Callable[..., System]
LoadOne = Callable[..., Inventory]
Resolve = Callable[..., object]


@pytest.fixture
def load_stacks(tmp_path: Path) -> LoadStacks:
    """Return a function that loads templates by file name; text is YAML, a dict is JSON."""

    def run(files: Mapping[str, Template], **parameters: str) -> System:
        folder = tmp_path / "templates"
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content, indent=1)
            file.write_text(text, encoding="utf-8")
        return load([folder], parameters)

    return run


@pytest.fixture
def load_one(load_stacks: LoadStacks) -> LoadOne:
    """Return a function that loads templates without conditions, so that there is one world."""

    def run(files: Mapping[str, Template], **parameters: str) -> Inventory:
        (inventory,) = load_stacks(files, **parameters).scenarios(())
        return inventory

    return run


@pytest.fixture
def resolve(load_one: LoadOne) -> Resolve:
    """Return a function that resolves one value in a template with some usual neighbours."""

    def run(value: object, sections: Mapping[str, object] | None = None, **given: str) -> object:
        extra = dict(sections or {})
        resources = extra.pop("Resources", {})
        assert isinstance(resources, dict)
        template: dict[str, object] = {
            "Resources": {
                "Probe": {"Type": "AWS::SNS::Topic", "Properties": {"Value": value}},
                **resources,
            },
            **extra,
        }
        found = load_one({"app.json": template}, **given).get("app", "Probe")
        assert found is not None
        return found.properties.get("Value", "left out")

    return run
