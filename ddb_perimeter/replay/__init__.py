"""Replays recorded CloudTrail events against the policies that templates would deploy.

`records` reads the files, `events` reads one record (with `identities` and `calls`), `deployed`
holds the templates, `judge` asks their policies, `replay` counts the answers, `report` tells them.
"""

from __future__ import annotations
