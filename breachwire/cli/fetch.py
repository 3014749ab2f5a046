"""`fetch`: the polling half of the wire alone; and what a store is subscribed to at the start.

In: a store, its feeds or a list of them. Out: new articles in it, from one round over what is due,
or round after round with `--watch`; `work` threads them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Feeds,
    Watch,
    client_of,
    config_of,
    say,
    store_of,
    utcnow,
)
from breachwire.cli.stopping import INTERRUPTED, stoppable
from breachwire.errors import BreachwireError, StoreBusyError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.pipeline.again import Again
    from breachwire.pipeline.poll import Polled, Poller
    from breachwire.store import Store

POLLS_END: Final = 10.0
"""Seconds that polls under way get to end; what they had not stored yet is fetched again."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(fetch)


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

        polled = _round(store, poller, ended)
        with _looking(again, ended, watch=watch):
            while watch and not ended.wait(5):
                _round(store, poller, ended, ROUND)
        poller.close(POLLS_END)
    if stop.asked:
        raise typer.Exit(0 if watch else INTERRUPTED)
    _sum_up(polled)


def _round(
    store: Store, poller: Poller, ended: threading.Event, patience: float | None = None
) -> list[Polled]:
    """What is due, told as it goes; with a `patience`, one of very many rounds. Raises
    StoreBusyError, and has all end, once the role was lost."""
    from breachwire.pipeline.told import Told

    if not store.holds("poller"):
        ended.set()
        raise StoreBusyError(f"the role poller of {store.url} was lost with a connection")
    if not (due := poller.due()) and not poller.busy:
        return []
    told = Told(say, due, whole=patience is None)
    polled = poller.run(due, told, patience=patience)
    told.end(polled)
    return polled


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
