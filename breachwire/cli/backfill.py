"""`feeds backfill`: the past of a feed or a site."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Json,
    client_of,
    config_of,
    print_json,
    say,
    store_of,
    utcnow,
)
from breachwire.cli.progress import Lines
from breachwire.cli.stopping import INTERRUPTED, stoppable

if TYPE_CHECKING:
    from breachwire.pipeline.backfill import Backfilled

MOST = 100_000


def backfill(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="A feed, a site or a sitemap; subscribed or not.")],
    since: Annotated[
        str | None, typer.Option("--since", help="Nothing published before this day.")
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, max=MOST, help="Articles to store; run again for more.")
    ] = 1_000,
    allow_private: AllowPrivate = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Store what a feed or site published before: archived and paged feeds, news sitemaps."""
    from breachwire.errors import UsageError
    from breachwire.pipeline.backfill import Backfiller
    from breachwire.pipeline.leaving import barred, refuse

    config = config_of(ctx, db, allow_private=allow_private)
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no address; it starts with http:// or https://")
    day = _day(since)
    ended = threading.Event()
    with stoppable() as stop, ExitStack() as stack:
        store = stack.enter_context(store_of(config))
        refuse(barred(store), url)
        stack.enter_context(store.role("backfiller"))
        client = client_of(config)
        stack.callback(client.close)
        stop.call(ended.set)
        stop.call(client.close)
        runner = Backfiller(store, client, config, now=utcnow, stop=ended)
        done = runner.run(url, since=day, most=most, progress=Lines(say))
    if as_json:
        print_json(_row(done))
    else:
        _tell(done)
    if stop.asked:
        raise typer.Exit(INTERRUPTED)
    if done.broken:
        raise typer.Exit(1)


def _day(text: str | None) -> datetime | None:
    """Raises UsageError."""
    from breachwire.errors import UsageError
    from ingest.dates import parse_date

    if text is None:
        return None
    day = parse_date(text)
    if day is None:
        raise UsageError(f"--since: {text[:60]!r} is no date; write it as 2026-01-31")
    if day > utcnow():
        raise UsageError(f"--since: {text[:60]!r} lies ahead")
    return day


def _row(done: Backfilled) -> dict[str, Any]:
    return {
        "url": done.url,
        "feed": done.feed,
        "subscribed": done.subscribed,
        "resumed": done.resumed,
        "documents": {"read": done.read, "unchanged": done.unchanged, "kept": done.kept},
        "articles": {
            "new": done.taken.new,
            "known": done.taken.known + done.taken.revised,
            "left_out": done.taken.left_out,
            "waiting": done.waiting,
        },
        "oldest": done.oldest,
        "newest": done.newest,
        "notes": done.notes,
        "ended": done.ended,
    }


def _tell(done: Backfilled) -> None:
    for note in done.notes:
        say(f"note: {note}")
    span = f", {done.oldest:%Y-%m-%d} to {done.newest:%Y-%m-%d}" if _dated(done) else ""
    out = f", {done.taken.left_out} entries left out" if done.taken.left_out else ""
    before = f", {done.kept} by the run before" if done.kept else ""
    typer.echo(
        f"{done.read} documents read, {done.unchanged} unchanged{before}; "
        f"{done.taken.new} new articles{span}{out}"
    )
    if done.taken.new:
        say("`breachwire work` threads them; a running `up` does it by itself")
    if not done.ended:
        waiting = f"{done.waiting} entries wait; " if done.waiting else ""
        say(f"{waiting}run it again to go on")
    if done.feed and not done.subscribed:
        say(f"not subscribed: `breachwire feeds add {done.feed}` follows it from now on")


def _dated(done: Backfilled) -> bool:
    return done.oldest is not None and done.newest is not None
