"""`related`: what else was written about an address or a text, on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
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
from breachwire.cli.look import NoModel, model

if TYPE_CHECKING:
    from api.services import Services
    from breachwire.config import Config
    from breachwire.model import Embedder, Page
    from breachwire.store import Store

_SHOWN = 160
"""Characters of a quote on the terminal."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(related)


def related(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(help="An address, a file, - for stdin, or the text itself.")
    ],
    keep: Annotated[
        bool, typer.Option("--store", help="Keep an unknown address's article in the store.")
    ] = False,
    no_model: NoModel = False,
    allow_private: AllowPrivate = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """What else was written about an article or a text: how it hangs together, the words that tie
    them, what is new to the text."""
    from api.related import checked
    from api.related import related as find
    from breachwire.errors import UsageError
    from breachwire.pipeline.leaving import barred, refuse

    config = config_of(ctx, db, allow_private=allow_private)
    text = _given(source)
    address = text.strip() if text.strip().lower().startswith(("http://", "https://")) else None
    if keep and not address:
        raise UsageError("--store keeps the article of an address; a text is never kept")
    client = client_of(config)
    try:
        with store_of(config) as store:
            if address:
                refuse(barred(store), address)
            fetched = _fetching(client)
            if address and keep:
                _keep(config, store, address, fetched)
            services = _services(config, store, model(config, store, no_model))
            if address:
                found = find(services, url=address, fetch_page=lambda url: fetched(url)[1])
            else:
                found = find(services, text=checked(text))
    finally:
        client.close()
    if as_json:
        print_json(found)
    else:
        _print(found)


def _given(source: str) -> str:
    """The text or address: from stdin, a file, or as typed. Raises UsageError."""
    from breachwire.errors import UsageError

    if source == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    if len(source) < 1_000 and "\n" not in source and "://" not in source:
        path = Path(source)
        try:
            if path.is_file():
                return path.read_bytes().decode("utf-8", "replace")
        except (OSError, ValueError) as error:
            if isinstance(error, PermissionError):
                raise UsageError(f"{source}: no permission to read it") from None
    return source


def _fetching(client: Any) -> Callable[[str], tuple[str, Page]]:
    from breachwire.pipeline.page import fetch_page
    from ingest.robots import Robots

    robots = Robots(client)
    return lambda url: fetch_page(client, robots, url)


def _services(config: Config, store: Store, embedder: Embedder | None) -> Services:
    from api.services import Services
    from breachwire.pipeline.compare import Comparer
    from ingest import urls
    from nlp import calibration, embed

    name = embed.load(config.embedding_model).name

    def loaded() -> Embedder | None:
        return embedder

    comparer = Comparer(
        store, lambda: name, loaded, lambda: calibration.load(name, config.calibrations())
    )
    return Services(
        store=store, config=config, embedder=loaded, key_of=urls.key, comparing=comparer
    )


def _keep(
    config: Config, store: Store, address: str, fetch: Callable[[str], tuple[str, Page]]
) -> None:
    """Take an unknown address in, as an article of no feed, and thread it."""
    from breachwire.cli.data import derive
    from breachwire.model import Entry, FeedSpec
    from ingest import compose, urls

    if store.article_by_key(urls.key(address)) is not None:
        say("the store has this article already")
        return
    url, page = fetch(address)
    entry = Entry(key=address, url=address, title=page.title)
    draft = compose.compose(entry, FeedSpec(address), page, url=url, page_state="ok", now=utcnow())
    taken = store.take([(draft, None)], utcnow())[0]
    say(f"{taken.outcome}: {taken.article.title} ({taken.article.url})")
    derive(config, store)


def _print(found: dict[str, Any]) -> None:
    likely = [result for result in found["results"] if result["likely"]]
    perhaps = [result for result in found["results"] if not result["likely"]]
    for result in likely:
        _print_head(result)
        _print_facts(result)
    if perhaps:
        typer.echo("Perhaps related:")
    for result in perhaps:
        _print_head(result)
    if not found["results"]:
        say("nothing is tied to it by a name, a figure or its meaning")


def _print_head(result: dict[str, Any]) -> None:
    relation = result["relation"].replace("_", " ")
    typer.echo(f"{result['thread']}  {result['headline']} [{relation}]")
    typer.echo(f"    {result['why']}")
    for one in result["articles"][:1]:
        typer.echo(f"    {one['outlet']}: {one['url']}")


def _print_facts(result: dict[str, Any]) -> None:
    """What differs, what is new, what ties them."""
    for one in result["contradictions"]:
        yours = one["yours"]["in_words"]
        typer.echo(f"    ! your text says {yours}; {one['in_words']} {_whose(one)}")
    for one in result["new"]:
        denied = " is denied" if one["denial"] else ""
        fact = f"{one['label'].lower()}: {one['in_words']}{denied}"
        typer.echo(f"    + new to your text: {fact} {_whose(one)}")
        typer.echo(f"      “{_short(one['evidence']['quote'])}” {one['evidence']['url']}")
    for one in result["shared"]:
        both = f"“{_short(one['yours']['quote'])}” and “{_short(one['evidence']['quote'])}”"
        typer.echo(f"    = {one['kind'].replace('_', ' ')}: {both}")


def _whose(fact: dict[str, Any]) -> str:
    return f"({fact['status']}{', ' + fact['asserter'] if fact['asserter'] else ''})"


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
