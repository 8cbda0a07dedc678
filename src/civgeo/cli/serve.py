"""``civgeo serve``: the service on this machine, in one process or in several."""

import os
import signal
import socket
import threading
import time
import webbrowser
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import civgeo
from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, settings
from civgeo.errors import StoreUnavailable

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess
    from types import FrameType

__all__ = ["serve", "serve_store"]

KERNELS_FOLDER = "kernels"
LOOK_SECONDS = 0.2
RESTART_SECONDS = 1.0
"""How long a process that ended unasked is left before another takes its place."""


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help=_("监听地址"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=_("端口"))] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help=_("进程数；每个进程各用一个处理器核"))
    ] = 1,
    open_browser: Annotated[bool, typer.Option("--open", help=_("打开浏览器"))] = False,
) -> None:
    """Serve the store of the session."""
    chosen = settings(context, host=host, port=port)
    serve_store(chosen.store, chosen.host, chosen.port, workers=workers, open_browser=open_browser)


def serve_store(store: Path, host: str, port: int, *, workers: int = 1, open_browser: bool) -> None:
    """Serve the store in folder `store` until it is interrupted; prints the address.

    Parameters
    ----------
    store, host, port
        Port 0 takes any that is free.
    workers
        Processes that answer side by side; they write in turn, as all processes do.
    open_browser
        Whether to open the first page.

    Raises
    ------
    StoreUnavailable
        When the store cannot be opened, or the port is taken.
    """
    _keep_kernels_beside(store)
    from civgeo.cli.worker import beside
    from civgeo.store.store import Store

    listening = _listen(host, port)
    actual = listening.getsockname()[1]
    Store.open(store).close()
    address = f"http://{host if ':' not in host else f'[{host}]'}:{actual}"
    messages.print(f"{_('正在启动服务')}: {address}/  {_('按 Ctrl+C 停止')}")
    told = threading.Thread(
        target=_tell_when_ready, args=(listening, address, open_browser), daemon=True
    )
    told.start()
    with beside(store):
        if workers == 1:
            _run(store, host, listening)
        else:
            _run_apart(store, host, listening, workers)


def _tell_when_ready(listening: socket.socket, address: str, open_browser: bool) -> None:
    """Print the address, and open the first page, once somebody answers there."""
    host, port = listening.getsockname()[:2]
    reached = "localhost" if ip_address(host).is_unspecified else host
    while True:
        try:
            socket.create_connection((reached, port), RESTART_SECONDS).close()
            break
        except OSError:
            time.sleep(LOOK_SECONDS)
    messages.print(f"{_('服务已启动')}: [bold]{address}/ui[/bold]  ({_('接口')} {address}/)")
    if open_browser:
        webbrowser.open(f"{address}/ui")


def _keep_kernels_beside(store: Path) -> None:
    """Keep compiled loops in folder `store` where they cannot be kept in the program's own.

    numba reads the variable when it is first imported, here and in every process started here.
    """
    own = Path(civgeo.__file__).parent / "analysis" / "kernels"
    if not os.access(own, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(store.absolute() / KERNELS_FOLDER))


def _run(store: Path, host: str, listening: socket.socket) -> None:
    import uvicorn

    from civgeo.app import create_app
    from civgeo.services.warming import warm_up
    from civgeo.settings import Settings

    app = create_app(Settings(store=store, host=host, port=listening.getsockname()[1]))
    threading.Thread(target=warm_up, args=(app.state.desk.city(),), daemon=True).start()
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _run_apart(store: Path, host: str, listening: socket.socket, workers: int) -> None:
    """Several processes on one socket until we are told to stop; one that ends is replaced."""
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    context = get_context("spawn")

    def start() -> "SpawnProcess":
        process = context.Process(target=_run_as_child, args=(store, host, listening))
        process.start()
        return process

    signal.signal(signal.SIGTERM, _interrupt)
    crowd = [start() for _ in range(workers)]
    try:
        while ended := wait([process.sentinel for process in crowd]):
            time.sleep(RESTART_SECONDS)
            crowd = [start() if one.sentinel in ended else one for one in crowd]
    except KeyboardInterrupt:
        pass
    finally:
        for process in crowd:
            process.terminate()
        for process in crowd:
            process.join()


def _run_as_child(store: Path, host: str, listening: socket.socket) -> None:
    """Serve as long as the process that started this one lives."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _run(store, host, listening)


def _end_with_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _interrupt(number: int, frame: "FrameType | None") -> None:
    raise KeyboardInterrupt


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named; without
    # it, every answer but the first of a connection comes 40 ms late
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        text = f"不能在 {host}:{port} 上监听（{error.strerror}）；请换一个端口：--port 0 自动选择"
        raise StoreUnavailable(text, code="port_taken") from None
    return listening
