"""Run the command line: `python -m workload`."""

from workload.cli import main

main()
