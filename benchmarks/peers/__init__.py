"""Other projects, each in an environment of its own, installed from the package index when it is first measured.

answer = ask("paperweight", ["academic-paperweight"], feed, keywords)        what `paperweight.py` prints, as JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INSTALLING, RUNNING = 240, 300  # seconds at most


class PeerError(Exception):
    """Why a peer can't be measured."""


def ask(script: str, packages: list[str], *arguments: str, kept_in: Path | None = None) -> dict[str, Any]:
    """The answer of a script of this folder, run where the packages are installed. Raises `PeerError`."""
    with tempfile.TemporaryDirectory() as temporary:
        python = _installed(Path(kept_in or temporary) / script, packages)
        try:
            done = subprocess.run(
                [python, "-P", HERE / f"{script}.py", *arguments],
                capture_output=True,
                text=True,
                timeout=RUNNING,
                check=True,
            )
            answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        except subprocess.TimeoutExpired:
            raise PeerError(f"not done in {RUNNING} s") from None
        except (subprocess.CalledProcessError, ValueError, IndexError) as error:
            said = getattr(error, "stderr", "") or str(error)
            raise PeerError(f"failed: {said.strip().splitlines()[-1][:150]}") from None
        return answer


def _installed(folder: Path, packages: list[str]) -> Path:
    """The interpreter of an environment with the packages."""
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=INSTALLING)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(install, check=True, capture_output=True, timeout=INSTALLING)
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerError(f"{' '.join(packages)} can't be installed here: {type(error).__name__}") from None
    return python
