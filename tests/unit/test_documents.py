"""What the documents say is so: targets, links, Sids, decisions, pinned actions."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", ".github")
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DECISIONS = ROOT / "docs" / "decisions"
TABLE_POLICY = ROOT / "constructs" / "private_dynamodb" / "table_policy.py"


# Ids that AWS's own documentation uses; nobody owns them.
DOCUMENTATION_ACCOUNTS = {"111122223333", "444455556666"}

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SID = re.compile(r"Deny[A-Za-z0-9]*")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """Return a document without its code blocks, which link to nothing."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ +(.+)$", prose(path), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")
        for heading in headings
    }


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))


def written_sids() -> set[str]:
    """Return the Sids in the table's policy; a number that is filled in reads N."""
    sids: set[str] = set()
    for node in ast.walk(ast.parse(TABLE_POLICY.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = [
                str(part.value) if isinstance(part, ast.Constant) else "N" for part in node.values
            ]
            text = "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if SID.fullmatch(text) and text not in {"Deny", "DenyExpiredExemption"}:
            sids.add(text)
    return sids


def steps_of(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/rollout.md"])
def test_every_named_make_target_exists(document: str) -> None:
    code = re.findall(
        r"(?:`|^)make ([a-z][a-z-]*)", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE
    )

    assert code
    assert set(code) - make_targets() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_resolves(document: Path) -> None:
    broken = []
    for link in LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_the_page_explains_every_statement_of_the_table_policy() -> None:
    page = (ROOT / "docs" / "perimeter.md").read_text(encoding="utf-8")
    explained = set(re.findall(rf"^\| `({SID.pattern})` \|", page, re.MULTILINE))

    assert explained == written_sids()


def test_every_decision_is_in_the_index() -> None:
    records = {path.name for path in DECISIONS.glob("[0-9]*.md")}
    listed = LINK.findall((DECISIONS / "README.md").read_text(encoding="utf-8"))

    assert sorted(listed) == sorted(records)


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("[0-9]*.md")), ids=name_of)
def test_a_decision_says_what_was_known_what_was_decided_and_what_follows(record: Path) -> None:
    text = record.read_text(encoding="utf-8")

    assert text.startswith(f"# {record.name[:4]}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=name_of)
def test_a_workflow_runs_make_targets_only(workflow: Path) -> None:
    commands = [step["run"].strip() for step in steps_of(workflow) if "run" in step]

    assert commands
    for command in commands:
        assert re.fullmatch(r"make [a-z-]+", command)
        assert command.removeprefix("make ") in make_targets()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=name_of)
def test_a_workflow_pins_its_actions_by_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)

    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v[0-9.]+", action)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=name_of)
def test_a_workflow_may_read_and_nothing_else(workflow: Path) -> None:
    definition = yaml.safe_load(workflow.read_text(encoding="utf-8"))

    assert definition["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in definition["jobs"].values())
    assert all("timeout-minutes" in job for job in definition["jobs"].values())


@pytest.mark.parametrize("path", [*DOCUMENTS, *WORKFLOWS], ids=name_of)
def test_no_account_but_those_of_documentation(path: Path) -> None:
    numbers = set(re.findall(r"(?<![0-9A-Fa-f])[0-9]{12}(?![0-9A-Fa-f])", path.read_text("utf-8")))

    assert numbers - DOCUMENTATION_ACCOUNTS == set()


def test_no_target_of_make_is_taken_for_a_file() -> None:
    """`make docs` once did nothing at all, because there is a folder of that name."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", makefile, re.MULTILINE)

    assert phony
    assert set(phony[1].replace("\\", " ").split()) == make_targets()
