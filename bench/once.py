"""One check in a fresh process, in processor time after the imports: `bench.once PATH`."""

from __future__ import annotations

import json
import sys
import time

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory import load
from ddb_perimeter.policy.proof import Prover


def main(path: str) -> None:
    """Judge what is under a path, and print the times in seconds as JSON."""
    catalogue.controls()
    questions: list[float] = []
    _time_questions(questions)
    start = time.process_time()
    system = load([path])
    loaded = time.process_time()
    result = catalogue.run(system, Perimeter())
    done = time.process_time()
    print(
        json.dumps(
            {
                "load": loaded - start,
                "judge": done - loaded,
                "questions": questions,
                "templates": len(system.stacks),
                "resources": sum(len(stack.template.resources) for stack in system.stacks),
                "verdict": result.verdict.value,
                "unknown": sum(finding.verdict == "unknown" for finding in result.findings),
            }
        )
    )


def _time_questions(spent: list[float]) -> None:
    """Note how long the policy engine takes for each question."""
    asked = Prover._answer  # noqa: SLF001 - every question of the engine passes here

    def timed(*arguments: object) -> object:
        start = time.process_time()
        try:
            return asked(*arguments)  # type: ignore[arg-type]
        finally:
            spent.append(time.process_time() - start)

    Prover._answer = timed  # type: ignore[method-assign,assignment] # noqa: SLF001 - as above


if __name__ == "__main__":
    main(sys.argv[1])
