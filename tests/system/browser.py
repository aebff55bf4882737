"""A real Chromium, driven over its own protocol on a pipe: nothing of it but the program itself is needed.

    with Chromium() as browser:
        page = browser.open("file:///…/index.html", width=360, dark=True)
        page.evaluate("document.title"), page.errors, page.requests, page.screenshot()

Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.waiting import PATIENCE

CHROMIUM = shutil.which("chromium") or ""
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (Debian: apt-get install chromium)")

_FLAGS = (
    "--headless",
    "--no-sandbox",  # for root in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# The browser listens on file 3 and answers on file 4, whichever numbers the pipes have here.
_AT_3_AND_4 = (
    "import fcntl, os, sys; reads, writes = (fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3]);"
    " os.dup2(reads, 3); os.dup2(writes, 4); os.execv(sys.argv[3], sys.argv[3:])"
)
Message = dict[str, Any]


class Chromium:
    """A browser with a profile of its own, gone when the block ends."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        profile = f"--user-data-dir={self._profile.name}"
        reads, self._out = os.pipe()
        self._in, writes = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AT_3_AND_4, str(reads), str(writes), CHROMIUM, *_FLAGS, profile, "about:blank"],
            pass_fds=(reads, writes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._buffer = b""
        self._number = 0
        self.listeners: list[Callable[[Message], None]] = []

    def open(self, url: str, *, width: int = 1200, height: int = 900, dark: bool = False) -> Page:
        """A page of its own, loaded; with the colours of the day or of the night."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, width, height)
        page.prepare(dark)
        page.go(url)
        return page

    def ask(self, method: str, session: str = "", **params: Any) -> Message:
        """Call a method, and wait for what it answers."""
        self._number += 1
        number = self._number
        message: Message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._next(deadline, method)
            if answer.get("id") == number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])

    def wait_for(self, is_it: Callable[[], bool], what: str) -> None:
        """Take in what the browser tells until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_it():
            self._next(deadline, what)

    def _next(self, deadline: float, what: str) -> Message:
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise AssertionError(f"Chromium did not answer within {PATIENCE:g} seconds: {what}")
            read = os.read(self._in, 1 << 20)
            if not read:
                raise AssertionError("Chromium has ended")
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: Message = json.loads(text)
        for listener in self.listeners:
            listener(message)
        return message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()


class Page:
    """A page in the browser. `errors` is what its console complains of, `requests` what it has asked for."""

    def __init__(self, browser: Chromium, session: str, width: int, height: int) -> None:
        self._browser = browser
        self._session = session
        self._size = width, height
        self._loaded = 0
        self.errors: list[str] = []
        self.requests: list[str] = []
        browser.listeners.append(self._heard)

    def prepare(self, dark: bool) -> None:
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")
        width, height = self._size
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def go(self, url: str) -> None:
        before = self._loaded
        failed = self._ask("Page.navigate", url=url).get("errorText")
        assert not failed, f"{url}: {failed}"
        self._browser.wait_for(lambda: self._loaded > before, f"loading {url}")

    def evaluate(self, script: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        answer = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until an expression is true."""
        self.evaluate(
            f"new Promise((done) => {{ const look = () => ({script}) ? done(true) : setTimeout(look, 10); look(); }})"
        )

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of what is seen, or of the whole page."""
        data = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def print(self) -> bytes:
        """The page as it is printed, as a PDF."""
        return base64.b64decode(self._ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def without_policy(self) -> None:
        """Let a test's own script in; for the next page that is loaded."""
        self._ask("Page.setBypassCSP", enabled=True)

    def close(self) -> None:
        self._browser.listeners.remove(self._heard)
        self._ask("Page.close")

    def _ask(self, method: str, **params: Any) -> Message:
        return self._browser.ask(method, self._session, **params)

    def _heard(self, message: Message) -> None:
        if message.get("sessionId") != self._session:
            return
        params = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded += 1
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(str(params["exceptionDetails"].get("exception", params)))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.errors.append(str([one.get("value", one.get("description")) for one in params["args"]]))
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.errors.append(params["entry"]["text"])
