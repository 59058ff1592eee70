"""What differs between the promise of templates and what an account has.

`kinds` tells what is compared of each type, `things` reads both sides, `pairs` finds what belongs
together, `binding` remembers which id AWS gave to what the templates only name, `meaning` compares
values, and `control` makes a control of it: its findings are in the same reports as all others.
"""

from __future__ import annotations

from ddb_perimeter.drift.control import ID, drift_control, promise

__all__ = ["ID", "drift_control", "promise"]
