"""The command line of the sample workload."""

from workload.cli.program import main

__all__ = ["main"]
