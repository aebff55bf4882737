"""The recorded corpus for long checks: a folder `shared` beside the project, which most machines do not have."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"

needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded corpus (../shared) is not on this machine"),
]
