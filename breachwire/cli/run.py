"""`up`, `demo`, `fetch`, `work`, `serve`: the running product and its halves apart."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Feeds,
    agent_of,
    client_of,
    config_of,
    say,
    store_of,
    utcnow,
    version,
)
from breachwire.cli.progress import Lines
from breachwire.cli.stopping import INTERRUPTED, Stop, leave, stoppable
from breachwire.errors import BreachwireError, StoreBusyError, UsageError

if TYPE_CHECKING:
    from api.services import Services
    from breachwire.config import Config
    from breachwire.pipeline.again import Again
    from breachwire.pipeline.poll import Polled
    from breachwire.store import Store

TURN = 0.001
"""Seconds that a thread has the interpreter while others wait for it; Python's own 0.005 make the
server's loop wait long for a search's turn to end."""
POLLS_END = 10.0
"""Seconds that polls under way get to end; what they had not stored yet is fetched again."""
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one.")]
Queues = Annotated[
    str | None,
    typer.Option(
        "--queues",
        help="Of poll,fetch,thread,brief,mail,webhook: those to work on, on PostgreSQL. Else all.",
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Go on until stopped.")]


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


def fetch(
    ctx: typer.Context,
    feeds: Feeds = None,
    allow_private: AllowPrivate = None,
    watch: Watch = False,
    db: Db = None,
) -> None:
    """Poll the feeds that are due and store their articles; `work` threads them."""
    from breachwire.pipeline.again import Again
    from breachwire.pipeline.clock import Steps
    from breachwire.pipeline.poll import ROUND, Poller
    from breachwire.pipeline.told import Told
    from ingest import apart
    from ingest.robots import Robots

    config = config_of(ctx, db, allow_private=allow_private)
    ended = threading.Event()
    with stoppable() as stop, ExitStack() as stack:
        store = stack.enter_context(store_of(config))
        stack.enter_context(store.role("poller"))
        if feeds or not store.feeds():
            subscribe(config, store, feeds)
        client = client_of(config)
        stack.callback(client.close)
        stack.callback(apart.shared.close)
        steps = Steps(utcnow)
        robots = Robots(client)
        poller = Poller(store, client, config, now=utcnow, stop=ended, steps=steps, robots=robots)
        again = Again(store, client, robots, config, now=utcnow, stop=ended)
        stop.call(ended.set)
        stop.call(client.close)

        def round_(patience: float | None = None) -> list[Polled]:
            if not store.holds("poller"):
                ended.set()
                raise StoreBusyError(f"the role poller of {store.url} was lost with a connection")
            if not (due := poller.due()) and not poller.busy:
                return []
            told = Told(say, due, whole=patience is None)
            polled = poller.run(due, told, patience=patience)
            told.end(polled)
            return polled

        polled = round_()
        with _looking(again, ended, watch=watch):
            while watch and not ended.wait(5):
                round_(ROUND)
        poller.close(POLLS_END)
    if stop.asked:
        raise typer.Exit(0 if watch else INTERRUPTED)
    _sum_up(polled)


@contextmanager
def _looking(again: Again, ended: threading.Event, *, watch: bool) -> Iterator[None]:
    """Pages looked at again: beside what is inside as long as that goes on; else those due now."""
    if not watch:
        again.run()
        yield
        return

    def look() -> None:
        while not ended.wait(5):
            try:
                again.run()
            except BreachwireError as error:
                say(f"failed: {error}")

    thread = threading.Thread(target=look, name="again")
    thread.start()
    yield
    thread.join()


def _sum_up(polled: Sequence[Polled]) -> None:
    answered = sum(p.feed.state == "ok" for p in polled)
    new = sum(p.new for p in polled)
    if not polled:
        typer.echo("no feed is due yet; `breachwire feeds list --json` says when each is")
        return
    typer.echo(f"{len(polled)} feeds polled, {answered} answered, {new} new articles")
    if not answered:
        raise typer.Exit(1)


def work(
    ctx: typer.Context,
    watch: Watch = False,
    queues: Queues = None,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Thread the stored articles, read their claims, write the briefs; on PostgreSQL, do that and
    poll and mail with any number of other workers, until stopped."""
    config = config_of(ctx, db, allow_private=allow_private)
    if config.database().startswith("sqlite:"):
        if queues is not None:
            raise UsageError(
                "--queues needs a store on PostgreSQL, which many may work for (README)"
            )
        _work_alone(config, watch=watch)
    else:
        _work_with_others(config, queues or "all")


def _work_with_others(config: Config, queues: str) -> None:
    try:
        from breachwire.work import worker
    except ModuleNotFoundError as error:
        raise BreachwireError(f"no {error.name} here: pip install 'breachwire[postgres]'") from None
    names = worker.chosen(queues)
    with stoppable() as stop, ExitStack() as stack:
        store = stack.enter_context(store_of(config))
        if not store.feeds():
            say("no feeds yet: `breachwire feeds add` or `feeds import` subscribes to some")
        client = client_of(config)
        stack.callback(client.close)
        working = worker.Worker(
            worker.on_postgres(store), config, client, names, now=utcnow, say=say,
            progress=Lines(say),
        )  # fmt: skip
        stop.call(working.stop)
        working.run()
    leave()


def _work_alone(config: Config, *, watch: bool) -> None:
    from breachwire.pipeline.derive import Deriver
    from breachwire.pipeline.retain import Keeper
    from nlp import embed

    ended = threading.Event()
    with stoppable() as stop, store_of(config) as store, store.role("threader"):
        stop.call(ended.set)
        embedder = embed.load(config.embedding_model)
        deriver = Deriver(store, embedder, now=utcnow, calibrations=config.calibrations())
        done = deriver.run(Lines(say), ended.is_set)
        typer.echo(f"{done.articles} articles threaded, {done.threads} briefs written")
        keeper = Keeper(store, config, utcnow, say)
        keeper.run(ended.is_set)
        mail = _mailing(config, store, ended, watch=watch)
        hooks = _telling(config, store, ended, watch=watch)
        with _improving(config, store, ended, watch=watch), mail, hooks:
            while watch and not ended.wait(1):
                deriver.run(Lines(say), ended.is_set)
                keeper.run(ended.is_set)
    if stop.asked:
        raise typer.Exit(0 if watch else INTERRUPTED)


@contextmanager
def _improving(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """A language model, where one is configured, at work on the briefs: beside what is inside, and
    where that goes on, as long; else until no brief waits."""
    if not config.model_endpoint:
        yield
        return
    from breachwire.pipeline.improve import Improver, endpoint

    with closing(endpoint(config, agent_of(config))) as server, store.role("writer"):
        improver = Improver(store, server, config, now=utcnow, wait=ended.wait, say=say)

        def work() -> None:
            done = improver.run(ended.is_set)
            say(f"{done.tried} briefs tried by {config.model_name}, {done.by_model} of them stand")
            while watch and not ended.wait(5):
                improver.run(ended.is_set)

        thread = threading.Thread(target=work, name="improve")
        thread.start()
        yield
        thread.join()


@contextmanager
def _telling(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """Webhooks: beside what is inside as long as that goes on; else what waits now."""
    from breachwire import courier
    from breachwire.cli.webhooks import way
    from breachwire.service.beside import telling

    with closing(way(config)) as out:
        if watch:
            thread = threading.Thread(
                target=telling,
                args=(store, out, config, ended),
                kwargs={"now": utcnow, "say": say},
                name="webhooks",
            )
            thread.start()
            yield
            thread.join()
            return
        yield
        if store.webhooks():
            say(courier.told(courier.deliver(store, out, config, now=utcnow, stopped=ended.is_set)))


@contextmanager
def _mailing(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """The newsletter, where a mail server is configured: beside what is inside as long as that goes
    on; else what is due and waits now."""
    if not config.smtp_host:
        yield
        return
    from breachwire.errors import MailError, StoreBusyError
    from breachwire.postroom import Postroom
    from breachwire.service.beside import mailing

    room = Postroom(store, config, now=utcnow, wait=ended.wait, say=say)
    if watch:
        thread = threading.Thread(target=mailing, args=(store, room, ended, say), name="mail")
        thread.start()
        yield
        thread.join()
        return
    yield
    try:
        with store.role("mailer"):
            room.run(ended.is_set)
    except (MailError, StoreBusyError) as error:
        say(f"mail failed: {error}")


def subscribe(config: Config, store: Store, source: str | None) -> None:
    """The feeds that are named; the starter catalogue for a store without any."""
    from breachwire.cli.feeds import specs_from
    from breachwire.errors import FetchError

    known_feeds = store.feeds()
    if not source and known_feeds:
        return
    try:
        specs = specs_from(config, source)
    except FetchError as error:
        # A list that can't be had just now must not keep the feeds we know from being read.
        if not known_feeds:
            raise
        say(f"{error}; going on with the {len(known_feeds)} feeds of this store")
        return
    added, known = store.add_feeds(specs)
    say(f"{source or 'starter catalogue'}: {added} feeds added, {known} known")


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
