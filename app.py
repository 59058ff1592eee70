"""The CDK app: reads the configuration, builds the stacks of each Region, runs the checks."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from stacks.configuration import ConfigurationError, load_configuration
from stacks.jsii_node import use_pinned_node


def main() -> int:
    """Synthesize the baseline.

    Returns:
        0 when every check passes, 1 on a violation, 2 when the configuration cannot be used.
    """
    use_pinned_node()
    # Only now: these imports start node.
    from stacks.application import create_app, synthesize  # noqa: PLC0415
    from stacks.baseline import build_baseline  # noqa: PLC0415
    from stacks.checks import add_checks  # noqa: PLC0415

    # The command line sets CDK_OUTDIR; without it, write where it would.
    app = create_app(outdir=None if "CDK_OUTDIR" in os.environ else "cdk.out")
    path = Path(app.node.try_get_context("config") or "baseline.toml")
    try:
        configuration = load_configuration(path, today=dt.datetime.now(tz=dt.UTC).date())
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    build_baseline(app, configuration)
    add_checks(app, configuration)
    return synthesize(app)


if __name__ == "__main__":
    sys.exit(main())
