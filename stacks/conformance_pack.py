"""`python -m stacks.conformance_pack CONFIG FOLDER`: the conformance packs as files to deploy."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stacks.configuration import ConfigurationError, load_configuration
from stacks.jsii_node import use_pinned_node

if TYPE_CHECKING:
    from collections.abc import Sequence


def write_packs(config: Path, folder: Path) -> list[Path]:
    """Write the pack of every Region of a configuration.

    Args:
        config: the configuration file.
        folder: where the packs go; created where it is missing.

    Returns:
        The files, named after their Regions.

    Raises:
        ConfigurationError: the configuration cannot be used.
        OSError: a file cannot be written.
    """
    configuration = load_configuration(config, today=dt.datetime.now(tz=dt.UTC).date())
    use_pinned_node()
    # Only now: these imports start node.
    from stacks.application import create_app  # noqa: PLC0415
    from stacks.compliance import regional_pack  # noqa: PLC0415

    app = create_app()
    packs = {
        folder / f"{region.name}.yaml": regional_pack(app, configuration, region)
        for region in configuration.regions
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in packs.items():
        path.write_text(body, encoding="utf-8")
    return list(packs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the packs and name them.

    Args:
        arguments: of the command line; those of the process when not given.

    Returns:
        0 when they are written, 2 when the configuration or the folder cannot be used.
    """
    parser = argparse.ArgumentParser(
        prog="python -m stacks.conformance_pack",
        description="Write AWS Config's rules of every Region as conformance packs.",
    )
    parser.add_argument("config", type=Path, help="one configuration, e.g. baseline.toml")
    parser.add_argument("folder", type=Path, help="where the packs are written")
    options = parser.parse_args(arguments)
    try:
        for path in write_packs(options.config, options.folder):
            sys.stdout.write(f"{path}\n")
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(
            f"{options.folder}: cannot be written: {error.strerror}; name another folder\n"
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
