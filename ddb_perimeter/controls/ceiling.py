"""The ceiling of an account: the organization policies that surely bind it, as layers of a proof.

Only what surely binds counts. A policy that may be attached elsewhere, or cannot be read, closes
nothing, so it never makes a finding milder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.focus import about
from ddb_perimeter.inventory.organization import organization_policies
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.organization import OrganizationPolicyType
from ddb_perimeter.policy.proof import Prover

if TYPE_CHECKING:
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.policy.proof import Answer
    from ddb_perimeter.policy.space import Question
    from ddb_perimeter.policy.world import World


# AWS attaches it to every root, unit and account.
_FULL_ACCESS: Final = Policy.read(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
    "FullAWSAccess",
)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the organization lets principals and resources of one account do at most.

    Args:
        world: the account, as a member of its organization.
        scps: the service control policies that surely bind it.
        rcps: the resource control policies that surely bind it.
        operators: ARNs of those who are declared to get past one of them, each for its duty.
    """

    world: World
    scps: tuple[Policy, ...] = ()
    rcps: tuple[Policy, ...] = ()
    operators: tuple[str, ...] = ()

    @classmethod
    def over(cls, inventory: Inventory, world: World, perimeter: Perimeter) -> Ceiling:
        """Look up from an account.

        Args:
            inventory: where organization policies are looked for.
            world: the account and a Region of it.
            perimeter: which organization, and where in it the account is.
        """
        found: dict[object, list[Policy]] = {kind: [] for kind in OrganizationPolicyType}
        for each in organization_policies(inventory):
            if each.type in found and each.binds(world.account, perimeter.units):
                found[each.type].append(Policy.read(each.document, each.label))
        return cls(
            replace(world, organization=perimeter.member_of or world.organization),
            tuple(found[OrganizationPolicyType.SERVICE_CONTROL]),
            tuple(found[OrganizationPolicyType.RESOURCE_CONTROL]),
            tuple(
                dict.fromkeys(
                    each.arn(world.partition, world.account, world.region)
                    for each in perimeter.operators
                )
            ),
        )

    def __bool__(self) -> bool:
        """Say whether anything binds the account."""
        return bool(self.scps or self.rcps)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Return every policy."""
        return (*self.scps, *self.rcps)

    def without(self, sid: str) -> Ceiling:
        """Return the ceiling without the statements of one name.

        Args:
            sid: their Sid.
        """

        def pruned(policy: Policy) -> Policy:
            kept = tuple(each for each in policy.statements if each.sid != sid)
            return replace(policy, statements=kept)

        return replace(self, scps=tuple(map(pruned, self.scps)), rcps=tuple(map(pruned, self.rcps)))

    def over_layers(self, layers: Layers, actions: tuple[str, ...], *, ours: bool = True) -> Layers:
        """Return layers with what the organization says about some actions above them.

        Args:
            layers: the other policies.
            actions: names of actions; the question has to name whom it tells apart (see `focus`).
            ours: whether the resource is of this account; RCPs bind no other.
        """
        return replace(
            layers,
            scps=((_FULL_ACCESS, *(about(each, actions) for each in self.scps)),),
            rcps=tuple(about(each, actions) for each in self.rcps) if ours else (),
        )

    def everything_stops(self, question: Question, policy: Policy) -> Answer:
        """Say whether a resource's policy and the organization's together let nobody through.

        Whoever is declared to get past the organization's policies is left out, like every named
        exemption.

        Args:
            question: which requests; those that the resource's policy alone may let through.
            policy: the policy of the resource.
        """
        layers = self.over_layers(Layers(resource=policy), question.actions)
        others = replace(question, callers=question.callers.but_arns(*self.operators))
        return Prover(self.world).none_allowed(others, layers)
