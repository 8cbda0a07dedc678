"""A store served by uvicorn in a process of its own, and a client that keeps its connection."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

__all__ = ["seconds_each", "served"]

_PATIENCE_S = 60.0


@contextmanager
def served(store: Path, *, workers: int = 1, token: str = "") -> Iterator[int]:
    """Port at which ``civgeo serve`` serves the store in folder `store`.

    Parameters
    ----------
    store
        Its folder.
    workers
        Processes that answer side by side.
    token
        Token with which the store may be written to; nobody may by default.
    """
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "civgeo", "--store", str(store), "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", str(workers)],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"CIVGEO_WRITE_TOKEN": token},
    )
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            seconds_each(port, ["/readyz"])
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def seconds_each(port: int, paths: Sequence[str]) -> list[float]:
    """Seconds that each of some requests took, one after another over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken = []
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", quote(path, safe="/?=&"))
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - start)
        if answer.status != 200:
            raise RuntimeError(path, answer.status)
    connection.close()
    return taken
