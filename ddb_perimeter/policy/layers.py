"""The policies that decide one request together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.principals import Document

if TYPE_CHECKING:
    from ddb_perimeter.policy.document import Policy


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """The policy of one VPC endpoint.

    Args:
        endpoint: its id.
        policy: None where the endpoint has none, which means full access.
        gateway: whether it is a gateway endpoint, which reads principals its own way.
    """

    endpoint: str
    policy: Policy | None = None
    gateway: bool = True

    def __post_init__(self) -> None:
        """Spell placeholders as policies are read."""
        object.__setattr__(self, "endpoint", opaque(self.endpoint))

    @property
    def document(self) -> Document:
        """Return what the policy is attached to."""
        return Document.GATEWAY if self.gateway else Document.INTERFACE


@dataclass(frozen=True, slots=True)
class Layers:
    """Every policy that may decide a request; what cannot be read is `Policy.unreadable`.

    Args:
        resource: policy of the resource; None where it has none.
        document: what kind of policy that is: RESOURCE, KEY or TRUST.
        identity: policies attached to the callers; empty where they have none; None when they
            are not ours to know: then they may allow everything.
        boundary: permissions boundary of the callers; None where they have none.
        session: session policy of the callers; None where they have none.
        endpoints: policies of the endpoints; an endpoint that is not listed has full access.
        scps: service control policies, one tuple per level from the root to the account;
            `Policy.full_access()` belongs to a level as AWS attaches it.
        rcps: resource control policies (AWS always adds full access).
    """

    resource: Policy | None = None
    document: Document = Document.RESOURCE
    identity: tuple[Policy, ...] | None = None
    boundary: Policy | None = None
    session: Policy | None = None
    endpoints: tuple[EndpointPolicy, ...] = ()
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[Policy, ...] = ()

    @classmethod
    def of_key(cls, policy: Policy, identity: tuple[Policy, ...] | None = None) -> Layers:
        """Return the layers of a KMS key: nothing works that its policy does not allow.

        Args:
            policy: the key policy.
            identity: policies of the callers, as in the class.
        """
        return cls(policy, Document.KEY, identity)

    @classmethod
    def of_role(cls, policy: Policy, identity: tuple[Policy, ...] | None = None) -> Layers:
        """Return the layers of assuming a role.

        Args:
            policy: the trust policy.
            identity: policies of the callers, as in the class.
        """
        return cls(policy, Document.TRUST, identity)

    @property
    def form(self) -> tuple[object, ...]:
        """Return which of the policies is what, with a hole for each endpoint's id."""
        return (
            self.resource is None,
            self.document,
            None if self.identity is None else len(self.identity),
            self.boundary is None,
            self.session is None,
            tuple((each.policy is None, each.gateway) for each in self.endpoints),
            tuple(map(len, self.scps)),
            len(self.rcps),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the ids of the endpoints."""
        return tuple(each.endpoint for each in self.endpoints)

    def policies(self) -> tuple[Policy, ...]:
        """Return every policy of every layer."""
        single = (self.resource, self.boundary, self.session)
        endpoints = (each.policy for each in self.endpoints)
        return tuple(
            policy
            for policy in (
                *single,
                *endpoints,
                *(self.identity or ()),
                *self.rcps,
                *(policy for level in self.scps for policy in level),
            )
            if policy is not None
        )
