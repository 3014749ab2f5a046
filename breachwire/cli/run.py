"""`up`, `demo`, `fetch`, `work`, `serve`: the running product and its halves apart."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Feeds,
    client_of,
    config_of,
    say,
    store_of,
    utcnow,
    version,
)
from breachwire.cli.progress import Lines

if TYPE_CHECKING:
    from api.services import Services
    from breachwire.config import Config
    from breachwire.demonstration import Demonstration
    from breachwire.service import Model, Site
    from breachwire.store import Store

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one.")]
Watch = Annotated[bool, typer.Option("--watch", help="Go on until stopped.")]

DEMO_AFTER = 5
"""Feeds that failed, and none that answered, before an empty wire shows the demonstration."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, demo, fetch, work, serve):
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
    from breachwire.service import Model, Site

    config = config_of(ctx, db, allow_private=allow_private)
    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        store = stack.enter_context(store_of(config))
        subscribe(config, store, feeds)
        client = client_of(config)
        stack.callback(client.close)
        model = Model(config.embedding_model, say)
        site = Site(store, client, config, model, say=say, progress=Lines(say))
        stack.callback(site.stop)
        site.start()
        model.start()
        wire = Wire(site, config, model, loopback(host))
        stack.callback(wire.stop)
        wire.start()
        run_server(wire.services, listener, host)


def demo(ctx: typer.Context, host: Host = "127.0.0.1", port: Port = 8000, db: Db = None) -> None:
    """The same on invented stories by invented outlets, served by itself; no network."""
    from breachwire.demonstration import Demonstration
    from breachwire.service import Model

    config = config_of(ctx, db)
    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        model = Model(config.embedding_model, say)
        running = Demonstration(config, model, say=say, progress=Lines(say))
        stack.callback(running.stop)
        running.start()
        model.start()
        run_server(running.site.services, listener, host)


def serve(
    ctx: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Serve what the store holds; poll nothing."""
    from breachwire.service import Model, Site

    config = config_of(ctx, db, allow_private=allow_private)
    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        store = stack.enter_context(store_of(config))
        client = client_of(config)
        stack.callback(client.close)
        model = Model(config.embedding_model, say)
        site = Site(store, client, config, model, say=say, progress=Lines(say))
        stack.callback(site.stop)
        site.start(poll=False, derive=False)
        model.start()
        run_server(site.services, listener, host)


def fetch(
    ctx: typer.Context,
    feeds: Feeds = None,
    allow_private: AllowPrivate = None,
    watch: Watch = False,
    db: Db = None,
) -> None:
    """Poll the feeds that are due and store their articles; `work` threads them."""
    from breachwire.pipeline.poll import Polled, Poller

    config = config_of(ctx, db, allow_private=allow_private)
    stop = threading.Event()

    def told(polled: Polled) -> None:
        feed = polled.feed
        what = f"{polled.new} new, {polled.revised} revised" if polled.changed else "unchanged"
        say(f"  {feed.spec.outlet or feed.spec.url}: {feed.error or what}")

    with store_of(config) as store, store.role("poller"):
        if feeds or not store.feeds():
            subscribe(config, store, feeds)
        client = client_of(config)
        poller = Poller(store, client, config, now=utcnow, stop=stop)
        try:
            polled = poller.run(progress=told)
            while watch:
                stop.wait(5)
                polled = poller.run(progress=told)
        finally:
            stop.set()
            client.close()
    answered = sum(p.feed.state == "ok" for p in polled)
    new = sum(p.new for p in polled)
    typer.echo(f"{len(polled)} feeds polled, {answered} answered, {new} new articles")
    if polled and not answered:
        raise typer.Exit(1)


def work(ctx: typer.Context, watch: Watch = False, db: Db = None) -> None:
    """Thread the stored articles, read their claims, write the briefs."""
    from breachwire.pipeline.derive import Deriver
    from nlp import embed

    config = config_of(ctx, db)
    with store_of(config) as store, store.role("threader"):
        deriver = Deriver(store, embed.load(config.embedding_model), now=utcnow)
        done = deriver.run(Lines(say))
        typer.echo(f"{done.articles} articles threaded, {done.threads} briefs written")
        while watch:
            threading.Event().wait(1)
            deriver.run(Lines(say))


def subscribe(config: Config, store: Store, source: str | None) -> None:
    """The feeds that are named; the starter catalogue for a store without any."""
    from breachwire.cli.feeds import specs_from

    if source or not store.feeds():
        added, known = store.add_feeds(specs_from(config, source))
        say(f"{source or 'starter catalogue'}: {added} feeds added, {known} known")


class listening:  # noqa: N801 (a context manager, read as a verb)
    """A bound socket, so that a used port is told before anything is started."""

    def __init__(self, host: str, port: int) -> None:
        self._at = (host, port)

    def __enter__(self) -> socket.socket:
        from breachwire.errors import BreachwireError

        host, port = self._at
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
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


def loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run_server(services: Callable[[], Services], listener: socket.socket, host: str) -> None:
    """Serve pages until stopped (Ctrl-C, SIGTERM)."""
    import uvicorn

    from api.app import create_app

    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Breachwire {version()} at http://{shown}:{port}/ (Ctrl-C stops)")
    options = uvicorn.Config(
        create_app(services), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(options).run(sockets=[listener])


class Wire:
    """The wire proper; while it is empty and no feed answers, the demonstration instead."""

    def __init__(self, site: Site, config: Config, model: Model, may_show_demo: bool) -> None:
        self._site = site
        self._config = config
        self._model = model
        self._may_show_demo = may_show_demo
        self._demo: Demonstration | None = None
        self._has_articles = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="wire", daemon=True)

    def start(self) -> None:
        """Begin to watch whether the feeds answer."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch and the demonstration."""
        self._stop.set()
        self._thread.join(timeout=30)
        if self._demo:
            self._demo.stop()

    def services(self) -> Services:
        """The real store's as soon as it holds an article."""
        demo = self._demo
        return (self._site if demo is None or self._has_articles else demo.site).services()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            if self._site.store.counts().articles:
                self._has_articles = True
                return
            outcome, feeds = self._site.outcome, len(self._site.store.feeds())
            silent = not outcome.answered and len(outcome.failed) >= min(DEMO_AFTER, feeds) > 0
            if silent and self._demo is None:
                self._show_demo()

    def _show_demo(self) -> None:
        from dataclasses import replace

        from breachwire.demonstration import Demonstration

        if not self._may_show_demo:
            say("no feed could be reached; the wire is empty. `breachwire demo` shows an example")
            self._stop.wait(60)
            return
        say("no feed could be reached yet; showing the demonstration (invented stories) meanwhile")
        own = replace(self._config, db="")
        demo = Demonstration(own, self._model, say=say, progress=Lines(say))
        demo.start()
        self._demo = demo
