"""A Dask cluster as an executor: functions of modules, with plain data both ways, run on whichever worker is free.

A worker that dies costs a retry on another one. When the cluster itself is lost (no scheduler, no worker, a task that
took several workers with it) the caller gets `ClusterError` and does the work at home; the scheduler is looked for
again after a while. Work is sent whole, never kept on a worker, so nothing is lost with one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from digest.errors import ConfigError

if TYPE_CHECKING:
    from distributed import Client

CONNECT = 10.0  # seconds that a scheduler may take to answer
LOOK_AGAIN = 60.0  # seconds until a scheduler that did not answer is asked again
START_TIMEOUT = 30.0  # seconds that work waits for a first worker
_GLANCE = 2.0  # seconds between two looks at whether there is any worker
_CALM = {
    "distributed.admin.large-graph-warning-threshold": "1GB",  # a PDF travels with its task: then a retry has it too
    "distributed.comm.retry.count": 2,
}
P = ParamSpec("P")
T = TypeVar("T")


class ClusterError(Exception):
    """The cluster did not do the work; nothing is known against the work itself."""


@dataclass(frozen=True, slots=True)
class _TaskResult:
    """What a worker sends back: a result, or what the work raised. So whatever Dask raises is about the cluster."""

    result: object = None
    error: Exception | None = None


def _do(work: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> _TaskResult:
    """On the worker."""
    try:
        return _TaskResult(work(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        return _TaskResult(error=error)


class DaskExecutor(Executor):
    """At most `at_once` pieces of work are under way. Nothing connects before the first one."""

    def __init__(self, address: str, at_once: int, connect: float = CONNECT) -> None:
        self._address, self._connect_timeout = address, connect
        self._waiting = ThreadPoolExecutor(at_once, thread_name_prefix="cluster")
        self._connecting = threading.Lock()
        self._client: Client | None = None
        self._not_before = 0.0  # in monotonic seconds
        self._closed = False

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Raises in the future what the work raised, or `ClusterError`."""
        return self._waiting.submit(self._run, work, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """What is under way on workers is given up: the client that waited for it is gone."""
        self._closed = True
        with self._connecting:
            self._forget(self._client)
        self._waiting.shutdown(wait, cancel_futures=cancel_futures)

    def _run(self, work: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        client = self._connected()
        try:
            task = client.submit(_do, work, args, kwargs, pure=False)
            done: _TaskResult = self._waited_for(client, task)
        except (Exception, CancelledError) as error:
            if _is_gone(client):
                with self._connecting:
                    self._forget(client)
            raise ClusterError(f"the cluster did not do it: {type(error).__name__}") from error
        if done.error is not None:
            raise done.error
        return done.result  # type: ignore[return-value]  # what `work` returned, through two processes

    def _waited_for(self, client: Client, task: Any) -> _TaskResult:
        """The task's result. Work waits for a free worker as long as it takes, but not for there being any."""
        last_seen = time.monotonic()
        while True:
            try:
                done: _TaskResult = task.result(timeout=_GLANCE)
            except TimeoutError:
                if _is_gone(client):
                    raise
                now = time.monotonic()
                last_seen = now if client.scheduler_info().get("workers") else last_seen
                if now > last_seen + START_TIMEOUT:
                    task.cancel()
                    raise
            else:
                return done

    def _connected(self) -> Client:
        with self._connecting:
            if self._closed:
                raise ClusterError("the cluster is not used any more")
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> Client:
        if time.monotonic() < self._not_before:
            raise ClusterError(f"no scheduler answered at {self._address} a moment ago")
        import dask.config
        from distributed import Client

        dask.config.set(_CALM)
        try:
            name = f"broadsheet-{os.getpid()}"
            return Client(self._address, timeout=self._connect_timeout, set_as_default=False, name=name)
        except (OSError, ValueError) as error:
            self._not_before = time.monotonic() + LOOK_AGAIN
            raise ClusterError(f"no scheduler answers at {self._address}") from error

    def _forget(self, client: Client | None) -> None:
        """Close a client. With it every task that it waits for ends in an error."""
        if client is not None and client is self._client:
            self._client = None
            client.close(timeout=2)


def _is_gone(client: Client) -> bool:
    return bool(client.status != "running")


def check_installed() -> None:
    """Raises `ConfigError` where Dask is not installed."""
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise ConfigError(['engine.kind: "dask" needs the extra of that name: pip install "broadsheet[dask]"'], "")
