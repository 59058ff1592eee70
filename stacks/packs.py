"""The packs of rules that every synth has to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import cdk_nag

from stacks.configuration import CheckPack

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAG_PACKS: dict[CheckPack, type[cdk_nag.NagPack]] = {
    CheckPack.AWS_SOLUTIONS: cdk_nag.AwsSolutionsChecks,
    CheckPack.NIST_800_53_R5: cdk_nag.NIST80053R5Checks,
    CheckPack.HIPAA_SECURITY: cdk_nag.HIPAASecurityChecks,
}


def add_packs(app: cdk.App, packs: Iterable[CheckPack]) -> None:
    """Let the configured packs of cdk-nag judge an app.

    Args:
        app: the app.
        packs: which ones.
    """
    plugins = [_NAG_PACKS[pack](app, verbose=True) for pack in packs]
    cdk.Validations.of(app).add_plugins(*plugins)
