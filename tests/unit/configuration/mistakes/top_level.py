"""Mistakes in the top level."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import HOME, VALID, Case

CASES = [
    Case(
        "a project that is too long",
        VALID.replace("cruddur", "cruddur-direct-messages"),
        (
            'project = "cruddur-direct-messages": string should have at most 20 characters;'
            " expected: prefix of every name: 2 to 20 lower-case letters, digits and "
            "hyphens"
        ),
    ),
    Case(
        "a project with an account id, which names the cluster",
        VALID.replace("cruddur", "p111122223333"),
        (
            'project = "p111122223333": a cluster name appears in public certificate logs, '
            "and this one holds an account id (the cache is named after the project); leave"
            " the number out, or name the cache in cache.name"
        ),
    ),
    Case(
        "a project in capitals",
        VALID.replace("cruddur", "Cruddur"),
        (
            "project = \"Cruddur\": string should match pattern '^[a-z](-?[a-z0-9])+$'; "
            "expected: prefix of every name: 2 to 20 lower-case letters, digits and hyphens"
        ),
    ),
    Case(
        "an account id without 12 digits",
        'account = "1234"\n' + VALID,
        (
            "account = \"1234\": string should match pattern '^[0-9]{12}$'; expected: the "
            "only account to deploy to, 12 digits in quotes; left out: the one of the "
            "credentials"
        ),
    ),
    Case(
        "an account id as a number",
        "account = 111122223333\n" + VALID,
        (
            "account = 111122223333: input should be a valid string; expected: the only "
            "account to deploy to, 12 digits in quotes; left out: the one of the "
            "credentials"
        ),
    ),
    Case(
        "an unknown key with a near match",
        'projct = "x"\n' + VALID,
        ('projct = "x": unknown key; did you mean project?'),
    ),
    Case(
        "an unknown key with nothing near",
        "zzz = 1\n" + VALID,
        (
            "zzz = 1: unknown key; remove it; known here: access, account, administration, "
            "audit, cache, checks, organization, project, regions, table, tags, workload"
        ),
    ),
    Case(
        "an unknown section",
        VALID + "[tables]\n",
        ("tables = {}: unknown key; did you mean table?"),
    ),
    Case(
        "a key with a line break",
        '"pro\\nject" = 1\n' + VALID,
        ("pro\\nject = 1: unknown key; did you mean project?"),
    ),
    Case(
        "a number of thousands of digits",
        "zzz = 0x" + "f" * 5000 + "\n" + VALID,
        (
            "zzz = (a number of thousands of digits): unknown key; remove it; known here: "
            "access, account, administration, audit, cache, checks, organization, project, "
            "regions, table, tags, workload"
        ),
    ),
    Case(
        "a missing project",
        HOME,
        (
            "project: missing; add it: prefix of every name: 2 to 20 lower-case letters, "
            "digits and hyphens"
        ),
    ),
    Case(
        "a project of the wrong type",
        VALID.replace('"cruddur"', "1"),
        (
            "project = 1: input should be a valid string; expected: prefix of every name: 2"
            " to 20 lower-case letters, digits and hyphens"
        ),
    ),
    Case(
        "tags of the wrong type",
        VALID + "[tags]\nowner = 1\n",
        ("tags.owner = 1: input should be a valid string; expected: tags of every resource"),
    ),
]
