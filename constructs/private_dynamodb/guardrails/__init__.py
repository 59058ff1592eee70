"""Guardrails: organization policies that a member account cannot undo.

Each objective is a module that writes its statements as plain documents; `Guardrails` packs them
into few policies and attaches them. What they allow and deny is proved by `ddb_perimeter`.
"""

from private_dynamodb.guardrails.attachment import Guardrails
from private_dynamodb.guardrails.scope import GuardrailRoles, GuardrailScope

__all__ = ["GuardrailRoles", "GuardrailScope", "Guardrails"]
