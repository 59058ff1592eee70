"""Input that cannot be used: one clear line that says what, where and what to do, at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ddb_perimeter.inventory import InputError, load

TYPE = '"Type": "AWS::SNS::Topic"'
GOOD = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'


def deep(levels: int) -> str:
    """Return a template whose properties nest that deep."""
    return (
        f'{{"Resources": {{"T": {{{TYPE}, "Properties": {{"a": {"[" * levels}{"]" * levels}}}}}}}}}'
    )


ALIASES = (
    "Resources:\n  T: {Type: AWS::SNS::Topic}\nBomb:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + ("".join(f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)))
)
FILES: list[tuple[str, str, bytes, str]] = [
    ("no template", "a.json", b'{"name": "x"}', "has no Resources"),
    ("a list", "a.json", b"[1]", "has no Resources"),
    ("nothing", "a.json", b"", "a.json:1: malformed JSON"),
    ("nothing in YAML", "a.yaml", b"", "has no Resources"),
    ("malformed JSON", "a.json", b'{\n"Resources": {,}}', "a.json:2: malformed JSON"),
    ("malformed YAML", "a.yaml", b"Resources:\n  T: [1\n  U: 2\n", "a.yaml:3: malformed YAML"),
    ("a control character", "a.yaml", b"Resources: \x01\n", "a.yaml: malformed YAML"),
    ("not a number", "a.json", b'{"Resources": {"T": NaN}}', "NaN"),
    ("an endless number", "a.json", b'{"Resources": ' + b"9" * 5000 + b"}", "malformed JSON"),
    (
        "a key twice in JSON",
        "a.json",
        (
            b'{"Resources": {"T": {"Type": "A::B::C"},\n "U": {"Type": "A::B::C"},\n'
            b'"T": {"Type": "A::B::C"}}}'
        ),
        "a.json:3: duplicate key 'T'",
    ),
    (
        "a key twice in YAML",
        "a.yaml",
        b"Resources:\n  T: {Type: A::B::C}\n  T: {Type: A::B::D}\n",
        "a.yaml:3: duplicate key 'T'",
    ),
    ("deep JSON", "a.json", deep(200).encode(), "more than 100 levels"),
    ("very deep JSON", "a.json", deep(100_000).encode(), "more than 100 levels"),
    ("deep YAML", "a.yaml", b"Resources: " + b"[" * 100_000, "more than 100 levels"),
    ("an alias bomb", "a.yaml", ALIASES.encode(), "aliases expand"),
    ("an alias to itself", "a.yaml", b"Resources: &a\n  T: *a\n", "a.yaml:2: alias *a"),
    ("an undefined alias", "a.yaml", b"Resources:\n  T: *b\n", "alias"),
    ("invalid UTF-8", "a.json", GOOD.encode() + b"\n\xff", "a.json:2: not valid UTF-8"),
    ("half a character", "a.json", b'{"Resources": {"T": "\\ud800"}}', "surrogate"),
    ("two documents", "a.yaml", b"Resources: {}\n---\nResources: {}\n", "more than one YAML"),
    ("a key that is a list", "a.yaml", b"Resources:\n  ? [a]\n  : b\n", "key that is no text"),
    ("resources as a list", "a.json", b'{\n"Resources": []}', "a.json:2: Resources is no object"),
    ("a resource as text", "a.json", b'{"Resources": {\n"T": "x"}}', "a.json:2: resource T has no"),
    ("a type as a list", "a.json", b'{"Resources": {"T": {"Type": []}}}', "resource T has no Type"),
    (
        "properties as a list",
        "a.json",
        b'{"Resources": {"T": {"Type": "A::B::C",\n"Properties": []}}}',
        "a.json:2: Properties of T is no object",
    ),
    (
        "parameters as text",
        "a.json",
        b'{"Resources": {}, "Parameters": "x"}',
        "Parameters is no object",
    ),
    (
        "a parameter as text",
        "a.json",
        b'{"Resources": {}, "Parameters": {"P": "x"}}',
        "Parameters.P is no object",
    ),
    ("conditions as a list", "a.json", b'{"Resources": {}, "Conditions": []}', "Conditions is no"),
    ("outputs as a list", "a.json", b'{"Resources": {}, "Outputs": []}', "Outputs is no object"),
    ("mappings as a list", "a.json", b'{"Resources": {}, "Mappings": []}', "Mappings is no object"),
    ("too large", "a.json", b" " * (16 * 1024 * 1024 + 1), "larger than 16 MiB"),
]


def refusal(run: Callable[[], object]) -> str:
    """Return the one line of an InputError."""
    with pytest.raises(InputError) as caught:
        run()
    message = str(caught.value)
    assert "\n" not in message
    assert "; " in message  # what is wrong; what to do
    return message


@pytest.mark.parametrize(
    ("name", "content", "expected"), [row[1:] for row in FILES], ids=[row[0] for row in FILES]
)
def test_file(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert expected in refusal(lambda: load([tmp_path / name]))


def test_missing_path(tmp_path: Path) -> None:
    assert "no such file or folder" in refusal(lambda: load([tmp_path / "nowhere"]))


def test_path_that_no_file_system_knows() -> None:
    assert "no such file or folder" in refusal(lambda: load(["a\0b"]))


def test_no_path() -> None:
    assert "no path given" in refusal(lambda: load([]))


def test_folder_without_templates(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}')

    assert "no CloudFormation template in this folder" in refusal(lambda: load([tmp_path]))


def test_a_broken_template_in_a_folder_is_not_skipped(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "broken.json").write_text(GOOD[:-1])

    assert "broken.json:1: malformed JSON" in refusal(lambda: load([tmp_path]))


def test_a_template_that_is_no_text_is_not_skipped(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "odd.json").write_bytes(GOOD.encode() + b"\xff")

    assert "odd.json:1: not valid UTF-8" in refusal(lambda: load([tmp_path]))


def test_assembly_that_misses_a_template(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"artifacts": {"App": {"type": "aws:cloudformation:stack"}}}'
    )

    assert "App.template.json: the template is missing" in refusal(lambda: load([tmp_path]))


def test_assembly_with_a_broken_manifest(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").write_text("{}")
    (tmp_path / "manifest.json").write_text("{")

    assert "manifest.json: malformed JSON" in refusal(lambda: load([tmp_path]))


def test_too_many_resources(tmp_path: Path) -> None:
    body = ",".join(f'"R{i}":{{{TYPE}}}' for i in range(50_001))
    (tmp_path / "a.json").write_text(f'{{"Resources":{{{body}}}}}')

    assert "more than 50000 resources" in refusal(lambda: load([tmp_path]))


def test_nested_stacks_in_a_circle(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.json").write_text(
            '{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", '
            f'"Properties": {{"TemplateURL": "{other}.json"}}}}}}}}'
        )

    assert "circle" in refusal(lambda: load([tmp_path]))


def test_a_stack_that_nests_itself(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", '
        '"Properties": {"TemplateURL": "a.json"}}, "M": {"Type": "AWS::CloudFormation::Stack", '
        '"Properties": {"TemplateURL": "a.json"}}}}'
    )

    assert "circle" in refusal(lambda: load([tmp_path]))


def test_misspelled_parameter(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(GOOD)

    assert "--parameter Evn" in refusal(lambda: load([tmp_path], {"Evn": "prod"}))
