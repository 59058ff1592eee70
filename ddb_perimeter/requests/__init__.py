"""What is asked of the guardrails: what must work, what must not, and what they answer.

`legitimate` derives the requests of a working baseline from its own templates, `attempts` those
that take it apart or go around it, and `dry_run` asks every layer about each.
"""
