"""Documented decisions about keys, trust, organizations, endpoints, actions and resources."""

from __future__ import annotations

from typing import Any

from ddb_perimeter.policy import (
    EndpointPolicy,
    Layers,
    Policy,
)
from tests.unit.policy.documented import (
    ACTION,
    ADMIN,
    ALLOWED,
    AWAY,
    BY_DAX,
    CROSS,
    DAX,
    EMPTY,
    EVALUATION,
    EXPLICIT,
    GATEWAY,
    IMPLICIT,
    INSIDE,
    KMS,
    KMS_OVERVIEW,
    LINKED,
    NOT_ACTION,
    NOT_RESOURCE,
    OPERATORS,
    OTHER,
    OTHER_ROLE,
    OURS,
    RCP,
    RESOURCE,
    ROLE,
    ROOT,
    SCP,
    SERVICE_NETWORK,
    STAR,
    TABLE,
    TRUST,
    UNKNOWN,
    USER,
    VARIABLES,
    VPCE,
    Asked,
    Json,
    Table,
    allow,
    deny,
    policy,
    role,
    root,
    service,
    user,
)

ROWS = Table()

# -- key policies ------------------------------------------------------------------------------
_KEY = f"arn:aws:kms:eu-west-1:{OURS}:key/1234"
_DECRYPT = {"Action": "kms:Decrypt", "Resource": "*"}
_KEYED = Asked(action="kms:Decrypt", resource=_KEY)
ROWS.add(
    "key policy delegates to the account, identity allows",
    Layers.of_key(policy(allow(Principal={"AWS": ROOT}, **_DECRYPT)), (ADMIN,)),
    ALLOWED,
    KMS,
    _KEYED,
)
ROWS.add(
    "key policy delegates, identity says nothing",
    Layers.of_key(policy(allow(Principal={"AWS": ROOT}, **_DECRYPT)), ()),
    IMPLICIT,
    KMS,
    _KEYED,
)
ROWS.add(
    "identity alone does not open a key",
    Layers.of_key(policy(allow(Principal={"AWS": USER}, **_DECRYPT)), (ADMIN,)),
    IMPLICIT,
    KMS,
    _KEYED,
)
ROWS.add(
    "key policy names the role",
    Layers.of_key(policy(allow(Principal={"AWS": ROLE}, **_DECRYPT)), ()),
    ALLOWED,
    KMS_OVERVIEW,
    _KEYED,
)
ROWS.add(
    "even root needs the key policy",
    Layers.of_key(policy(allow(Principal={"AWS": USER}, **_DECRYPT)), ()),
    IMPLICIT,
    KMS,
    Asked(root(), action="kms:Decrypt", resource=_KEY),
)


# -- trust policies ----------------------------------------------------------------------------
def _trust(**principal: Json) -> Policy:
    return Policy.read(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **principal}],
        }
    )


_ASSUME: dict[str, Any] = {"action": "sts:AssumeRole", "resource": ROLE}
ROWS.add(
    "service trusted",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"})),
    ALLOWED,
    TRUST,
    Asked(DAX, SERVICE_NETWORK, **_ASSUME),
)
ROWS.add(
    "another service is not trusted",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"})),
    IMPLICIT,
    TRUST,
    Asked(service("ec2.amazonaws.com"), SERVICE_NETWORK, **_ASSUME),
)
ROWS.add(
    "trust does not follow from identity policies",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"}), (ADMIN,)),
    IMPLICIT,
    EVALUATION,
    Asked(user(), **_ASSUME),
)
ROWS.add(
    "trusted account needs identity policies, too",
    Layers.of_role(_trust(Principal={"AWS": OTHER}), ()),
    IMPLICIT,
    CROSS,
    Asked(role(OTHER_ROLE), **_ASSUME),
)
ROWS.add(
    "trusted account with identity policies",
    Layers.of_role(_trust(Principal={"AWS": OTHER}), (ADMIN,)),
    ALLOWED,
    CROSS,
    Asked(role(OTHER_ROLE), **_ASSUME),
)
ROWS.add(
    "SourceArn of our cluster",
    Layers.of_role(
        _trust(
            Principal={"Service": "dax.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:dax:eu-west-1:{OURS}:cache/c"}},
        )
    ),
    ALLOWED,
    OPERATORS,
    Asked(
        service("dax.amazonaws.com", OURS, f"arn:aws:dax:eu-west-1:{OURS}:cache/c"),
        SERVICE_NETWORK,
        **_ASSUME,
    ),
)
ROWS.add(
    "SourceArn of a stranger's cluster",
    Layers.of_role(
        _trust(
            Principal={"Service": "dax.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:dax:eu-west-1:{OURS}:cache/c"}},
        )
    ),
    IMPLICIT,
    OPERATORS,
    Asked(
        service("dax.amazonaws.com", OTHER, f"arn:aws:dax:eu-west-1:{OTHER}:cache/c"),
        SERVICE_NETWORK,
        **_ASSUME,
    ),
)

# -- organization policies ---------------------------------------------------------------------
_FULL = Policy.full_access()
_NO = policy(deny(Action="*", Resource="*"))
_RCP = policy(deny(Action="*", Resource="*", Principal="*"))
ROWS.add("SCP denies a role", Layers(identity=(ADMIN,), scps=((_FULL, _NO),)), EXPLICIT, SCP)
ROWS.add("SCP without an Allow", Layers(identity=(ADMIN,), scps=((EMPTY,),)), IMPLICIT, SCP)
ROWS.add(
    "SCP must allow at every level",
    Layers(identity=(ADMIN,), scps=((_FULL,), (EMPTY,))),
    IMPLICIT,
    SCP,
)
ROWS.add("SCP grants nothing", Layers(identity=(), scps=((_FULL,),)), IMPLICIT, SCP)
ROWS.add(
    "SCP binds our root user",
    Layers(identity=(), scps=((_FULL, _NO),)),
    EXPLICIT,
    SCP,
    Asked(root()),
)
ROWS.add(
    "SCP does not bind service-linked roles",
    Layers(identity=(ADMIN,), scps=((_FULL, _NO),)),
    ALLOWED,
    SCP,
    Asked(LINKED),
)
ROWS.add(
    "SCP does not bind callers of other accounts",
    Layers(resource=policy(STAR), identity=(ADMIN,), scps=((_FULL, _NO),)),
    ALLOWED,
    SCP,
    AWAY,
)
ROWS.add(
    "SCP does not bind AWS services",
    Layers(
        resource=policy(allow(Principal={"Service": "dax.amazonaws.com"})), scps=((_FULL, _NO),)
    ),
    ALLOWED,
    SCP,
    BY_DAX,
)
ROWS.add("RCP denies a role", Layers(identity=(ADMIN,), rcps=(_RCP,)), EXPLICIT, RCP)
ROWS.add(
    "RCP binds callers of other accounts",
    Layers(resource=policy(STAR), identity=(ADMIN,), rcps=(_RCP,)),
    EXPLICIT,
    RCP,
    AWAY,
)
ROWS.add("RCP binds root users", Layers(rcps=(_RCP,)), EXPLICIT, RCP, Asked(root()))
ROWS.add(
    "RCP does not bind service-linked roles",
    Layers(identity=(ADMIN,), rcps=(_RCP,)),
    ALLOWED,
    RCP,
    Asked(LINKED),
)


# -- endpoint policies -------------------------------------------------------------------------
def _through(statement: dict[str, Any], *, gateway: bool = True) -> Layers:
    return Layers(identity=(ADMIN,), endpoints=(EndpointPolicy(VPCE, policy(statement), gateway),))


ROWS.add(
    "an endpoint without policy has full access",
    Layers(identity=(ADMIN,), endpoints=(EndpointPolicy(VPCE, None),)),
    ALLOWED,
    GATEWAY,
    Asked(origin=INSIDE),
)
ROWS.add(
    "an endpoint policy that does not allow",
    _through(allow(Principal="*", Action="s3:*")),
    IMPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
ROWS.add(
    "an endpoint policy binds its endpoint only",
    _through(allow(Principal="*", Action="s3:*")),
    ALLOWED,
    GATEWAY,
)
ROWS.add(
    "an endpoint policy's deny",
    _through(deny(Principal="*")),
    EXPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
ROWS.add(
    "an account in a gateway's policy is its root user",
    _through(allow(Principal={"AWS": OURS})),
    IMPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
ROWS.add(
    "the root user itself",
    _through(allow(Principal={"AWS": OURS})),
    ALLOWED,
    GATEWAY,
    Asked(root(), INSIDE),
)

# -- actions and resources ---------------------------------------------------------------------
for _name, _more, _expected, _source in (
    ("action in another letter case", {"Action": "DYNAMODB:getitem"}, ALLOWED, ACTION),
    ("action wildcard", {"Action": "dynamodb:Get*"}, ALLOWED, ACTION),
    ("action question marks", {"Action": "dynamodb:???Item"}, ALLOWED, ACTION),
    ("another action", {"Action": "dynamodb:PutItem"}, IMPLICIT, ACTION),
    ("an API name is no action", {"Action": "dynamodb:TransactGetItems"}, IMPLICIT, ACTION),
    (
        "resource is case-sensitive",
        {"Resource": TABLE.replace("orders", "Orders")},
        IMPLICIT,
        RESOURCE,
    ),
    ("resource wildcard", {"Resource": "arn:aws:dynamodb:*:*:table/ord*"}, ALLOWED, RESOURCE),
    (
        "a star that ends a segment reaches on",
        {"Resource": "arn:aws:dynamodb:*"},
        ALLOWED,
        RESOURCE,
    ),
    (
        "a star inside a segment: AWS is silent",
        {"Resource": "arn:aws:dynamodb:*rders"},
        UNKNOWN,
        RESOURCE,
    ),
    ("another table", {"Resource": f"{TABLE}2"}, IMPLICIT, RESOURCE),
    (
        "variable in a resource",
        {"Resource": TABLE.replace("orders", "${aws:PrincipalTag/t}")},
        IMPLICIT,
        VARIABLES,
    ),
    (
        "default of a variable in a resource",
        {"Resource": TABLE.replace("orders", "${aws:PrincipalTag/t, 'orders'}")},
        ALLOWED,
        VARIABLES,
    ),
):
    ROWS.add(_name, Layers(identity=(policy(allow(**_more)),)), _expected, _source)
_NOT_ACTION = {"Effect": "Allow", "NotAction": "dynamodb:PutItem", "Resource": "*"}
ROWS.add("NotAction leaves others", Layers(identity=(policy(_NOT_ACTION),)), ALLOWED, NOT_ACTION)
ROWS.add(
    "NotAction leaves itself out",
    Layers(identity=(policy(_NOT_ACTION),)),
    IMPLICIT,
    NOT_ACTION,
    Asked(action="dynamodb:PutItem"),
)
_NOT_RESOURCE = {"Effect": "Deny", "Action": "*", "NotResource": [f"{TABLE}", f"{TABLE}/*"]}
ROWS.add(
    "NotResource spares what it names",
    Layers(identity=(ADMIN, policy(_NOT_RESOURCE))),
    ALLOWED,
    NOT_RESOURCE,
)
ROWS.add(
    "NotResource denies the rest",
    Layers(identity=(ADMIN, policy(_NOT_RESOURCE))),
    EXPLICIT,
    NOT_RESOURCE,
    Asked(resource=TABLE.replace("orders", "other")),
)
ROWS.add(
    "before 2012-10-17 variables are literal",
    Layers(
        identity=(
            policy(
                allow(
                    Condition={"StringEquals": {"aws:PrincipalTag/t": "${aws:PrincipalAccount}"}}
                ),
                version="2008-10-17",
            ),
        )
    ),
    IMPLICIT,
    VARIABLES,
    Asked(context={"aws:PrincipalTag/t": (OURS,)}),
)
