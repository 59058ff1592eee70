"""When an organization policy surely binds an account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddb_perimeter.inventory import Inventory
from ddb_perimeter.inventory.organization import (
    ORGANIZATION_POLICY,
    OrganizationPolicy,
    organization_policies,
)
from ddb_perimeter.inventory.resource import Resource
from ddb_perimeter.policy.organization import OrganizationPolicyType
from ddb_perimeter.unknown import Unknown

OURS, OTHER = "111122223333", "444455556666"
A, B = "ou-ab12-aaaaaaaa", "ou-ab12-bbbbbbbb"
IDS = st.frozensets(st.sampled_from([OURS, OTHER, A, B]))


def policy(**properties: object) -> OrganizationPolicy:
    resource = Resource.recorded(
        ORGANIZATION_POLICY,
        {"Name": "guard", "Type": "SERVICE_CONTROL_POLICY", "Content": {}, **properties},
        physical="guard",
    )
    (found,) = organization_policies(Inventory([resource]))
    return found


@pytest.mark.parametrize(
    ("targets", "units", "binds"),
    [
        pytest.param([OURS], [], True, id="attached to the account"),
        pytest.param([A], [], False, id="attached to a unit that nobody declares"),
        pytest.param([A], [A], True, id="attached to the declared unit"),
        pytest.param([A, B], [A], True, id="attached to more than the declared unit"),
        pytest.param([A], [A, B], False, id="attached to one of two units"),
        pytest.param([OTHER], [], False, id="attached to another account"),
        pytest.param([OTHER], [OTHER], False, id="the account is in none of the declared"),
        pytest.param([A, OTHER], [A, OTHER], True, id="units, and an account that is another"),
        pytest.param([A], [A, OURS], False, id="the account itself is declared, and not named"),
        pytest.param([], [], False, id="attached to nothing"),
    ],
)
def test_a_policy_binds_only_where_it_surely_does(
    targets: list[str], units: list[str], *, binds: bool
) -> None:
    assert policy(TargetIds=targets).binds(OURS, frozenset(units)) is binds


@given(targets=IDS, units=IDS)
def test_whoever_is_said_to_be_bound_is_so_wherever_the_account_is(
    targets: frozenset[str], units: frozenset[str]
) -> None:
    """Every place where the declaration allows the account to be is under some target."""
    if policy(TargetIds=sorted(targets)).binds(OURS, units):
        places = {unit for unit in units if unit == OURS or unit.startswith("ou-")} or {OURS}
        assert all(OURS in targets or place in targets for place in places)


def test_targets_that_cannot_be_told_bind_nobody() -> None:
    unknown = policy(TargetIds=[OURS, Unknown("Target", "a parameter")])

    assert isinstance(unknown.targets, Unknown)
    assert not unknown.binds(OURS, frozenset({OURS}))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is no JSON"),
        ('{"Statement": "⟦Stack.Thing⟧"}', "it is text with values that only AWS knows"),
        (None, "the policy has no document"),
    ],
)
def test_a_document_that_cannot_be_read_is_unknown(content: object, why: str) -> None:
    document = policy(Content=content).document

    assert isinstance(document, Unknown)
    assert document.why == why


def test_a_document_may_be_text() -> None:
    assert policy(Content='{"Version": "2012-10-17"}').document == {"Version": "2012-10-17"}


def test_a_type_that_nobody_knows_is_unknown_and_other_kinds_are_left_out() -> None:
    assert isinstance(policy(Type="NEW_POLICY").type, Unknown)
    assert policy(Type="RESOURCE_CONTROL_POLICY").type is OrganizationPolicyType.RESOURCE_CONTROL
    tags = Resource.recorded(ORGANIZATION_POLICY, {"Type": "TAG_POLICY"}, physical="tags")
    assert organization_policies(Inventory([tags])) == ()
