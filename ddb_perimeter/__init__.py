"""Decides whether a DynamoDB data perimeter holds, from templates or a live account."""

from typing import Final

__version__: Final = "0.1.0"
