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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import moto.core
import moto.kms.models
from moto import mock_aws
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from tests.live.emulation.gaps.catalogue import GAPS
from tests.live.emulation.stubs import STUBS, Store, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

ACCOUNT: Final = "111122223333"
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
    """

    content: bytes
    names: dict[str, str]


@contextmanager
def emulated(snapshot: Snapshot | None = None) -> Iterator[boto3.Session]:
    """Open an account: empty, or with what it had when the snapshot was taken.

    Args:
        snapshot: what is in it.

    Yields:
        A session with nobody's credentials; no call of it leaves the process.
    """
    stores: dict[tuple[str, str], Store] = {}
    with (
        patch.dict(os.environ, _ENVIRONMENT),
        patch.object(moto.core, "DEFAULT_ACCOUNT_ID", ACCOUNT),
        # moto makes an RSA key for each symmetric one: slow, and it cannot be kept as bytes.
        patch.object(moto.kms.models, "generate_private_key", return_value=None),
        mock_aws(),
    ):
        for profile in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            os.environ.pop(profile, None)
        try:
            if snapshot is not None:
                stores = _restore(snapshot.content)
            STUBS.open(ACCOUNT, GAPS, stores)
            yield session()
        finally:
            STUBS.close()
            _forget()


def take(names: dict[str, str]) -> Snapshot:
    """Keep everything that the open account has.

    Args:
        names: real names by what placeholders hold.
    """
    backends = [
        (service.service_name, account, region, backend)
        for service in BackendDict._instances  # noqa: SLF001 - moto lists them nowhere else
        for account, region, backend in service.iter_backends()
    ]
    content = io.BytesIO()
    pickle.dump((backends, STUBS.stores), content, protocol=pickle.HIGHEST_PROTOCOL)
    return Snapshot(content.getvalue(), dict(names))


def _restore(content: bytes) -> dict[tuple[str, str], Store]:
    backends, stores = pickle.loads(content)  # noqa: S301 - written by `take`
    for service, account, region, backend in backends:
        get_backend(service)[account][region] = backend
    found: dict[tuple[str, str], Store] = stores
    return found


def _forget() -> None:
    """Drop every backend; moto would build each anew to empty it."""
    for service in BackendDict._instances:  # noqa: SLF001 - as above
        service.clear()
    BackendDict._instances.clear()  # noqa: SLF001 - as above


def settle(account: boto3.Session, roles: tuple[str, ...]) -> None:
    """Give an empty account what every account has before the baseline comes.

    moto has 1,500 policies of AWS or none: these are the ones that the baseline attaches.

    Args:
        account: a session of the account.
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
