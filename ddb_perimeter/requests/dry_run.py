"""The dry run: what the guardrails would let through, and what they would stop, before they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.guarded import guarded_streams, guarded_tables
from ddb_perimeter.controls.perimeter import Duty
from ddb_perimeter.inventory.backups import SELECTION
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.organization import ORGANIZATION_POLICY
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.evaluate import Outcome, decide
from ddb_perimeter.requests import handlers
from ddb_perimeter.requests.attempts import attempts
from ddb_perimeter.requests.legitimate import legitimate
from ddb_perimeter.requests.scene import Scene
from ddb_perimeter.requests.stack_sets import STACK_SET
from ddb_perimeter.requests.trial import Place

if TYPE_CHECKING:
    from ddb_perimeter.controls.ceiling import Ceiling
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.system import System
    from ddb_perimeter.policy.evaluate import Decision
    from ddb_perimeter.policy.world import World
    from ddb_perimeter.requests.trial import Trial

TRIED: Final = (
    TABLE_TYPES
    | IAM_TYPES
    | {
        CLUSTER,
        ENDPOINT,
        ORGANIZATION_POLICY,
        SELECTION,
        STACK_SET,
        "AWS::Backup::BackupVault",
        "AWS::Events::Rule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
    }
)
"""What to ask `System.scenarios` for."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What all layers say about one request.

    Args:
        trial: the request.
        wanted: whether it has to work.
        decision: what the layers say.
        world: where it was tried.
    """

    trial: Trial
    wanted: bool
    decision: Decision
    world: World

    @property
    def as_wanted(self) -> bool:
        """Say whether what has to work does, and what must not does not."""
        if self.wanted:
            return self.decision.outcome is Outcome.ALLOWED
        return self.decision.outcome is Outcome.EXPLICIT_DENY


@dataclass(frozen=True, slots=True)
class Stage:
    """One account and Region with tables, and what is tried there.

    Args:
        scene: the account and the Region, with everybody who works there.
        ceiling: the organization policies that surely bind the account.
    """

    scene: Scene
    ceiling: Ceiling

    def legitimate(self) -> tuple[Trial, ...]:
        """Return what must work."""
        return tuple(legitimate(self.scene))

    def attempts(self) -> tuple[Trial, ...]:
        """Return what must not work."""
        return tuple(attempts(self.scene))

    def undescribed(self) -> list[Resource]:
        """Return the resources whose deployment nobody here can foresee, if somebody deploys."""
        if not self.scene.operators(Duty.DEPLOY):
            return []
        world = self.ceiling.world
        return handlers.undescribed(
            handlers.deployed(self.scene.inventory, world.account, world.region)
        )

    def ask(self, trial: Trial, *, wanted: bool, ceiling: Ceiling | None = None) -> Tried:
        """Ask every layer about a request.

        Args:
            trial: the request.
            wanted: whether it has to work.
            ceiling: other organization policies, to see what these would do.
        """
        above = self.ceiling if ceiling is None else ceiling
        request = trial.request
        layers = above.over_layers(trial.layers, (request.action,), ours=trial.is_ours(above.world))
        return Tried(trial, wanted, decide(request, layers, above.world), above.world)


def stages(inventory: Inventory, perimeter: Perimeter) -> tuple[Stage, ...]:
    """Return every account and Region that has tables and organization policies above them.

    Args:
        inventory: the templates.
        perimeter: what is declared beside them.
    """
    found: dict[tuple[str, str], list[Guarded]] = {}
    for each in (*guarded_tables(inventory, perimeter), *guarded_streams(inventory, perimeter)):
        if each.doubt is None:
            world = each.surroundings.world
            found.setdefault((world.account, world.region), []).append(each)
    ceilings = ((guarded, guarded[0].surroundings.ceiling) for guarded in found.values())
    return tuple(
        Stage(Scene(inventory, perimeter, Place(ceiling.world), tuple(guarded)), ceiling)
        for guarded, ceiling in ceilings
        if ceiling
    )


def tried(system: System, perimeter: Perimeter) -> list[Tried]:
    """Try everything in every account and Region, under every combination of conditions.

    Args:
        system: the templates.
        perimeter: what is declared beside them.

    Returns:
        Each request with the worst that is said about it.
    """
    found: dict[object, Tried] = {}
    for inventory in system.scenarios(TRIED):
        for stage in stages(inventory, perimeter):
            for wanted, trials in ((True, stage.legitimate()), (False, stage.attempts())):
                for trial in trials:
                    one = stage.ask(trial, wanted=wanted)
                    request = trial.request
                    key = (
                        trial.purpose,
                        request.caller,
                        request.action,
                        request.resource,
                        request.origin,
                        one.world.region,
                    )
                    if key not in found or not one.as_wanted:
                        found[key] = one
    return list(found.values())
