"""`python -m stacks.rollout`: bootstrap and deploy accounts and Regions in the order they need.

Each configuration file is one account. `make bootstrap` and `make deploy` call this.
"""

from __future__ import annotations

import datetime as dt
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from stacks.configuration import ConfigurationError, load_configuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stacks.configuration import Configuration

ASSEMBLY: Final = "cdk.out"
_DEFAULT_QUALIFIER: Final = "hnb659fds"
_FILES: Final = click.argument(
    "files", metavar="CONFIG...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
_PRINT: Final = click.option(
    "--print", "only_print", is_flag=True, help="Print the commands, and run none of them."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the CDK command line.

    Args:
        command: its words.
        after_asking: whether somebody has to agree first.
    """

    command: tuple[str, ...]
    after_asking: bool = False

    def __str__(self) -> str:
        """Spell it for a shell."""
        return shlex.join(self.command)


def bootstrap_steps(
    configuration: Configuration, file: Path, trusted: Sequence[str] = ()
) -> list[Step]:
    """Return what prepares an account for deployments, in each of its Regions.

    Args:
        configuration: names the account, the Regions and the qualifier.
        file: where it was read from.
        trusted: ids of accounts whose principals may deploy to this one.

    Raises:
        ConfigurationError: it does not name the account.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    """
    if configuration.account is None:
        raise ConfigurationError(
            f"{file}: account: missing; write the account to bootstrap, "
            'e.g. account = "111122223333"'
        )
    qualifier = configuration.administration.bootstrap_qualifier
    command = [
        "cdk",
        "bootstrap",
        *(f"aws://{configuration.account}/{name}" for name in configuration.deployed_regions),
        "--qualifier",
        qualifier,
        "--termination-protection",
    ]
    if qualifier != _DEFAULT_QUALIFIER:
        # Else the roles of the default qualifier would be replaced by these.
        command += ["--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
    if trusted:
        # CDK wants the policy of the executing role to be named where others may deploy.
        command += ["--cloudformation-execution-policies", _administrator(configuration)]
        for account in trusted:
            command += ["--trust", account]
    return [Step(tuple(command))]


def deploy_steps(
    configuration: Configuration, file: Path, regions: Sequence[str] = (), *, agreed: bool = False
) -> list[Step]:
    """Return what deploys an account: the home Region first, then the others at once.

    The assembly that was judged is what is deployed. Several stacks at once cannot ask, so what
    the other Regions broaden is shown before, and somebody has to agree.

    Args:
        configuration: names the Regions.
        file: where it was read from.
        regions: the Regions to deploy; empty for all.
        agreed: whether nobody needs to be asked.

    Raises:
        ConfigurationError: a Region is not in the configuration.
    """
    known = configuration.deployed_regions
    for region in regions:
        if region not in known:
            raise ConfigurationError(f"{file}: no Region {region}; it has {', '.join(known)}")
    wanted = [name for name in known if name in regions or not regions]
    home = configuration.home.name
    others = [f"{name}/*" for name in wanted if name != home]
    synth = ("cdk", "synth", "--quiet", "--output", ASSEMBLY, "--context", f"config={file}")
    deploy = ("cdk", "deploy", "--app", ASSEMBLY)
    steps = [Step(synth)]
    if home in wanted:
        steps.append(Step((*deploy, f"{home}/*", *_approval("never" if agreed else "broadening"))))
    if others:
        steps += [
            Step(("cdk", "diff", "--app", ASSEMBLY, *others, "--security-only")),
            Step(
                (*deploy, *others, *_approval("never"), "--concurrency", str(len(others))),
                after_asking=not agreed,
            ),
        ]
    return steps


def _approval(level: str) -> tuple[str, str]:
    return "--require-approval", level


def _administrator(configuration: Configuration) -> str:
    region = configuration.home.name
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
    prefix = region.rpartition("-")[0].rpartition("-")[0]
    return f"arn:{partition.get(prefix, 'aws')}:iam::aws:policy/AdministratorAccess"


@click.group()
def program() -> None:
    """Roll the baseline out to accounts and Regions."""


@program.command()
@_FILES
@click.option("--trust", "trusted", metavar="ACCOUNT", multiple=True, help="May deploy to them.")
@_PRINT
def bootstrap(*, files: tuple[Path, ...], trusted: tuple[str, ...], only_print: bool) -> None:
    """Prepare the account of each file for deployments, in each of its Regions."""
    _run(
        [
            step
            for file, configuration in _read(files)
            for step in bootstrap_steps(configuration, file, trusted)
        ],
        only_print=only_print,
    )


@program.command()
@_FILES
@click.option("--region", "regions", metavar="REGION", multiple=True, help="Only this Region.")
@click.option("--yes", "agreed", is_flag=True, help="Agree to what is shown, without being asked.")
@_PRINT
def deploy(
    *, files: tuple[Path, ...], regions: tuple[str, ...], agreed: bool, only_print: bool
) -> None:
    """Deploy the account of each file: judge it, then the home Region, then the others at once."""
    _run(
        [
            step
            for file, configuration in _read(files)
            for step in deploy_steps(configuration, file, regions, agreed=agreed)
        ],
        only_print=only_print,
    )


def _read(files: Iterable[Path]) -> Iterator[tuple[Path, Configuration]]:
    today = dt.datetime.now(tz=dt.UTC).date()
    for file in files:
        yield file, load_configuration(file, today=today)


def _run(steps: Iterable[Step], *, only_print: bool) -> None:
    """Run the steps until one fails."""
    for step in steps:
        click.echo(str(step))
        if only_print:
            continue
        if step.after_asking:
            click.confirm("Deploy this?", abort=True)
        subprocess.run(step.command, check=True)


def main() -> int:
    """Run the program.

    Returns:
        0 when everything is done, 2 when the configuration cannot be used, else what the command
        that failed returned.
    """
    try:
        program(standalone_mode=False)
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        return 2
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.Abort:
        click.echo("nothing more was deployed: agree to it, or give --yes", err=True)
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
