"""`up` and `demo`: the whole wire in one process, on the subscribed feeds or on invented stories.

In: where to listen, which feeds, which store. Out: a server whose pages fill as feeds are polled,
until Ctrl-C or SIGTERM.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Feeds,
    client_of,
    config_of,
    say,
    store_of,
)
from breachwire.cli.fetch import subscribe
from breachwire.cli.progress import Lines
from breachwire.cli.serve import Host, Port, listening, run_server
from breachwire.cli.stopping import leave, stoppable


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, demo):
        app.command()(command)


def up(
    ctx: typer.Context,
    feeds: Feeds = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Poll and serve, in one process: the whole wire."""
    from breachwire.cli.examining import quick
    from breachwire.cli.wire import Wire, loopback
    from breachwire.service.model import Model
    from breachwire.service.site import Site

    config = config_of(ctx, db, allow_private=allow_private)
    with stoppable() as stop, ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        store = stack.enter_context(store_of(config))
        subscribe(config, store, feeds)
        client = client_of(config)
        stack.callback(client.close)
        model = Model(config.embedding_model, say)
        site = Site(
            store, client, config, model, say=say, progress=Lines(say),
            examine=lambda: quick(store, config),
        )  # fmt: skip
        stack.callback(site.stop)
        site.start()
        model.start()
        wire = Wire(site, config, model, loopback(host))
        stack.callback(wire.stop)
        wire.start()
        run_server(wire.services, listener, host, stop)
    leave()


def demo(ctx: typer.Context, host: Host = "127.0.0.1", port: Port = 8000, db: Db = None) -> None:
    """The same on invented stories by invented outlets, served by itself; no network."""
    from breachwire.demonstration import Demonstration
    from breachwire.service.model import Model

    # The store that environment or file name is somebody's wire: no invented story gets in.
    config = replace(config_of(ctx, db), db=db or (ctx.obj and ctx.obj.db) or "")
    with stoppable() as stop, ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        model = Model(config.embedding_model, say)
        running = Demonstration(config, model, say=say, progress=Lines(say))
        stack.callback(running.stop)
        running.start()
        model.start()
        run_server(running.site.services, listener, host, stop)
    leave()
