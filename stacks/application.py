"""The CDK app that holds the baseline, the same under the CDK command line and in a test."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import aws_cdk as cdk

_SETTINGS = Path(__file__).parents[1] / "cdk.json"


def create_app(*, outdir: str | None = None) -> cdk.App:
    """Create an app with the feature flags of `cdk.json`.

    The command line passes them by itself; read here, `python app.py` and the tests make the
    same templates. CDK's own template validation stays off: it costs more than all of the rest,
    and cfn-lint judges the templates in the tests.

    Args:
        outdir: where to write the assembly; by default where the command line says.
    """
    return cdk.App(
        outdir=outdir,
        context={
            **json.loads(_SETTINGS.read_text(encoding="utf-8"))["context"],
            # What the command line adds: findings and plans name constructs by their paths.
            "aws:cdk:enable-path-metadata": True,
            "aws:cdk:enable-asset-metadata": True,
        },
        builtin_cloud_formation_validation=False,
    )


def synthesize(app: cdk.App) -> int:
    """Write the assembly and let every check judge it.

    Args:
        app: the app; CDK prints what its checks find.

    Returns:
        0 when every check passes, else 1.
    """
    try:
        app.synth()
    except RuntimeError as error:
        # jsii makes a RuntimeError of every JavaScript error; only this one is a verdict.
        if not str(error).startswith("ValidationFailed"):
            raise
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
