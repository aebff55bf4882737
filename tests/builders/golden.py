"""Golden files: what is made is compared with what was looked at and kept.

`BROADSHEET_GOLDEN=write pytest tests/unit/digest/rendering/test_cards.py` keeps what is made now; look at the
difference, then commit.
"""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


def golden(name: str, made: str) -> str:
    """The kept text of that name, to be compared with `made`."""
    path = DATA / name
    if os.environ.get("BROADSHEET_GOLDEN") == "write":
        path.write_text(made, encoding="utf-8")
    return path.read_text(encoding="utf-8")
