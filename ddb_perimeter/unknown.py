"""Values that a template or an account does not tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be resolved, so that nothing may be concluded from it.

    A value whose identity is known but whose spelling is not (the id of an endpoint that the
    template creates) is no `Unknown`: it is a placeholder string that equals only itself.

    Args:
        text: what the source says, spelled for a reader, e.g. ``${OfficeCidr}``.
        why: why it cannot be resolved, e.g. ``parameter OfficeCidr has no default``.
    """

    text: str
    why: str

    def __str__(self) -> str:
        """Spell the value as the source does."""
        return self.text
