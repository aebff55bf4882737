"""The parent's handle on the fork server (`digest.pdf.sandbox.fork_server`).

It starts the server when a child is first needed and again when the server has ended. Threads may share it: each
request has a socket of its own for its answer.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path

from digest.pdf.sandbox.protocol import ENDED, WorkerExit

_ROOT = str(Path(__file__).parents[3])
IDLE = 60.0  # seconds without work after which a server ends: it holds some 50 MB
_GRACE = 5.0  # seconds for what was told to end


class ForkServerClient:
    """The server ends with this object, with this process, or after `idle` seconds without work."""

    def __init__(self, idle: float = IDLE) -> None:
        self._idle = idle
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        self._finish: weakref.finalize[..., ForkServerClient] | None = None
        self._stopped = False

    def run(self, input_file: int, answer: int, seconds: float) -> WorkerExit | None:
        """Have a child do the job in the file `given` and write to the file `answer`.

        Blocks until the child has ended, and kills it after `seconds`. None where the server ended first: a retry
        needs files of its own, because the child may still be using these.
        """
        exit_socket, its_end = socket.socketpair()
        with exit_socket:
            with its_end:
                server = self._ask([input_file, answer, its_end.fileno()])
            ended = _ended(exit_socket, seconds)
        if ended is None:
            self._give_up(server)
        return ended

    def stop(self) -> None:
        """End the server and the children that still run, for good."""
        with self._starting:
            self._stopped = True
            if self._finish is not None:
                self._finish()

    def _ask(self, files: list[int]) -> socket.socket | None:
        """Send a request; the server's socket. One that it does not get, because it has just ended, shows by the
        request's own socket being shut."""
        with self._starting:
            if self._stopped:
                return None
            if self._requests is None or self._process is None or self._process.poll() is not None:
                self._start()
            assert self._requests is not None
            with suppress(OSError):
                socket.send_fds(self._requests, [b"."], files)
            return self._requests

    def _give_up(self, server: socket.socket | None) -> None:
        """Ask a server no more that did not answer: it is gone, be it that its end is not known yet."""
        with self._starting:
            if self._requests is server:
                self._requests = None

    def _start(self) -> None:
        if self._finish is not None:
            self._finish()
        self._requests, its_end = socket.socketpair()
        with its_end:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
                [sys.executable, "-E", "-s", "-m", "digest.pdf.sandbox.fork_server", str(self._idle)],
                stdin=its_end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,
            )
        self._finish = weakref.finalize(self, _finished, self._process, self._requests)
        # One that ends because it is idle must not stay as a zombie until the next PDF.
        threading.Thread(target=self._process.wait, name="forks", daemon=True).start()


def _ended(exit_socket: socket.socket, seconds: float) -> WorkerExit | None:
    """How a child ended, which is killed if it takes too long; None if its server is gone."""
    exit_socket.settimeout(seconds)
    try:
        answer = exit_socket.recv(ENDED.size)
    except TimeoutError:
        exit_socket.shutdown(socket.SHUT_WR)
        exit_socket.settimeout(_GRACE)
        try:
            answer = exit_socket.recv(ENDED.size)
        except TimeoutError:
            return None
    except ConnectionError:
        return None
    return WorkerExit(*ENDED.unpack(answer)) if answer else None


def _finished(process: subprocess.Popen[bytes], requests: socket.socket) -> None:
    """The server kills its children and ends when its socket is closed."""
    requests.close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
