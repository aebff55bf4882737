"""The fork server: its children are alone, and neither they nor it outlive who asked for them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.models.notice import Notice
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_bytes
from digest.pdf.result import ReadFailure, ReadOutcome
from digest.pdf.sandbox import supervisor
from digest.pdf.sandbox.fork_client import ForkServerClient
from digest.pdf.sandbox.protocol import WorkerExit
from digest.settings import ReadingLimits
from tests.builders.hostile_pdfs import nested_forms, scanned
from tests.builders.pdfs import small_paper
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")]

ROOT = Path(__file__).parents[3]
PAPER = small_paper()
LONG = ReadingLimits(cpu_seconds=60, wall_seconds=180)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServerClient]:
    """A server of the test's own, so that it sees no other's children."""
    forks = ForkServerClient()
    monkeypatch.setattr(supervisor, "_FORKS", forks)
    yield forks
    forks.stop()


def until(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def parents() -> dict[int, int]:
    """The fork servers and their children on this machine: pid -> its parent's."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"digest.pdf.sandbox.fork_server" in (process / "cmdline").read_bytes():
                found[int(process.name)] = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:  # it has just ended
            continue
    return found


def children(parent: int | None) -> list[int]:
    return [pid for pid, its_parent in parents().items() if its_parent == parent]


def server(forks: ForkServerClient) -> int:
    assert forks._process is not None
    return forks._process.pid


class Reading:
    """A PDF that is read in a thread, once its child is at work."""

    def __init__(self, forks: ForkServerClient, data: bytes = b"") -> None:
        self.outcome: ReadOutcome | None = None
        self._data = data or nested_forms()
        self._thread = threading.Thread(target=self._read)
        before = children(server(forks)) if forks._process else []
        self._thread.start()
        until(lambda: forks._process and set(children(server(forks))) - set(before))
        self.child = next(iter(set(children(server(forks))) - set(before)))

    def _read(self) -> None:
        self.outcome = read_bytes(self._data, LONG)

    def end(self) -> ReadOutcome | None:
        self._thread.join()
        return self.outcome


def files_of(pid: int) -> list[str]:
    return [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]


def test_a_child_is_alone(forks: ForkServerClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It has neither our environment nor our files, nor the server's socket, nor its siblings'."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:secret")
    with (tmp_path / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        first, second = Reading(forks), Reading(forks)
        until(lambda: len(files_of(second.child)) == 3)
        environment = Path(f"/proc/{second.child}/environ").read_bytes()
        files = files_of(second.child)
        groups = {os.getpgid(pid) for pid in (first.child, second.child, server(forks), os.getpid())}
        forks.stop()
        first.end()
        second.end()

    assert b"secret" not in environment
    assert str(tmp_path / "open") not in files
    assert not [file for file in files if file.startswith(("socket:", "anon_inode:"))]
    assert len(groups) == 4


def test_nothing_is_left_open_or_running(forks: ForkServerClient) -> None:
    """Reading many files leaves neither open files nor children behind; stopping leaves no server."""
    read_bytes(PAPER, LONG)
    ours, its = len(list(Path("/proc/self/fd").iterdir())), len(files_of(server(forks)))
    for data in (PAPER, b"%PDF-1.7 broken", scanned(), PAPER[:900]):
        read_bytes(data, LONG)

    assert len(list(Path("/proc/self/fd").iterdir())) == ours
    until(lambda: len(files_of(server(forks))) <= its)  # it answers before it closes its end
    assert children(server(forks)) == []
    pid = server(forks)
    forks.stop()
    assert pid not in parents()


def test_a_child_that_takes_too_long_is_killed(forks: ForkServerClient, tmp_path: Path) -> None:
    """By the server, for who waits: also where the child's own alarm does not ring."""
    given, answer = tmp_path / "given", tmp_path / "answer"
    given.write_bytes(supervisor.job_of("read", LONG).as_line() + nested_forms())
    with given.open("rb") as one, answer.open("w+b") as other:
        ended = forks.run(one.fileno(), other.fileno(), 1.5)

    assert ended is not None
    assert ended.code == -signal.SIGKILL
    assert children(server(forks)) == []


def test_a_server_that_is_gone_is_started_again(forks: ForkServerClient) -> None:
    """Killed while a paper is read, it costs a moment and no paper."""
    reading = Reading(forks)
    gone = server(forks)
    os.kill(gone, signal.SIGKILL)
    until(lambda: server(forks) != gone and children(server(forks)))
    for child in (reading.child, *children(server(forks))):
        os.kill(child, signal.SIGKILL)

    assert isinstance(reading.end(), ReadFailure)
    assert isinstance(read_bytes(PAPER, LONG), PaperText)


class Dying(ForkServerClient):
    """Its server is gone the first time, while the child goes on with the files that it was given."""

    asked = 0

    def run(self, given: int, answer: int, seconds: float) -> WorkerExit | None:
        self.asked += 1
        if self.asked > 1:
            return super().run(given, answer, seconds)
        os.lseek(given, 0, os.SEEK_END)
        os.write(answer, b"R half of an answer")
        return None


def test_a_child_whose_server_is_gone_disturbs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may still read what it was given and write its answer: the next child has files of its own."""
    forks = Dying()
    monkeypatch.setattr(supervisor, "_FORKS", forks)

    assert isinstance(read_bytes(PAPER, LONG), PaperText)
    forks.stop()


def test_where_no_server_stays_up_a_file_is_not_read(forks: ForkServerClient) -> None:
    """It is an answer like any other, and comes at once."""
    forks.stop()

    assert read_bytes(PAPER, LONG) == ReadFailure(Notice.of("pdf.no_reader"))


def test_an_idle_server_ends_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds memory that a small server may need all day."""
    forks = ForkServerClient(idle=0.1)
    monkeypatch.setattr(supervisor, "_FORKS", forks)
    for _ in range(2):
        assert isinstance(read_bytes(PAPER, LONG), PaperText)
        process = forks._process
        assert process is not None
        until(lambda: process.poll() is not None)  # noqa: B023 - asked at once
        assert process.returncode == 0
    forks.stop()


def test_a_process_that_is_killed_leaves_nobody_behind() -> None:
    """Neither the server nor a child that reads; also when nothing could be said to them."""
    work = "from digest.pdf.reader import read_bytes; from digest.settings import ReadingLimits;"
    work += "from tests.builders.hostile_pdfs import nested_forms;"
    work += "read_bytes(nested_forms(), ReadingLimits(cpu_seconds=60, wall_seconds=60))"
    with subprocess.Popen([sys.executable, "-c", work], cwd=ROOT) as parent:
        until(lambda: children(parent.pid) and children(children(parent.pid)[0]))
        its_server = children(parent.pid)[0]
        its_child = children(its_server)[0]
        parent.kill()
    until(lambda: not {its_server, its_child} & parents().keys())


def test_a_bot_that_ends_waits_for_no_reader() -> None:
    """`stop_workers` ends the server and its children, and whoever waits for them."""
    work = "import threading; from digest.engine.engine import stop_workers;"
    work += "from digest.pdf.reader import read_bytes;"
    work += "from digest.settings import ReadingLimits; from tests.builders.hostile_pdfs import nested_forms;"
    work += "threading.Thread(target=read_bytes, args=(nested_forms(), ReadingLimits(cpu_seconds=60))).start();"
    work += "input(); stop_workers()"
    with subprocess.Popen([sys.executable, "-c", work], cwd=ROOT, stdin=subprocess.PIPE) as parent:
        until(lambda: children(parent.pid) and children(children(parent.pid)[0]))
        theirs = {children(parent.pid)[0], *children(children(parent.pid)[0])}
        assert parent.stdin is not None
        parent.stdin.write(b"end\n")
        parent.stdin.close()
        until(lambda: parent.poll() is not None)

    assert not theirs & parents().keys()
