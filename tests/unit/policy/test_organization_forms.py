"""What AWS Organizations takes as an SCP or RCP."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter.policy.organization import OrganizationPolicyType, problems, size

SCP, RCP = OrganizationPolicyType
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def document(**elements: object) -> dict[str, Any]:
    """Return a document of one valid SCP statement, with some elements changed or left out."""
    statement = {"Sid": "One", "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"} | elements
    kept = {key: value for key, value in statement.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [kept]}


@pytest.mark.parametrize(
    ("type_", "valid"),
    [
        (SCP, document()),
        (SCP, document(Effect="Allow")),
        (SCP, document(Action=None, NotAction="iam:*")),
        (SCP, document(Resource=None, NotResource="arn:aws:s3:::logs")),
        (RCP, document(Principal="*")),
        (RCP, document(Principal="*", Action=["dax:*", "kms:Decrypt"])),
    ],
)
def test_a_valid_form_is_taken(type_: OrganizationPolicyType, valid: dict[str, Any]) -> None:
    assert list(problems(type_, valid)) == []


@pytest.mark.parametrize(
    ("type_", "refused", "told"),
    [
        (SCP, document(Principal="*"), "One: an SCP takes no Principal"),
        (SCP, document(Effect="Maybe"), "One: Effect is 'Maybe'"),
        (SCP, document(Resource=None), "One: it needs one of Resource and NotResource"),
        (SCP, document(Action=[]), "One: Action is empty"),
        (
            SCP,
            document(Condition={"ArnNotLike": {"aws:PrincipalArn": []}}),
            "One: ArnNotLike aws:PrincipalArn is empty",
        ),
        (SCP, document(NotAction="iam:*"), "One: it needs one of Action and NotAction"),
        (
            SCP,
            document(Effect="Allow", Resource="arn:aws:s3:::a"),
            'One: the Resource of an Allow is "*"',
        ),
        (
            RCP,
            document(),
            'One: the Principal of an RCP is "*", and conditions say whom it means',
        ),
        (
            RCP,
            document(Principal="*", Effect="Allow"),
            "One: the Effect of an RCP is Deny, not 'Allow'",
        ),
        (RCP, document(Principal="*", NotAction="s3:*"), "One: an RCP takes no NotAction"),
        (RCP, document(Principal="*", Action="*"), "One: an RCP names the service of an action"),
        (
            RCP,
            document(Principal="*", Action=["dynamodb:*", "ec2:*"]),
            "One: RCPs do not apply to ec2 (ec2:*)",
        ),
    ],
)
def test_a_form_that_is_refused_is_told(
    type_: OrganizationPolicyType, refused: dict[str, Any], told: str
) -> None:
    assert told in list(problems(type_, refused))


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({"Statement": []}, 'Version is None, and has to be "2012-10-17"'),
        ({"Version": "2012-10-17"}, "it has no Statement, or one that is no object"),
        (
            {"Version": "2012-10-17", "Statement": [{"Sid": "A"}, {"Sid": "A"}]},
            "the Sid A occurs twice",
        ),
    ],
)
def test_a_document_that_is_none_is_told(refused: dict[str, Any], told: str) -> None:
    assert told in list(problems(SCP, refused))


@pytest.mark.parametrize(("type_", "largest"), [(SCP, 10_240), (RCP, 5_120)])
def test_the_largest_document_is_taken_and_one_more_character_is_not(
    type_: OrganizationPolicyType, largest: int
) -> None:
    principal = "*" if type_ is RCP else None
    bare = size(document(Principal=principal, Resource=""))
    full = document(Principal=principal, Resource="x" * (largest - bare))
    over = document(Principal=principal, Resource="x" * (largest - bare + 1))

    assert size(full) == largest
    assert list(problems(type_, full)) == []
    assert list(problems(type_, over)) == [
        f"it has {largest + 1:,} characters and an {type_.short} at most {largest:,}: "
        "name fewer roles or Regions, or attach two"
    ]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["Version", "Statement"]), JSON))
def test_any_document_is_judged_without_failing(tree: dict[str, object]) -> None:
    for type_ in OrganizationPolicyType:
        assert all(isinstance(each, str) for each in problems(type_, tree))
