"""The journey: bootstrap, deploy, use, change, destroy, in two Regions of an emulated account."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from rehearsal.account import ACCOUNT_ID, Account
from rehearsal.failure import RehearsalFailed
from rehearsal.judgement import clashing, settled, unexplained
from rehearsal.lacking import CLASHES, DROPS, REFUSALS
from rehearsal.patterns import Workload
from rehearsal.probes import stale_refusals
from rehearsal.readback import broken_promises, deployed, still_there
from rehearsal.reduction import reduce_assembly
from rehearsal.toolkit import ROOT, Toolkit
from stacks.summary import read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from rehearsal.lacking import Clash, Drop
    from rehearsal.readback import Deployed
    from rehearsal.reduction import LeftOut

FIRST: Final = ROOT / "rehearsal" / "first.toml"
CHANGED: Final = ROOT / "rehearsal" / "changed.toml"
REGIONS: Final = ("us-east-1", "eu-west-1")
TABLE: Final = "cruddur-messages"
"""The configurations say the same; the home Region comes first, and goes last."""


@dataclass(slots=True)
class Journey:
    """One rehearsal.

    Args:
        endpoint: where the emulator listens.
        toolkit: runs the command lines.
        folder: where the assemblies go.
        console: where each step is told.
    """

    endpoint: str
    toolkit: Toolkit
    folder: Path
    console: Console
    _used: set[Drop | Clash] = field(default_factory=set)
    _told: set[LeftOut] = field(default_factory=set)

    def run(self) -> None:
        """Go the whole way.

        Raises:
            RehearsalFailed: a step does not do what it should; nothing after it is tried.
        """
        with self._step("The account is the emulator's, and empty"):
            self._meet_account()
        first = self._assembly("first", FIRST)
        changed = self._assembly("changed", CHANGED)
        with self._step("cdk bootstrap, both Regions"):
            environments = [f"aws://{ACCOUNT_ID}/{region}" for region in REGIONS]
            self.toolkit.cdk("bootstrap", *environments, "--app", str(first))
        self._deploy(first, "deploy")
        self._read_back(first)
        workloads = [
            Workload(self.toolkit, self.endpoint, region, TABLE, first) for region in REGIONS
        ]
        home = workloads[0]
        with self._step("Workload: setup fills each Region's own table"):
            for workload in workloads:
                workload.set_up()
        with self._step(f"Workload: every pattern on the table of {home.region}"):
            home.use()
        with self._step("cdk diff shows the change"):
            said = self.toolkit.cdk("diff", "--app", str(changed), "--fail", expected=1)
            if "Number of stacks with differences" not in said:
                raise RehearsalFailed("cdk diff fails, but not because of differences")
        items = [workload.items() for workload in workloads]
        self._deploy(changed, "update")
        promises = self._read_back(changed)
        with self._step("The items are still there, and the stream has what is sent"):
            self._after_the_change(workloads, items)
        with self._step("The emulator still lacks all that the list says"):
            self._probe(changed)
        with self._step("cdk destroy is refused while the stacks are protected"):
            said = self.toolkit.cdk(
                "destroy", "--all", "--force", "--app", str(changed), expected=1
            )
            if "TerminationProtection" not in said:
                raise RehearsalFailed("cdk destroy fails, but not because of the protection")
        for region in reversed(REGIONS):
            with self._step(f"cdk destroy {region}, after lifting the protection"):
                self._destroy(changed, region)
        with self._step("The stacks are gone, and what holds data is retained"):
            self._left_behind(promises)

    @contextlib.contextmanager
    def _step(self, title: str) -> Iterator[None]:
        """Tell a step in one line, with its time, when it has ended."""
        started = time.monotonic()
        mark = "stopped"
        try:
            with self.console.status(title):
                yield
            mark = "[green]ok[/green]     "
        except RehearsalFailed:
            mark = "[red]failed[/red] "
            raise
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            mark = "[red]failed[/red] "
            raise RehearsalFailed(f"{title}: {error}") from error
        finally:
            seconds = time.monotonic() - started
            self.console.print(f"{mark} {seconds:6.1f} s  {title}", highlight=False)

    def _note(self, text: str) -> None:
        """Tell more about the step before."""
        self.console.print(f"                  {text}", highlight=False, soft_wrap=True)

    def _meet_account(self) -> None:
        for region in REGIONS:
            account = Account(self.endpoint, region)
            who = account.client("sts").get_caller_identity()["Account"]
            if who != ACCOUNT_ID:
                raise RehearsalFailed(f"the account is {who}, not {ACCOUNT_ID}")
            pages = account.pages("cloudformation", "describe_stacks")
            if any(page["Stacks"] for page in pages):
                raise RehearsalFailed(f"{region} has stacks already")

    def _assembly(self, name: str, configuration: Path) -> Path:
        """Synthesize the real app, and return a copy without what the emulator refuses."""
        whole = self.folder / f"{name}-whole"
        reduced = self.folder / name
        with self._step(f"cdk synth {configuration.relative_to(ROOT)}"):
            config = configuration.relative_to(ROOT).as_posix()
            context = ("--context", f"config={config}")
            self.toolkit.cdk("synth", "--quiet", "--output", str(whole), *context)
            left_out = reduce_assembly(whole, reduced, REFUSALS)
        kept = sum(stack.resources for stack in read_stacks(reduced))
        self._note(f"{kept} resources; {len(left_out)} are left out")
        for each in left_out:
            if each.because and each not in self._told:
                self._told.add(each)
                self._note(f"{each.stack} {each.logical_id} goes with {each.because}")
        return reduced

    def _deploy(self, assembly: Path, verb: str) -> None:
        for region in REGIONS:
            with self._step(f"cdk deploy {region} ({verb})"):
                self.toolkit.cdk(
                    *("deploy", f"{region}/*", "--app", str(assembly)),
                    *("--require-approval", "never", "--progress", "events"),
                )
        with self._step("cdk diff is clean"):
            self.toolkit.cdk("diff", "--app", str(assembly), "--fail")

    def _read_back(self, assembly: Path) -> list[Deployed]:
        with self._step("Every deployed resource is as its template promises"):
            promises, _ = deployed(assembly, self.endpoint)
            broken, drops = unexplained(broken_promises(promises, self.endpoint), DROPS)
            broken, groups, clashes = settled(broken, clashing(promises), CLASHES)
            self._used |= drops | clashes
            findings = [
                f"{each.place}: {each.difference.path} is {each.difference.found!r:.200},"
                f" promised {each.difference.promised!r:.200}"
                for each in broken
            ]
            findings += [
                f"{group[0].physical_id} is one thing for {', '.join(str(m.place) for m in group)}"
                for group in groups
            ]
            if findings:
                raise RehearsalFailed(*findings)
        self._note(f"{len(promises)} resources")
        return promises

    def _after_the_change(self, workloads: list[Workload], items: list[int]) -> None:
        if [workload.items() for workload in workloads] != items:
            raise RehearsalFailed("the change lost items")
        home = workloads[0]
        text = home.send()
        if not any(text in str(record) for record in self._records(home.region)):
            raise RehearsalFailed(f"the stream of {home.region} lacks what was sent")

    def _records(self, region: str) -> Iterator[object]:
        account = Account(self.endpoint, region)
        client = account.client("dynamodbstreams")
        table = account.client("dynamodb").describe_table(TableName=TABLE)["Table"]
        arn = table["LatestStreamArn"]
        for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = client.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            yield from client.get_records(ShardIterator=iterator)["Records"]

    def _probe(self, assembly: Path) -> None:
        _, names = deployed(assembly, self.endpoint)
        whole = assembly.with_name(f"{assembly.name}-whole")
        stale = stale_refusals(whole, REFUSALS, names, self.endpoint)
        stale += [
            f"{entry}: everything is as promised without it"
            for entry in (*DROPS, *CLASHES)
            if entry not in self._used
        ]
        if stale:
            raise RehearsalFailed(*(f"take out of rehearsal/lacking.py: {line}" for line in stale))

    def _destroy(self, assembly: Path, region: str) -> None:
        client = Account(self.endpoint, region).client("cloudformation")
        for stack in read_stacks(assembly):
            if stack.region == region:
                client.update_termination_protection(
                    StackName=stack.name, EnableTerminationProtection=False
                )
        self.toolkit.cdk("destroy", f"{region}/*", "--app", str(assembly), "--force")

    def _left_behind(self, promises: list[Deployed]) -> None:
        for region in REGIONS:
            client = Account(self.endpoint, region).client("cloudformation")
            for name in {p.place.stack for p in promises if p.place.region == region}:
                with contextlib.suppress(ClientError):
                    client.describe_stacks(StackName=name)
                    raise RehearsalFailed(f"{region} {name} is still there")
        findings = [
            f"{promise.place} is {'gone' if promise.retained else 'still there'}"
            for promise in promises
            if still_there(promise, self.endpoint) != promise.retained
        ]
        if findings:
            raise RehearsalFailed(*findings)
