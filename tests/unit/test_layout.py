"""The layout that every run mode depends on."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in (
        "constructs",
        "ddb_perimeter",
        "stacks",
        "tests",
        "workload",
        "rehearsal",
        "bench",
    )
    for path in (ROOT / folder).rglob("*.py")
    if ".venv" not in path.parts
]


def imported_modules(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            modules.add(node.module)
    return modules


def test_the_constructs_folder_stays_a_source_root() -> None:
    """An __init__.py there would shadow PyPI's `constructs`, which aws-cdk-lib imports."""
    assert not (ROOT / "constructs" / "__init__.py").exists()


def test_nobody_imports_our_package_by_its_folder() -> None:
    """`constructs.private_dynamodb` imports too, but makes different class objects."""
    offenders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(module.startswith("constructs.") for module in imported_modules(path))
    ]

    assert offenders == []


def test_the_analyzer_needs_neither_cdk_nor_boto3() -> None:
    """Only the CDK plugin may import aws_cdk; only what talks to an account may import boto3."""
    aws = {"boto3", "botocore"}
    allowed = {
        "plugin.py": {"aws_cdk", "jsii"},
        **dict.fromkeys(("account.py", "requests.py", "sessions.py", "config_rule.py"), aws),
    }
    offenders = [
        (str(path.relative_to(ROOT)), module)
        for path in (ROOT / "ddb_perimeter").rglob("*.py")
        for module in imported_modules(path)
        if module.split(".")[0] in {"aws_cdk", "boto3", "botocore", "jsii", "constructs"}
        and module.split(".")[0] not in allowed.get(path.name, set())
    ]

    assert offenders == []


def test_every_service_of_cdk_in_use_is_type_checked() -> None:
    """Mypy skips the services that nobody imports; skipped by mistake, they would be Any."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    checked = {
        module
        for override in settings["tool"]["mypy"]["overrides"]
        if override.get("follow_imports") == "normal"
        for module in override["module"]
    }
    used = {"aws_cdk"}
    for path in (ROOT / "app.py", *SOURCES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "aws_cdk":
                used.update(f"aws_cdk.{alias.name}" for alias in node.names)
        used.update(name for name in imported_modules(path) if name.startswith("aws_cdk."))
    used = {name for name in used if name.rpartition(".")[2].islower() or name == "aws_cdk"}

    assert sorted(checked) == sorted(used)
