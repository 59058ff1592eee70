"""An account in memory: moto, what it lacks, and everything that the baseline deploys.

Deploying takes a second, so it is done once and kept as bytes. Every test works on an account of
its own that is made of them.
"""

from __future__ import annotations

import io
import json
import os
import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import moto.core
import moto.kms.models
from moto import mock_aws
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, ManagedPolicy, iam_backends

from tests.live.emulation.gaps.catalogue import GAPS
from tests.live.emulation.stubs import Content, Stubs, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from tests.live.emulation.deployment import Deployment

ACCOUNT: Final = "111122223333"
HOME: Final = "us-east-1"
"""The Region of the trail."""

_STUBS: Final = Stubs(GAPS)
"""The only ones: botocore takes handlers for good, so they are registered once."""

_ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_ACCOUNT_ID": ACCOUNT,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}
"""Nobody's credentials, and an account id of ours."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything in an account.

    Args:
        content: the account, pickled.
        names: real names by what placeholders hold, ``STACK.LOGICAL_ID``.
        ids: real ids and names by construct path.
        recorded: answers to reads of it, as they come up.
    """

    content: bytes
    names: dict[str, str]
    ids: dict[str, str]
    recorded: dict[tuple[str, ...], bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """An open account, as tests look at it and change it.

    Args:
        session: a session with nobody's credentials.
        ids: real ids and names of what was deployed, by construct path.
    """

    session: boto3.Session
    ids: dict[str, str]

    def client(self, service: str, region: str = HOME) -> Any:  # noqa: ANN401 - boto3 has no types
        """Return a client.

        Args:
            service: service as boto3 spells it.
            region: its Region.
        """
        return self.session.client(service, region_name=region)

    def id(self, path: str) -> str:
        """Return the id or name of what was deployed.

        Args:
            path: construct path without the Region, e.g. ``Data/Cache/Role``.
        """
        return self.ids[f"{HOME}/{path}"]


@contextmanager
def emulated(snapshot: Snapshot | None = None) -> Iterator[Account]:
    """Open an account: empty, or with what it had when the snapshot was taken.

    Args:
        snapshot: what is in it.

    Yields:
        The account; no call of its session leaves the process.
    """
    with (
        patch.dict(os.environ, _ENVIRONMENT),
        patch.object(moto.core, "DEFAULT_ACCOUNT_ID", ACCOUNT),
        # moto makes an RSA key for each symmetric one: slow, and it cannot be kept as bytes.
        patch.object(moto.kms.models, "generate_private_key", return_value=None),
        # moto leaves these out where it lists all identities with their policies.
        patch.object(ManagedPolicy, "policy_name", property(attrgetter("name")), create=True),
        patch.object(ManagedPolicy, "policy_id", property(attrgetter("id")), create=True),
        mock_aws(),
    ):
        for profile in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            os.environ.pop(profile, None)
        try:
            content = Content(ACCOUNT) if snapshot is None else _restore(snapshot)
            with _STUBS.open(content):
                yield Account(session(), {} if snapshot is None else snapshot.ids)
        finally:
            _forget()


def take(deployment: Deployment) -> Snapshot:
    """Keep everything that the open account has.

    Args:
        deployment: what was deployed there.
    """
    backends = [
        (service.service_name, account, region, backend)
        for service in _services()
        for account, region, backend in service.iter_backends()
    ]
    content = io.BytesIO()
    assert _STUBS.content is not None
    stubbed = Content(ACCOUNT, _STUBS.content.stores)
    for store in stubbed.stores.values():
        store.content = stubbed
    pickle.dump((backends, stubbed), content, protocol=pickle.HIGHEST_PROTOCOL)
    return Snapshot(content.getvalue(), deployment.names, deployment.ids)


def _restore(snapshot: Snapshot) -> Content:
    backends, content = pickle.loads(snapshot.content)  # noqa: S301 - written by `take`
    for service, account, region, backend in backends:
        get_backend(service)[account][region] = backend
    opened: Content = content
    opened.recorded = snapshot.recorded
    return opened


def _forget() -> None:
    """Drop every backend; moto would build each anew to empty it, and look up its Regions."""
    for service in _services():
        for account in service.values():
            account.clear()
    _services().clear()


def _services() -> list[BackendDict[Any]]:
    """Return the services in use, as moto itself keeps them."""
    return BackendDict._instances  # type: ignore[misc]  # noqa: SLF001 - it tells nobody else


def settle(account: Account, roles: tuple[str, ...]) -> None:
    """Give an empty account what every account has before the baseline comes.

    moto has 1,500 policies of AWS or none: these are the ones that the baseline attaches.

    Args:
        account: the account.
        roles: names of roles that exist already.
    """
    backend = iam_backends[ACCOUNT]["aws"]
    data = json.loads(aws_managed_policies_data)
    for name in ("AWSLambdaBasicExecutionRole", "AWSBackupServiceRolePolicyForBackup"):
        policy = AWSManagedPolicy.from_data(name, ACCOUNT, "us-east-1", data[name])
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[policy.arn] = policy
    iam = account.client("iam")
    for role in roles:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(_trust(role)))


def _trust(role: str) -> dict[str, Any]:
    """Return who assumes a role that was there before: CloudFormation, or somebody by hand."""
    principal = (
        {"Service": "cloudformation.amazonaws.com"}
        if "cfn-exec" in role
        else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    )
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }
