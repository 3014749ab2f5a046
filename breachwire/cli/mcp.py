"""`mcp`: the wire for an assistant on this machine, over standard input and output."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from breachwire.cli.common import Db, client_of, config_of, say, store_of, version
from breachwire.cli.look import NoModel
from breachwire.cli.progress import Lines
from breachwire.cli.stopping import leave, stoppable

if TYPE_CHECKING:
    from breachwire.config import Config

_FILE = "sqlite:///"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mcp)


def mcp(ctx: typer.Context, no_model: NoModel = False, db: Db = None) -> None:
    """Answer an assistant (Model Context Protocol) over standard input and output: search, threads,
    changes, related coverage, entities, claims. Reads only. `up` and `serve` do so at /mcp."""
    from api.mcp.asking import Call
    from api.mcp.server import Speaker
    from breachwire.service.model import Model
    from breachwire.service.site import Site

    config = config_of(ctx, db)
    _there(config)
    with stoppable() as stop, ExitStack() as stack:
        # Reading from a pipe can't be broken off, and nothing is written.
        stop.call(leave)
        store = stack.enter_context(store_of(config))
        client = client_of(config)
        stack.callback(client.close)
        model = Model(config.embedding_model, say)
        site = Site(store, client, config, model, say=say, progress=Lines(say))
        stack.callback(site.stop)
        site.start(poll=False, derive=False)
        if not no_model:
            model.start()
        base = config.base_url.rstrip("/")
        for note in Call(site.services(), base).notes():
            say(note)
        Speaker(lambda _: Call(site.services(), base), version()).stdio()
    leave()


def _there(config: Config) -> None:
    """Raises StoreError: an assistant must not be answered from a file that was just made."""
    from breachwire.errors import StoreError

    url = config.database()
    if url.startswith(_FILE) and not Path(url.removeprefix(_FILE)).exists():
        raise StoreError(f"no store at {url}: `breachwire up` makes one, --db names another")
