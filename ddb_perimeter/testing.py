"""One line in the tests of any team: the perimeter holds, or the test fails with the request.

With pytest, `assert_private` is a fixture wherever this package is installed::

    def test_nobody_outside_reaches_the_data(assert_private):
        app = cdk.App()
        OrdersStack(app, "Orders")
        assert_private(app)

With any other runner, or with options, import the function::

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.testing import assert_private

    assert_private(
        "templates/orders.yaml",
        perimeter=Perimeter(accounts=frozenset({"444455556666"})),
        only=["ddb-table-policy-not-public", "ddb-policy-no-cross-account"],
    )

What fails is told as `ddb-perimeter check` tells it: verdict, findings with the offending
statement, the request that gets through, and the fix. What cannot be judged fails as well.

Nothing here imports `aws_cdk`: apps, stages, stacks and templates are known by what they can do.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory import load, load_templates
from ddb_perimeter.report import text

if TYPE_CHECKING:
    from collections.abc import Collection

    from ddb_perimeter.inventory import System

_WIDTH: Final = 100
_STACK: Final = "template"


def assert_private(
    template_or_assembly: object,
    *,
    perimeter: Perimeter | None = None,
    only: Collection[str] = (),
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Fail unless every control holds.

    A stack is judged together with its whole app: the endpoint that lets requests in, and the
    roles that the table exempts, are often those of another stack.

    Args:
        template_or_assembly: an app, a stage, a stack or a synthesized assembly of CDK, a
            `Template` of `aws_cdk.assertions`, a template as a dict, or the path of a cdk.out,
            a folder of templates or one template.
        perimeter: what is inside besides that which the templates declare.
        only: ids of the controls to ask; all of them without.
        parameters: values of template parameters instead of their defaults; ``AWS::Region`` and
            ``AWS::AccountId`` place a template that does not say where it is deployed.

    Raises:
        AssertionError: something is broken or unknown; the message is the report.
        InputError: what was given is no template, or cannot be read.
        TypeError: it is none of the above.
        UnknownControlError: one of the ids does not exist.
    """
    __tracebackhide__ = True  # pytest shows the line of the test, which is what matters
    system = _system(template_or_assembly, parameters or {})
    result = catalogue.run(system, perimeter or Perimeter(), _ids(only))
    if result.verdict is not Verdict.HOLDS:
        raise AssertionError(text.render(result, width=_WIDTH))


def _ids(only: Collection[str]) -> Collection[str]:
    """Refuse a lone string, whose letters would be taken for ids."""
    if isinstance(only, str):
        raise TypeError(f"only={only!r}: give a list of ids, e.g. only=[{only!r}]")
    return only


def _system(given: Any, parameters: Mapping[str, str]) -> System:  # noqa: ANN401 - told apart here
    """Load whatever was given."""
    if isinstance(given, str | os.PathLike):
        return load([os.fspath(given)], parameters)
    if isinstance(given, Mapping):
        return load_templates({_STACK: given}, parameters)
    if callable(getattr(given, "to_json", None)):  # aws_cdk.assertions.Template
        return load_templates({_STACK: given.to_json()}, parameters)
    if isinstance(getattr(given, "directory", None), str):  # aws_cdk.cx_api.CloudAssembly
        return load([given.directory], parameters)
    stage = given if callable(getattr(given, "synth", None)) else _root(given)
    if stage is None:
        raise TypeError(
            f"{type(given).__name__} cannot be judged: give a CDK app, stage, stack or assembly, "
            "a Template of aws_cdk.assertions, a template as a dict, or a path"
        )
    # A synth from before the test's last change would be judged otherwise.
    return load([stage.synth(force=True).directory], parameters)


def _root(given: Any) -> Any:  # noqa: ANN401 - a construct of CDK, or nothing of the kind
    """Return the app of a construct; None for anything else."""
    root = getattr(getattr(given, "node", None), "root", None)
    return root if callable(getattr(root, "synth", None)) else None
