"""What a process that reads a PDF can't do any more, tried in one: where the kernel does not have it, it is skipped."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from digest.pdf.sandbox.confinement import Confinement, filter_program

ATTEMPTS = {
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "a file of others": "open('/etc/passwd')",
    "a file of ours": "open(sys.argv[1])",
    "a new file": "open('/tmp/broadsheet-confinement-test', 'w')",
    "a folder": "import os; os.listdir('/etc')",
    "another program": "import os; os.execv('/bin/true', ['true'])",
    "another process": "import os, signal; os.kill(os.getppid(), 0)",
}
SCRIPT = """
import sys
from digest.pdf.sandbox.confinement import confine
confined = confine()
if confined.missing:
    print("missing", *confined.missing)
    sys.exit(0)
try:
    exec(sys.argv[2])
except OSError:
    print("refused")
else:
    print("done")
"""


def run(statement: str, secret: Path) -> str:
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(secret), statement],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    if result.stdout.startswith("missing"):
        pytest.skip(f"this kernel can't confine: {result.stdout.strip()}")
    return result.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can confine a process so")
@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_confined_process_reaches_nothing(what: str, tmp_path: Path) -> None:
    secret = tmp_path / ".env"
    secret.write_text("TELEGRAM_BOT_TOKEN=x")

    assert run(ATTEMPTS[what], secret) == "refused"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can confine a process so")
def test_a_confined_process_can_still_compute(tmp_path: Path) -> None:
    """Import what it has not imported yet, and use memory."""
    assert run("import email.mime.text, decimal; bytearray(10_000_000)", tmp_path / "x") == "done"


def test_what_is_missing_is_said_in_words() -> None:
    assert Confinement(True, True, True).missing == []
    assert Confinement(True, False, True).missing == ["files (Landlock)"]
    assert len(Confinement().missing) == 3


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_fits_the_kernel(machine: str) -> None:
    """Whole instructions, fewer than BPF's 4,096, and no jump beyond 255."""
    program = filter_program(machine)

    assert len(program) % 8 == 0
    assert len(program) // 8 < 200
