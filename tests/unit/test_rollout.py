"""What the roll-out runs, in which order, and what it does not run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from stacks import rollout
from stacks.configuration import ConfigurationError
from stacks.rollout import bootstrap_steps, deploy_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacks.configuration import Configuration

ROOT = Path(__file__).parents[2]
OPTIONS = ROOT / "node_modules" / "aws-cdk" / "lib" / "cli" / "cli-type-registry.json"
FILE = Path("accounts/orders.toml")
SYNTH = "cdk synth --quiet --output cdk.out --context config=accounts/orders.toml"
REGIONS = """\
[[regions]]
name = "eu-west-1"

[[regions]]
name = "us-east-1"
home = true

[[regions]]
name = "eu-central-1"
"""

ACCOUNT = 'project = "orders"\naccount = "111122223333"\n'


@pytest.fixture
def three(configure: Callable[[str], Configuration]) -> Configuration:
    return configure(ACCOUNT + REGIONS)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what would have run; `cdk diff` finds the account closed."""
    commands: list[str] = []

    def run(command: tuple[str, ...], *, check: bool) -> None:
        assert check
        commands.append(" ".join(command))
        if command[1] == "diff" and "eu-west-1/*" not in command:
            raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.toml"
    path.write_text(ACCOUNT + REGIONS, encoding="utf-8")
    return path


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["rollout", *map(str, arguments)])
    return rollout.main()


def test_the_home_region_is_deployed_first_and_the_others_at_once(three: Configuration) -> None:
    assert [(str(step), step.after_asking) for step in deploy_steps(three, FILE)] == [
        (SYNTH, False),
        ("cdk deploy --app cdk.out 'us-east-1/*' --require-approval broadening", False),
        ("cdk diff --app cdk.out 'eu-west-1/*' 'eu-central-1/*' --security-only", False),
        (
            "cdk deploy --app cdk.out 'eu-west-1/*' 'eu-central-1/*' --require-approval never "
            "--concurrency 2",
            True,
        ),
    ]


def test_a_new_region_is_deployed_alone(three: Configuration) -> None:
    assert [str(step) for step in deploy_steps(three, FILE, ["eu-central-1"])] == [
        SYNTH,
        "cdk diff --app cdk.out 'eu-central-1/*' --security-only",
        "cdk deploy --app cdk.out 'eu-central-1/*' --require-approval never --concurrency 1",
    ]
    assert [str(step) for step in deploy_steps(three, FILE, ["us-east-1"])] == [
        SYNTH,
        "cdk deploy --app cdk.out 'us-east-1/*' --require-approval broadening",
    ]


def test_where_iam_tells_of_its_calls_is_a_region_too(
    configure: Callable[[str], Configuration],
) -> None:
    one = ACCOUNT + '[[regions]]\nname = "eu-west-1"\nhome = true\n'
    watched, unwatched = configure(one), configure(one + "[audit]\ndetection = false\n")

    assert "cdk deploy --app cdk.out 'us-east-1/*' --require-approval never --concurrency 1" in (
        map(str, deploy_steps(watched, FILE))
    )
    assert "aws://111122223333/us-east-1" in bootstrap_steps(watched, FILE)[0].command
    assert [str(step) for step in deploy_steps(unwatched, FILE)] == [
        SYNTH,
        "cdk deploy --app cdk.out 'eu-west-1/*' --require-approval broadening",
    ]
    assert "aws://111122223333/us-east-1" not in bootstrap_steps(unwatched, FILE)[0].command


def test_who_agreed_is_not_asked(three: Configuration) -> None:
    steps = deploy_steps(three, FILE, agreed=True)

    assert not any(step.after_asking for step in steps)
    assert all("broadening" not in step.command for step in steps)


def test_a_region_that_is_not_configured_is_refused(three: Configuration) -> None:
    with pytest.raises(ConfigurationError) as caught:
        deploy_steps(three, FILE, ["us-east-1", "mars-1"])

    assert str(caught.value) == (
        "accounts/orders.toml: no Region mars-1; it has eu-west-1, us-east-1, eu-central-1"
    )


def test_bootstrap_makes_the_roles_that_the_policies_name(three: Configuration) -> None:
    (step,) = bootstrap_steps(three, FILE)

    assert str(step) == (
        "cdk bootstrap aws://111122223333/eu-west-1 aws://111122223333/us-east-1 "
        "aws://111122223333/eu-central-1 --qualifier hnb659fds --termination-protection"
    )


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-northwest-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_bootstrap_trusts_who_may_deploy(
    region: str, partition: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(
        f'{ACCOUNT}administration.bootstrap_qualifier = "orders"\n'
        f'[[regions]]\nname = "{region}"\nhome = true\ncache.enabled = false\n'
    )
    (step,) = bootstrap_steps(configuration, FILE, ["444455556666"])

    assert str(step).endswith(
        "--qualifier orders --termination-protection --toolkit-stack-name CDKToolkit-orders "
        "--cloudformation-execution-policies "
        f"arn:{partition}:iam::aws:policy/AdministratorAccess --trust 444455556666"
    )


def test_bootstrap_wants_to_know_the_account(configure: Callable[[str], Configuration]) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{FILE}: account: missing; write"):
        bootstrap_steps(configure('project = "orders"\n' + REGIONS), FILE)


def test_the_pinned_command_line_knows_every_option(three: Configuration) -> None:
    known = json.loads(OPTIONS.read_text(encoding="utf-8"))
    for step in (*deploy_steps(three, FILE), *bootstrap_steps(three, FILE, ["444455556666"])):
        _, command, *words = step.command
        options = known["globalOptions"] | known["commands"][command]["options"]
        used = {word.removeprefix("--") for word in words if word.startswith("--")}

        assert used
        assert used <= set(options)
        if "--require-approval" in words:
            level = words[words.index("--require-approval") + 1]
            assert level in options["require-approval"]["choices"]


def test_nothing_runs_where_commands_are_printed(
    file: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "deploy", "--print", file) == 0
    assert call(monkeypatch, "bootstrap", "--print", file, "--trust", "444455556666") == 0

    assert ran == []
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [
        "synth", "deploy", "diff", "deploy", "bootstrap",
    ]  # fmt: skip


def test_several_accounts_go_one_after_the_other(
    file: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(monkeypatch, "deploy", "--yes", file, file) == 0

    assert [command.split()[1] for command in ran] == ["synth", "deploy", "diff", "deploy"] * 2


def test_nothing_more_is_deployed_unless_somebody_agrees(
    file: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise click.Abort

    monkeypatch.setattr(click, "confirm", refuse)

    assert call(monkeypatch, "deploy", file) == 1
    assert [command.split()[1] for command in ran] == ["synth", "deploy", "diff"]
    assert capsys.readouterr().err.startswith("nothing more was deployed")


def test_what_fails_ends_the_roll_out_with_its_own_exit_code(
    file: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(monkeypatch, "deploy", "--yes", "--region", "eu-central-1", file) == 3
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["deploy", "missing.toml"], "missing.toml: no such file; name another one with -c"),
        (["deploy"], "Missing argument 'CONFIG...'"),
    ],
)
def test_mistakes_exit_2_with_one_line(
    arguments: list[str],
    told: str,
    ran: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, *arguments) == 2

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(told)
    assert ran == []
