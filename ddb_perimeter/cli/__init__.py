"""The command line: `ddb-perimeter check | verify | replay | permissions | controls | explain`."""

from ddb_perimeter.cli.program import main

__all__ = ["main"]
