"""Calls and their parameters are spelled as the services spell them: a misspelt one never comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import botocore.session
import pytest

from private_dynamodb import ALERTS
from private_dynamodb.detection.alert import Calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel

# Where CloudTrail has another name than the service's model.
SERVICES = {"access-analyzer": "accessanalyzer", "monitoring": "cloudwatch"}
CALLS = {"PutBucketPublicAccessBlock": "PutPublicAccessBlock"}
PARAMETERS = {"bucketName": "bucket"}
SIGNALS = [
    pytest.param(signal, id=f"{alert.id}-{number}")
    for alert in ALERTS
    for number, signal in enumerate(alert.signals)
    if isinstance(signal, Calls)
]


@pytest.fixture(scope="module")
def session() -> botocore.session.Session:
    return botocore.session.get_session()


def operations(session: botocore.session.Session, calls: Calls) -> Iterator[OperationModel]:
    model = session.get_service_model(SERVICES.get(calls.service, calls.service))
    for name in calls.names:
        yield model.operation_model(CALLS.get(name, name))


def parameters(operation: OperationModel) -> set[str]:
    """Spell parameters as CloudTrail does: as sent, and those of newer calls of EC2 wrapped."""
    shape = operation.input_shape
    members = {
        str(member.serialization.get("name", name))
        for name, member in ({} if shape is None else shape.members).items()
    }
    return {f"{name[0].lower()}{name[1:]}" for name in members} | {
        f"{operation.name}Request.{name}" for name in members
    }


@pytest.mark.parametrize("calls", SIGNALS)
def test_every_call_and_parameter_exists(calls: Calls, session: botocore.session.Session) -> None:
    known = set().union(*(parameters(each) for each in operations(session, calls)))

    for path in calls.parameters:
        first, _, rest = path.partition(".")
        wanted = f"{first}.{rest.partition('.')[0]}" if first.endswith("Request") else first
        assert PARAMETERS.get(wanted, wanted) in known, path


@pytest.mark.parametrize("calls", SIGNALS)
def test_a_call_that_is_told_by_what_it_is_about_names_it(
    calls: Calls, session: botocore.session.Session
) -> None:
    """A call without any of the parameters would never be told."""
    paths = {PARAMETERS.get(path, path).split(".")[0] for path, _ in calls.where}
    for operation in operations(session, calls) if paths else ():
        known = {each.split(".")[0] for each in parameters(operation)}

        assert paths & known, operation.name
