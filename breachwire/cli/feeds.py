"""`feeds`: the subscribed sources: add, list, check, backfill, remove, import, export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli.backfill import backfill
from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Json,
    config_of,
    print_json,
    read_source,
    say,
    store_of,
)
from breachwire.errors import BreachwireError, ParseError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model import Feed, FeedSpec, ParsedFeed

app = typer.Typer(
    help="Subscribed feeds: add, list, check, backfill, remove, import, export.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command()(backfill)

Url = Annotated[str, typer.Argument(help="Address of the feed.")]


def specs_from(config: Config, source: str | None) -> list[FeedSpec]:
    """Feeds of an OPML file or address; of the starter catalogue where none is named."""
    from ingest import catalog, opml

    if not source:
        return catalog.load()
    body = read_source(config, source)[0]
    with naming(source):
        return opml.read(body)


@contextmanager
def naming(source: str) -> Iterator[None]:
    """What a document is not is said with its name or address."""
    try:
        yield
    except ParseError as error:
        raise type(error)(f"{source}: {error}") from None


@app.command()
def add(
    ctx: typer.Context,
    url: Url,
    outlet: Annotated[
        str, typer.Option(help="Name of the outlet; default: the feed's title.")
    ] = "",
    family: Annotated[str, typer.Option(help="Publisher family.")] = "",
    no_check: Annotated[bool, typer.Option("--no-check", help="Add it unseen.")] = False,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Subscribe to a feed, or to a site's default feed, once it has answered as one."""
    from breachwire.errors import UsageError
    from breachwire.model import FeedSpec
    from breachwire.pipeline.leaving import barred, refuse

    config = config_of(ctx, db, allow_private=allow_private)
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no address; it starts with http:// or https://")
    spec = FeedSpec(url=url, outlet=outlet, family=family)
    if not no_check:
        address, parsed = _default(config, url)
        spec = replace(
            spec,
            url=address,
            title=parsed.title,
            language=parsed.language,
            outlet=outlet or parsed.title,
        )
        spec = replace(spec, verified=True)
    with store_of(config) as store:
        refuse(barred(store), url, spec.url)
        added, _ = store.add_feeds([spec])
    typer.echo(f"added {spec.url}" if added else f"{spec.url} was there already")


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """Every feed, the state of its polls and of its article pages."""
    with store_of(config_of(ctx, db)) as store:
        feeds = store.feeds()
    if as_json:
        print_json({"feeds": [_row(feed) for feed in feeds]})
        return
    for feed in feeds:
        pages = f"pages {feed.pages_ok} ok, {feed.pages_refused} refused"
        error = f"  {feed.error}" if feed.error else ""
        typer.echo(f"{feed.state:8} {feed.spec.outlet or feed.spec.url}  {pages}{error}")
    if not feeds:
        say("no feeds; `breachwire feeds add URL` adds one, `breachwire up` the starter catalogue")


def _row(feed: Feed) -> dict[str, Any]:
    spec = feed.spec
    return {
        "url": spec.url,
        "outlet": spec.outlet,
        "family": spec.family,
        "section": spec.section,
        "language": spec.language,
        "country": spec.country,
        "verified": spec.verified,
        "state": feed.state,
        "failures": feed.failures,
        "error": feed.error,
        "last_success_at": feed.last_success_at,
        "next_fetch_at": feed.next_fetch_at,
        "pages": {"ok": feed.pages_ok, "refused": feed.pages_refused, "error": feed.page_error},
    }


def _default(config: Config, url: str) -> tuple[str, ParsedFeed]:
    """A feed as it answers, and its address; a web page leads to the first feed it names."""
    from breachwire.errors import NotAFeedError
    from ingest import apart

    body, content_type, at = read_source(config, url)
    try:
        with naming(url):
            return url, apart.shared.feed(body, content_type=content_type, url=at)
    except NotAFeedError:
        if not (found := apart.shared.links(body, url=at, content_type=content_type)):
            raise
    return found[0], _parsed(config, found[0])


def _parsed(config: Config, source: str) -> ParsedFeed:
    from ingest import apart

    body, content_type, url = read_source(config, source)
    with naming(source):
        return apart.shared.feed(body, content_type=content_type, url=url)


@app.command()
def check(
    ctx: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(help="A feed's address, or a file; default: every subscribed feed."),
    ] = None,
    allow_private: AllowPrivate = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """What a feed document holds, without touching the store; or verify the subscribed feeds."""
    config = config_of(ctx, db, allow_private=allow_private)
    if source is None:
        _verify(config, as_json)
        return
    parsed = _parsed(config, source)
    if as_json:
        print_json(_document(parsed))
        return
    typer.echo(f"{parsed.title} ({parsed.format}), {len(parsed.entries)} entries")
    for entry in parsed.entries:
        typer.echo(f"  {entry.published or 'no date'}  {entry.title}")
    for problem in parsed.problems:
        say(f"problem: {problem}")


def _document(parsed: ParsedFeed) -> dict[str, Any]:
    entries = [
        {
            "key": entry.key,
            "title": entry.title,
            "url": entry.url,
            "published": entry.published,
            "authors": entry.authors,
        }
        for entry in parsed.entries
    ]
    return {
        "title": parsed.title,
        "format": parsed.format,
        "entries": entries,
        "problems": parsed.problems,
    }


def _verify(config: Config, as_json: bool) -> None:
    """Ask every subscribed feed once and mark those that answer as feeds. Exit 1 if one did not."""
    results: list[dict[str, Any]] = []
    with store_of(config) as store:
        for feed in store.feeds():
            try:
                parsed = _parsed(config, feed.spec.url)
                store.save_feed(replace(feed, spec=replace(feed.spec, verified=True)))
                found = f"{len(parsed.entries)} entries"
                results.append({"url": feed.spec.url, "ok": True, "found": found})
            except BreachwireError as error:
                results.append({"url": feed.spec.url, "ok": False, "found": str(error)})
            if not as_json:
                last = results[-1]
                typer.echo(f"{'ok    ' if last['ok'] else 'failed'} {last['url']}: {last['found']}")
    if as_json:
        print_json({"feeds": results})
    if not all(result["ok"] for result in results):
        raise typer.Exit(1)


@app.command()
def remove(ctx: typer.Context, url: Url, db: Db = None) -> None:
    """Unsubscribe; its articles stay."""
    with store_of(config_of(ctx, db)) as store:
        store.remove_feed(url)
    typer.echo(f"removed {url}")


@app.command("import")
def import_(
    ctx: typer.Context,
    source: Annotated[
        str | None, typer.Argument(help="OPML file or address; default: the starter catalogue.")
    ] = None,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Subscribe to every feed of an OPML list."""
    config = config_of(ctx, db, allow_private=allow_private)
    specs = specs_from(config, source)
    with store_of(config) as store:
        added, known = store.add_feeds(specs)
    out = len(specs) - added - known
    left = f", {out} left out at their outlets' wish" if out else ""
    typer.echo(f"{added} added, {known} were there already{left}")


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to; default: stdout.")] = None,
    db: Db = None,
) -> None:
    """All feeds as OPML."""
    from breachwire.errors import UsageError
    from ingest import opml

    with store_of(config_of(ctx, db)) as store:
        document = opml.write([feed.spec for feed in store.feeds()], "Breachwire feeds")
    if file is None:
        typer.echo(document.decode())
        return
    try:
        file.write_bytes(document)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
