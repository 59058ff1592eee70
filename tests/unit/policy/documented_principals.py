"""Documented decisions about callers: accounts, boundaries, sessions, services, NotPrincipal."""

from __future__ import annotations

from ddb_perimeter.policy import (
    Layers,
    Origin,
    Path,
)
from tests.unit.policy.documented import (
    ADMIN,
    ALLOWED,
    ANONYMOUS,
    AWAY,
    BASICS,
    BOUNDARIES,
    BY_DAX,
    CROSS,
    EMPTY,
    EVALUATION,
    EXPLICIT,
    FEDERATED,
    IMPLICIT,
    INSIDE,
    KEYS,
    LINKED,
    NOT_PRINCIPAL,
    OPERATORS,
    OTHER,
    OTHER_ROLE,
    OURS,
    PRINCIPAL,
    ROLE,
    ROOT,
    SESSION,
    STAR,
    UNKNOWN,
    USER,
    VPCE,
    Asked,
    Table,
    allow,
    deny,
    policy,
    role,
    root,
    user,
)

ROWS = Table()

# -- one account -------------------------------------------------------------------------------
ROWS.add("nothing allows", Layers(identity=()), IMPLICIT, EVALUATION)
ROWS.add("identity alone", Layers(identity=(ADMIN,)), ALLOWED, BASICS)
ROWS.add("resource alone", Layers(resource=policy(STAR), identity=()), ALLOWED, BASICS)
ROWS.add(
    "deny in resource policy wins",
    Layers(resource=policy(deny(Principal="*")), identity=(ADMIN,)),
    EXPLICIT,
    EVALUATION,
)
ROWS.add(
    "deny in identity policy wins",
    Layers(resource=policy(STAR), identity=(policy(deny()),)),
    EXPLICIT,
    EVALUATION,
)
ROWS.add("root is allowed by default", Layers(identity=()), ALLOWED, EVALUATION, Asked(root()))
ROWS.add(
    "root is denied by a resource policy",
    Layers(resource=policy(deny(Principal="*")), identity=()),
    EXPLICIT,
    EVALUATION,
    Asked(root()),
)
ROWS.add(
    "the account as principal only delegates",
    Layers(resource=policy(allow(Principal={"AWS": OURS})), identity=()),
    IMPLICIT,
    PRINCIPAL,
)
ROWS.add(
    "the root ARN as principal only delegates",
    Layers(resource=policy(allow(Principal={"AWS": ROOT})), identity=()),
    IMPLICIT,
    PRINCIPAL,
)
ROWS.add(
    "the account delegates and identity allows",
    Layers(resource=policy(allow(Principal={"AWS": OURS})), identity=(ADMIN,)),
    ALLOWED,
    PRINCIPAL,
)
ROWS.add(
    "user named",
    Layers(resource=policy(allow(Principal={"AWS": USER})), identity=()),
    ALLOWED,
    EVALUATION,
    Asked(user()),
)
ROWS.add(
    "user name is case-sensitive",
    Layers(resource=policy(allow(Principal={"AWS": USER.replace("alice", "Alice")})), identity=()),
    IMPLICIT,
    PRINCIPAL,
    Asked(user()),
)

# -- boundaries and sessions -------------------------------------------------------------------
for _name, _principal, _who, _expected in (
    ("role ARN is limited", {"AWS": ROLE}, role(), IMPLICIT),
    ("session ARN is not limited", {"AWS": SESSION}, role(), ALLOWED),
    ("another session is not named", {"AWS": SESSION}, role(session="other"), IMPLICIT),
    ("user ARN is not limited", {"AWS": USER}, user(), ALLOWED),
):
    ROWS.add(
        f"boundary: {_name}",
        Layers(resource=policy(allow(Principal=_principal)), identity=(), boundary=EMPTY),
        _expected,
        EVALUATION,
        Asked(_who),
    )
ROWS.add(
    "boundary: star with aws:PrincipalArn is not limited",
    Layers(
        resource=policy(allow(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})),
        identity=(),
        boundary=EMPTY,
    ),
    ALLOWED,
    EVALUATION,
)
ROWS.add(
    "boundary limits identity policies",
    Layers(identity=(ADMIN,), boundary=EMPTY),
    IMPLICIT,
    BOUNDARIES,
)
ROWS.add("boundary grants nothing", Layers(identity=(), boundary=ADMIN), IMPLICIT, BOUNDARIES)
ROWS.add("boundary and identity", Layers(identity=(ADMIN,), boundary=ADMIN), ALLOWED, BOUNDARIES)
ROWS.add(
    "boundary's deny wins",
    Layers(resource=policy(allow(Principal={"AWS": SESSION})), boundary=policy(deny())),
    EXPLICIT,
    EVALUATION,
)
ROWS.add(
    "session policy limits identity policies",
    Layers(identity=(ADMIN,), session=EMPTY),
    IMPLICIT,
    EVALUATION,
)
ROWS.add(
    "session policy limits a role grant",
    Layers(resource=policy(allow(Principal={"AWS": ROLE})), identity=(), session=EMPTY),
    IMPLICIT,
    EVALUATION,
)
ROWS.add(
    "session policy does not limit a session grant",
    Layers(resource=policy(allow(Principal={"AWS": SESSION})), identity=(), session=EMPTY),
    ALLOWED,
    EVALUATION,
)
ROWS.add(
    "federated user named directly",
    Layers(resource=policy(allow(Principal={"AWS": FEDERATED.arn})), identity=(), session=EMPTY),
    ALLOWED,
    EVALUATION,
    Asked(FEDERATED),
)
ROWS.add(
    "federated user through the user who asked",
    Layers(resource=policy(allow(Principal={"AWS": USER})), identity=(), session=EMPTY),
    IMPLICIT,
    EVALUATION,
    Asked(FEDERATED),
)

# -- two accounts ------------------------------------------------------------------------------
ROWS.add("cross-account: identity alone", Layers(identity=(ADMIN,)), IMPLICIT, CROSS, AWAY)
ROWS.add(
    "cross-account: resource alone",
    Layers(resource=policy(STAR), identity=()),
    IMPLICIT,
    CROSS,
    AWAY,
)
ROWS.add(
    "cross-account: both", Layers(resource=policy(STAR), identity=(ADMIN,)), ALLOWED, CROSS, AWAY
)
ROWS.add(
    "cross-account: the whole account is trusted",
    Layers(resource=policy(allow(Principal={"AWS": OTHER})), identity=(ADMIN,)),
    ALLOWED,
    PRINCIPAL,
    AWAY,
)
ROWS.add(
    "cross-account: the root ARN means the account",
    Layers(
        resource=policy(allow(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})), identity=(ADMIN,)
    ),
    ALLOWED,
    PRINCIPAL,
    AWAY,
)
ROWS.add(
    "cross-account: role named",
    Layers(resource=policy(allow(Principal={"AWS": OTHER_ROLE})), identity=(ADMIN,)),
    ALLOWED,
    CROSS,
    AWAY,
)
ROWS.add(
    "cross-account: another account named",
    Layers(resource=policy(allow(Principal={"AWS": "123456789012"})), identity=(ADMIN,)),
    IMPLICIT,
    CROSS,
    AWAY,
)
ROWS.add(
    "cross-account: explicit deny of the caller's own policies",
    Layers(resource=policy(STAR), identity=(ADMIN, policy(deny()))),
    EXPLICIT,
    CROSS,
    AWAY,
)

# -- services and anonymous --------------------------------------------------------------------
_S3 = "arn:aws:s3:::example"
ROWS.add(
    "service named",
    Layers(resource=policy(allow(Principal={"Service": "dax.amazonaws.com"}))),
    ALLOWED,
    PRINCIPAL,
    BY_DAX,
)
ROWS.add(
    "another service named",
    Layers(resource=policy(allow(Principal={"Service": "s3.amazonaws.com"}))),
    IMPLICIT,
    PRINCIPAL,
    BY_DAX,
)
ROWS.add(
    "service and account principals differ",
    Layers(resource=policy(allow(Principal={"AWS": OURS}))),
    IMPLICIT,
    PRINCIPAL,
    BY_DAX,
)
ROWS.add(
    "PrincipalIsAWSService false spares services",
    Layers(
        resource=policy(
            STAR,
            deny(Principal="*", Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
        )
    ),
    ALLOWED,
    KEYS,
    BY_DAX,
)
ROWS.add(
    "PrincipalIsAWSService false denies roles that services use",
    Layers(
        resource=policy(
            STAR,
            deny(Principal="*", Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
        )
    ),
    EXPLICIT,
    KEYS,
    Asked(LINKED),
)
for _spelling in ("*", {"AWS": "*"}):
    ROWS.add(
        f"anonymous through {_spelling}",
        Layers(resource=policy(allow(Action="s3:GetObject", Resource=_S3, Principal=_spelling))),
        ALLOWED,
        PRINCIPAL,
        Asked(ANONYMOUS, action="s3:GetObject", resource=_S3),
    )
ROWS.add(
    "anonymous has no PrincipalArn",
    Layers(
        resource=policy(
            allow(
                Action="s3:GetObject",
                Resource=_S3,
                Principal="*",
                Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
            )
        )
    ),
    IMPLICIT,
    KEYS,
    Asked(ANONYMOUS, action="s3:GetObject", resource=_S3),
)
ROWS.add(
    "PrincipalArn of a role session is its role's",
    Layers(
        resource=policy(
            allow(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": SESSION}})
        ),
        identity=(),
    ),
    IMPLICIT,
    KEYS,
)
ROWS.add(
    "PrincipalArn root means the root user only",
    Layers(
        resource=policy(deny(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROOT}})),
        identity=(ADMIN,),
    ),
    ALLOWED,
    KEYS,
)
ROWS.add(
    "a forwarded request is ViaAWSService",
    Layers(identity=(policy(allow(Condition={"Bool": {"aws:ViaAWSService": "true"}})),)),
    ALLOWED,
    KEYS,
    Asked(origin=Origin(Path.FORWARDED, called_via=("cloudformation.amazonaws.com",))),
)
ROWS.add(
    "a direct request is not",
    Layers(identity=(policy(allow(Condition={"Bool": {"aws:ViaAWSService": "true"}})),)),
    IMPLICIT,
    KEYS,
)
ROWS.add(
    "SourceVpce is absent on public requests",
    Layers(
        identity=(ADMIN,),
        resource=policy(
            deny(Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": VPCE}})
        ),
    ),
    EXPLICIT,
    KEYS,
)
ROWS.add(
    "SourceVpce of our endpoint",
    Layers(
        identity=(ADMIN,),
        resource=policy(
            deny(Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": VPCE}})
        ),
    ),
    ALLOWED,
    KEYS,
    Asked(origin=INSIDE),
)
ROWS.add(
    "SourceVpce of our endpoint, whatever the case of the policy's letters",
    Layers(
        identity=(ADMIN,),
        resource=policy(
            deny(
                Principal="*",
                Condition={"StringNotEqualsIgnoreCase": {"aws:SourceVpce": VPCE.upper()}},
            )
        ),
    ),
    ALLOWED,
    OPERATORS,
    Asked(origin=INSIDE),
)


# -- NotPrincipal ------------------------------------------------------------------------------
def _not(*names: str) -> Layers:
    return Layers(resource=policy(deny(NotPrincipal={"AWS": list(names)})), identity=(ADMIN,))


ROWS.add(
    "NotPrincipal lists account, role and session",
    _not(OURS, ROLE, SESSION),
    ALLOWED,
    NOT_PRINCIPAL,
)
ROWS.add(
    "NotPrincipal lists the root ARN, role and session",
    _not(ROOT, ROLE, SESSION),
    ALLOWED,
    NOT_PRINCIPAL,
)
ROWS.add(
    "NotPrincipal lists account and user", _not(OURS, USER), ALLOWED, NOT_PRINCIPAL, Asked(user())
)
ROWS.add("NotPrincipal lists somebody else", _not(OTHER, OTHER_ROLE), EXPLICIT, NOT_PRINCIPAL)
ROWS.add("NotPrincipal without the account may deny", _not(ROLE), UNKNOWN, NOT_PRINCIPAL)
ROWS.add(
    "NotPrincipal denies whoever has a boundary",
    Layers(
        resource=policy(deny(NotPrincipal={"AWS": [OURS, ROLE, SESSION]})),
        identity=(ADMIN,),
        boundary=ADMIN,
    ),
    EXPLICIT,
    NOT_PRINCIPAL,
)
