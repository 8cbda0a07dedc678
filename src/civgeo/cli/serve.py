"""``civgeo serve``: the service on this machine."""

import socket
import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, settings
from civgeo.errors import StoreUnavailable

__all__ = ["serve", "serve_store"]


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help=_("监听地址"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=_("端口"))] = None,
    open_browser: Annotated[bool, typer.Option("--open", help=_("打开浏览器"))] = False,
) -> None:
    """Serve the store of the session."""
    chosen = settings(context, host=host, port=port)
    serve_store(chosen.store, chosen.host, chosen.port, open_browser=open_browser)


def serve_store(store: Path, host: str, port: int, *, open_browser: bool) -> None:
    """Serve the store in folder `store` until it is interrupted; prints the address.

    Raises
    ------
    StoreUnavailable
        When the store cannot be opened, or the port is taken.
    """
    import uvicorn

    from civgeo.app import create_app
    from civgeo.cli.worker import beside
    from civgeo.settings import Settings

    listening = _listen(host, port)
    actual = listening.getsockname()[1]
    app = create_app(Settings(store=store, host=host, port=actual))
    address = f"http://{host if ':' not in host else f'[{host}]'}:{actual}"
    messages.print(f"{_('服务已启动')}: [bold]{address}/ui[/bold]  ({_('接口')} {address}/)")
    messages.print(_("按 Ctrl+C 停止"))
    if open_browser:
        threading.Timer(1.0, webbrowser.open, [f"{address}/ui"]).start()
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    with beside(store):
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        text = f"不能在 {host}:{port} 上监听（{error.strerror}）；请换一个端口：--port 0 自动选择"
        raise StoreUnavailable(text, code="port_taken") from None
    return listening
