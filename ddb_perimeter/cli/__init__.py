"""The command line: `ddb-perimeter check | controls | explain`."""

from ddb_perimeter.cli.program import main

__all__ = ["main"]
