"""Mistakes in `[access]` and `[administration]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import VALID, Case, exemption

CASES = [
    Case(
        "an exemption with a wildcard",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/*"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/*": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "an exemption with a one-letter wildcard",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/op?"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/op?": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "an exemption that is no ARN",
        VALID + exemption(arn="operations"),
        (
            'access.exemptions[0].arn = "operations": not the ARN of a role or user (a '
            "session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption of a whole account",
        VALID + exemption(arn="arn:aws:iam::111122223333:root"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:root": not the ARN of a '
            "role or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption of a session",
        VALID + exemption(arn="arn:aws:sts::111122223333:assumed-role/operations/me"),
        (
            "access.exemptions[0].arn = "
            '"arn:aws:sts::111122223333:assumed-role/operations/me": not the ARN of a role '
            "or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with a short account id",
        VALID + exemption(arn="arn:aws:iam::11112222333:role/operations"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::11112222333:role/operations": not the'
            " ARN of a role or user (a session ARN never matches aws:PrincipalArn); write "
            'it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with digits of another script",
        VALID
        + exemption(
            arn="arn:aws:iam::\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u06623333:role/operations"
        ),
        (
            "access.exemptions[0].arn = "
            '"arn:aws:iam::\\u0661\\u0661\\u0661\\u0661\\u0662\\u0662\\u0662\\u06623333:role/operations":'
            " not the ARN of a role or user (a session ARN never matches aws:PrincipalArn);"
            ' write it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with a space",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/oper ations"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/oper ations": not '
            "the ARN of a role or user (a session ARN never matches aws:PrincipalArn); "
            'write it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption without a name",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/": not the ARN of a'
            " role or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption without a reason",
        VALID + '[[access.exemptions]]\narn = "arn:aws:iam::111122223333:role/operations"\n',
        (
            "access.exemptions[0].reason: missing; add it: why, in words that would "
            "convince an auditor (10 characters or more)"
        ),
    ),
    Case(
        "an exemption with a lazy reason",
        VALID + exemption().replace("moves data out of the old table", "needed"),
        (
            'access.exemptions[0].reason = "needed": string should have at least 10 '
            "characters; expected: why, in words that would convince an auditor (10 "
            "characters or more)"
        ),
    ),
    Case(
        "an exemption named twice",
        VALID + exemption() + exemption(),
        (
            'access.exemptions = "arn:aws:iam::111122223333:role/operations": named twice; '
            "name it once"
        ),
    ),
    Case(
        "an exemption that expired yesterday",
        VALID + exemption(more="expires = 2026-11-21\n"),
        (
            'access.exemptions[0].expires = "2026-11-21": the exemption of '
            "arn:aws:iam::111122223333:role/operations has expired; remove it, or renew it "
            "with a date that is still to come"
        ),
    ),
    Case(
        "an exemption with a malformed date",
        VALID + exemption(more='expires = "tomorrow"\n'),
        (
            'access.exemptions[0].expires = "tomorrow": input should be a valid date or '
            "datetime, input is too short; expected: last day, e.g. 2030-01-31; the policy "
            "denies it from the next day on"
        ),
    ),
    Case(
        "a reader that is neither ARN nor name",
        VALID + '[access]\nreaders = ["read er"]\n',
        (
            'access.readers[0] = "read er": neither the ARN of an existing role nor a name '
            "for a new one; write an ARN, or at most 20 letters, digits and hyphens, "
            "starting with a letter"
        ),
    ),
    Case(
        "a reader in another script",
        VALID + '[access]\nreaders = ["leser\u00e9"]\n',
        (
            'access.readers[0] = "leser\\u00e9": neither the ARN of an existing role nor a '
            "name for a new one; write an ARN, or at most 20 letters, digits and hyphens, "
            "starting with a letter"
        ),
    ),
    Case(
        "a reader named twice",
        VALID + '[access]\nreaders = ["app", "app"]\n',
        ('access.readers = "app": named twice; name it once'),
    ),
    Case(
        "a role that is reader and writer",
        VALID + '[access]\nreaders = ["app"]\nwriters = ["app"]\n',
        ('access.writers = "app": named twice; name it once'),
    ),
    Case(
        "an unknown interface endpoint",
        VALID + '[access]\ninterface_endpoints = ["s3"]\n',
        (
            "access.interface_endpoints[0] = \"s3\": input should be 'dynamodb', "
            "'dynamodb-streams' or 'dax'; expected: interface endpoints to add; the gateway"
            " endpoint is always there"
        ),
    ),
    Case(
        "a trusted service that is none",
        VALID + '[access]\ntrusted_services = ["*"]\n',
        (
            'access.trusted_services[0] = "*": string should match pattern '
            "'^[a-z0-9-]+\\.amazonaws\\.com$'; expected: compute services that the created "
            "roles are for"
        ),
    ),
    Case(
        "an empty deploy list",
        VALID + "[administration]\ndeploy = []\n",
        (
            "administration.deploy = []: nobody could repair the policy of the table, or "
            "deploy again; name a role, or leave the key out for CDK's execution role"
        ),
    ),
    Case(
        "an exemption for another account",
        'account = "111122223333"\n'
        + VALID
        + "[[access.exemptions]]\n"
        + 'arn = "arn:aws:iam::444455556666:role/partner"\n'
        + 'reason = "reads at night"\n',
        (
            'access.exemptions[0].arn = "arn:aws:iam::444455556666:role/partner": a principal of '
            "another account, which the table's policy always denies; name a role or user of "
            "account 111122223333"
        ),
    ),
    Case(
        "a deploy role of another account",
        'account = "111122223333"\n'
        + VALID
        + '[administration]\ndeploy = ["arn:aws:iam::444455556666:role/deploy"]\n',
        (
            'administration.deploy[0] = "arn:aws:iam::444455556666:role/deploy": a principal of '
            "another account, which the table's policy always denies; name a role or user of "
            "account 111122223333"
        ),
    ),
    Case(
        "a deploy role with a wildcard",
        VALID + '[administration]\ndeploy = ["arn:aws:iam::111122223333:role/cdk-*"]\n',
        (
            'administration.deploy[0] = "arn:aws:iam::111122223333:role/cdk-*": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "a malformed bootstrap qualifier",
        VALID + '[administration]\nbootstrap_qualifier = "TOOLONG-QUALIFIER"\n',
        (
            'administration.bootstrap_qualifier = "TOOLONG-QUALIFIER": string should '
            "match pattern '^[a-z0-9]{1,10}$'; expected: qualifier of `cdk bootstrap`, 1 to"
            " 10 lower-case letters or digits"
        ),
    ),
]
