"""`serve`: what a store holds, as pages; and the server that `up` and `demo` run as well.

In: where to listen, the services of the moment. Out: pages until Ctrl-C or SIGTERM. The port is
bound first, so that a used one is told before a store is opened or a feed asked.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Final

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    client_of,
    config_of,
    say,
    store_of,
    version,
)
from breachwire.cli.progress import Lines
from breachwire.cli.stopping import Stop, leave, stoppable
from breachwire.errors import BreachwireError

if TYPE_CHECKING:
    from api.services import Services

TURN: Final = 0.001
"""Seconds that a thread has the interpreter while others wait for it; Python's own 0.005 make the
server's loop wait long for a search's turn to end."""
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    ctx: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Serve what the store holds; poll nothing, send no mail."""
    from breachwire.cli.examining import quick
    from breachwire.service.model import Model
    from breachwire.service.site import Site

    config = config_of(ctx, db, allow_private=allow_private)
    with stoppable() as stop, ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        if config.smtp_host:
            say("`serve` sends no mail: letters wait for `breachwire work --watch` beside it")
        store = stack.enter_context(store_of(config))
        client = client_of(config)
        stack.callback(client.close)
        model = Model(config.embedding_model, say)
        site = Site(
            store, client, config, model, say=say, progress=Lines(say),
            examine=lambda: quick(store, config),
        )  # fmt: skip
        stack.callback(site.stop)
        site.start(poll=False, derive=False)
        model.start()
        run_server(site.services, listener, host, stop)
    leave()


class listening:  # noqa: N801 (a context manager, read as a verb)
    """A bound socket, so that a used port is told before anything is started."""

    def __init__(self, host: str, port: int) -> None:
        self._at = (host, port)

    def __enter__(self) -> socket.socket:
        host, port = self._at
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # The protocol by its number: asyncio sends at once (TCP_NODELAY) on such sockets alone, and
        # without it a body waits 40 ms for the client to acknowledge the headers.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen(128)
        except OSError as error:
            self._socket.close()
            why = error.strerror or error
            raise BreachwireError(
                f"cannot listen on {host}:{port}: {why}; choose another with --host, --port"
            ) from None
        return self._socket

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def run_server(
    services: Callable[[], Services], listener: socket.socket, host: str, stop: Stop
) -> None:
    """Serve pages until stopped."""
    import uvicorn

    from api.app import create_app

    sys.setswitchinterval(TURN)
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Breachwire {version()} at http://{shown}:{port}/ (Ctrl-C stops)")
    options = uvicorn.Config(
        create_app(services),
        # Its own log set-up would print tracebacks; ours is a line each.
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(options)
    # Before it runs, signals are ours; while it does, its own.
    stop.call(lambda: setattr(server, "should_exit", True))
    server.run(sockets=[listener])
