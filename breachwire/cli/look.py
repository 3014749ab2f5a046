"""`extract`, `search`: looking at pages and the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model import Embedder
    from breachwire.store import Store

NoModel = Annotated[
    bool, typer.Option("--no-model", help="Full text and names alone: answers without the model.")
]
Filtered = Annotated[str, typer.Option(help="As the API's filter of that name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (extract, search):
        app.command()(command)


def extract(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="A page's address, or a file.")],
    url: Annotated[str, typer.Option(help="The address a file was saved from.")] = "",
    allow_private: AllowPrivate = None,
    as_json: Json = False,
) -> None:
    """What an article page holds: title, authors, date, text. Does not touch the store."""
    from ingest import apart

    config = config_of(ctx, allow_private=allow_private)
    body, content_type, found = read_source(config, source)
    page = apart.shared.page(body, url=url or found, content_type=content_type)
    if as_json:
        print_json(
            {
                "title": page.title,
                "text": page.text,
                "authors": page.authors,
                "published": page.published,
                "source": page.source,
                "canonical_url": page.canonical_url,
            }
        )
        return
    byline = ", ".join(page.authors) or "no author"
    date = page.published or "no date"
    typer.echo(f"{page.title or 'no title'}\n{page.source or 'no outlet'}, {byline}, {date}\n")
    typer.echo(page.text)


def model(config: Config, store: Store, without: bool) -> Embedder | None:
    """The embedder with the store's index filled, unless the caller does without."""
    if without:
        return None
    from breachwire import index_file
    from nlp import embed

    embedder = embed.load(config.embedding_model)
    index_file.use(store, embedder)
    return embedder


def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help='Words, "phrases", -minus, begin*, names, a CVE.')],
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    sort: Annotated[str, typer.Option(help="relevance, recent, updated, articles.")] = "relevance",
    section: Filtered = "",
    kind: Filtered = "",
    sector: Filtered = "",
    since: Annotated[str, typer.Option(help="ISO date or time, or 24h, 7d.")] = "",
    until: Filtered = "",
    source: Filtered = "",
    victim: Filtered = "",
    actor: Filtered = "",
    third_party: Filtered = "",
    attack_type: Filtered = "",
    data_type: Filtered = "",
    cve: Filtered = "",
    status: Filtered = "",
    no_model: NoModel = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Threads that a query finds, best first, with passages and why."""
    asked = locals()
    from api.params import thread_filter
    from api.search import search as find
    from api.search.page import SORTS
    from breachwire.errors import UsageError
    from nlp.galaxy import known_by_slug

    config = config_of(ctx, db)
    order = next((one for one in SORTS if one == sort), None)
    if order is None:
        raise UsageError(f"sort: {sort[:60]!r} is none of {', '.join(SORTS)}")
    where = thread_filter(asked)
    if not query.strip():
        raise UsageError('nothing to search for: name words, a "phrase" or a CVE')
    with store_of(config) as store:
        embedder = model(config, store, no_model)
        found = find(
            store, embedder, query, where,
            sort=order, limit=limit, known_actor=known_by_slug, with_facets=True,
        )  # fmt: skip
    _print_results(found, as_json)


def _print_results(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for result in found["results"]:
        typer.echo(f"{result['thread']}  {result['headline']}\n    {result['why']}")
        for passage in result["passages"][:2]:
            typer.echo(f"    “{passage['quote']}” {passage['article']}")
    if not found["results"]:
        say("nothing found; try fewer or other words")
    for one in found.get("loosen") or ():
        say(f"without {one['drop']} {one['value']!r}: {one['count']} threads")
