"""The checks that every synth has to pass: our own, and the packs of cdk-nag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import cdk_nag

from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.controls.perimeter import current_day
from ddb_perimeter.plugin import PrivateDynamoDbChecks
from stacks.configuration import CheckPack

if TYPE_CHECKING:
    from stacks.configuration import Configuration

_NAG_PACKS: dict[CheckPack, type[cdk_nag.NagPack]] = {
    CheckPack.AWS_SOLUTIONS: cdk_nag.AwsSolutionsChecks,
    CheckPack.NIST_800_53_R5: cdk_nag.NIST80053R5Checks,
    CheckPack.HIPAA_SECURITY: cdk_nag.HIPAASecurityChecks,
}


def add_checks(app: cdk.App, configuration: Configuration) -> None:
    """Let the baseline's own checks and the configured packs of cdk-nag judge an app.

    Args:
        app: the app.
        configuration: names the packs, and what is inside the perimeter.
    """
    packs = [_NAG_PACKS[pack](app, verbose=True) for pack in configuration.checks.packs]
    perimeter = perimeter_of(configuration.model_dump(), current_day())
    cdk.Validations.of(app).add_plugins(PrivateDynamoDbChecks(perimeter), *packs)
