"""The fork server: `python -m digest.pdf.sandbox.fork_server IDLE`, with a Unix socket on standard input.

It imports the reader once and forks a child for each request, because starting an interpreter and importing pymupdf
take longer than reading most papers. A request is one byte with three descriptors: the file that the child is given,
the file for its answer, and a socket of the request's own, on which the server tells how the child ended. When the
other end of that socket is shut the child is killed; when the other end of the server's own socket is, all of them are.

The server never looks at what a child reads or writes, so nobody's PDF reaches it. It knows no secret: it is started
with an environment of its own.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import signal
import socket
import sys

from digest.pdf.sandbox import worker
from digest.pdf.sandbox.protocol import ENDED

_FILES = 1024  # descriptors at most
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class ForkServer:
    """Serves until the other end of its socket is closed, or nothing was asked of it for `idle` seconds."""

    def __init__(self, requests: socket.socket, idle: float) -> None:
        self._requests, self._idle = requests, idle
        self._woken, self._wake = socket.socketpair()  # gets a byte for each child that ends
        self._told: dict[int, socket.socket] = {}  # where the end of a child is told, by its pid
        self._selector = selectors.DefaultSelector()
        for end in (self._woken, self._wake):
            end.setblocking(False)
        for source in (self._requests, self._woken):
            self._selector.register(source, selectors.EVENT_READ)

    def serve(self) -> None:
        signal.signal(signal.SIGCHLD, _nothing)  # only a signal that has a handler wakes
        signal.set_wakeup_fd(self._wake.fileno())
        while ready := self._selector.select(None if self._told else self._idle):
            for key, _ in ready:
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                    self._reap()
                elif key.fileobj is not self._requests:
                    self._kill(key.data)
                elif not self._accept():
                    for pid in self._told:
                        _killed(pid)
                    return

    def _accept(self) -> bool:
        """Fork a child for the next request; False when there will be none."""
        request, files, _, _ = socket.recv_fds(self._requests, 1, 3)
        if not request:
            return False
        input_file, answer, exit_socket = files
        pid = os.fork()
        if pid == 0:
            _be_child(input_file, answer)
        os.close(input_file)
        os.close(answer)
        self._told[pid] = socket.socket(fileno=exit_socket)
        self._selector.register(self._told[pid], selectors.EVENT_READ, pid)
        return True

    def _reap(self) -> None:
        while self._told:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            with self._told.pop(pid) as exit_socket:
                self._forget(exit_socket)
                try:
                    exit_socket.send(ENDED.pack(os.waitstatus_to_exitcode(status), usage.ru_maxrss * _RSS_UNIT))
                except OSError:
                    continue  # whoever asked is gone

    def _kill(self, pid: int) -> None:
        """Nobody waits for a child any longer. Its end is told like any other's."""
        exit_socket = self._told.get(pid)
        if exit_socket is not None:  # else it was reaped a moment ago
            self._forget(exit_socket)
            _killed(pid)

    def _forget(self, exit_socket: socket.socket) -> None:
        if exit_socket in self._selector.get_map():
            self._selector.unregister(exit_socket)


def _nothing(*_: object) -> None:
    """The byte on the wake-up descriptor says it all."""


def _killed(pid: int) -> None:
    """Kill a child and whatever it may have started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not come to lead a group yet
        os.kill(pid, signal.SIGKILL)


def _be_child(input_file: int, answer: int) -> None:
    """In the child: keep nothing of the server's but its imports, do the job, and end without its clean-up."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(input_file, 0)
        os.dup2(answer, 1)
        os.closerange(3, _FILES)
        worker.main()
        os._exit(0)
    finally:
        os._exit(1)


def warm_up() -> None:
    """Read a page of our own, so that what is imported or built at its first use is there before a child is forked."""
    import digest.pdf.figure_image  # noqa: F401
    from digest.html.html_paper import read_page
    from digest.pdf.extract.mupdf import pymupdf
    from digest.pdf.extract.pdf_document import PdfDocument
    from digest.pdf.sandbox.serialisation import text_to
    from digest.pdf.structure.assemble import assemble_paper

    read_page(b"<article class=ltx_document><h1 class=ltx_title_document>A title</h1><p>A word.</p></article>")
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "1 Introduction", fontname="hebo", fontsize=14)
    for line in range(40):
        page.insert_text((72, 100 + 12 * line), "A paper has words, and num-", fontname="tiro", fontsize=10)
    with PdfDocument(document.tobytes(), max_pages=1) as pdf:
        text_to(assemble_paper(list(pdf.pages()), pdf.about()))


def main() -> None:
    """Get ready, then serve."""
    warm_up()
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    gc.disable()  # a child lives for one file and makes no cycles worth looking for
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as requests:
        ForkServer(requests, float(sys.argv[1])).serve()


if __name__ == "__main__":
    main()
