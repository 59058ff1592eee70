"""Sessions whose clients know the declared operations alone, but for those of signing in.

So no client here can change anything that it reads about, whatever the credentials allow; and one
of EC2 with a dozen operations is made in a tenth of the time that its seven hundred take.
"""

from __future__ import annotations

from typing import Any, Final

import boto3
import botocore.session
from botocore import xform_name
from botocore.loaders import Loader

from ddb_perimeter.inventory.live.calls import CALLS

_SIGN_IN: Final = frozenset({"sts", "sso", "sso-oidc", "signin"})
"""Services that credentials come from, by calls that botocore makes for itself."""

_BY_ITSELF: Final = {"s3": frozenset({"head_bucket"})}
"""Reads that botocore makes for itself: where a bucket is, when S3 refuses without telling."""

_DECLARED: Final = {
    service: frozenset(call.operation for call in CALLS if call.service == service)
    | _BY_ITSELF.get(service, frozenset())
    for service in {call.service for call in CALLS} - _SIGN_IN
}


class _DeclaredCalls(Loader):  # type: ignore[misc]  # botocore ships no types
    """Loads the API of a service without what is not declared."""

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:  # noqa: ANN401 - botocore's own models
        """Return a model; of an API, the declared operations alone.

        Args:
            service_name: name of the service's client.
            type_name: kind of model, e.g. ``service-2``.
            api_version: its version; the newest when not given.
        """
        model = super().load_service_model(service_name, type_name, api_version)
        if type_name != "service-2" or service_name in _SIGN_IN:
            return model
        declared = _DECLARED.get(service_name, frozenset())
        operations = model["operations"].items()
        return {
            **model,
            "operations": {name: each for name, each in operations if xform_name(name) in declared},
        }


def reading_session(profile: str | None = None) -> boto3.Session:
    """Return a session of boto3 whose clients know the declared operations alone.

    Args:
        profile: a profile of the user's AWS configuration; None for the usual credentials.

    Raises:
        botocore.exceptions.BotoCoreError: the AWS configuration cannot be used.
    """
    core = botocore.session.Session(profile=profile)
    paths = core.get_component("data_loader").search_paths
    core.register_component(
        "data_loader", _DeclaredCalls(paths, include_default_search_paths=False)
    )
    return boto3.Session(botocore_session=core)
