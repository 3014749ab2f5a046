"""`import` and `export`: items in; threads, details, articles and so on out, as JSON Lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.pipeline.derive import Derived
    from breachwire.pipeline.intake import Imported
    from breachwire.store import Store


class What(StrEnum):
    """What can be exported."""

    threads = "threads"
    details = "details"
    articles = "articles"
    briefs = "briefs"
    indicators = "indicators"


class Format(StrEnum):
    """How it is written."""

    jsonl = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.command("export")(export)


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="A .jsonl or .jsonl.gz file, or - for stdin.")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Import items, a JSON object a line: url, title, summary, content, source, published."""
    from breachwire.pipeline.intake import import_items, opened

    config = config_of(ctx, db)
    with store_of(config) as store:
        with opened(file) as lines:
            done = import_items(store, lines, now=utcnow())
        derived = derive(config, store)
        _report(done, derived, as_json)


def derive(config: Config, store: Store) -> Derived | None:
    """Thread what waits, with progress; None where another process is at it already."""
    from breachwire.cli.progress import Lines
    from breachwire.errors import StoreBusyError
    from breachwire.pipeline.derive import Deriver
    from nlp import embed

    if not (counts := store.counts()).unplaced and not counts.stale:
        return None
    try:
        with store.role("threader"):
            embedder = embed.load(config.embedding_model)
            fitted = config.calibrations()
            return Deriver(store, embedder, now=utcnow, calibrations=fitted).run(Lines(say))
    except StoreBusyError:
        say("another process is threading this store; it takes these articles up as well")
        return None


def _report(done: Imported, derived: Derived | None, as_json: bool) -> None:
    for number, reason in done.bad:
        say(f"line {number} left out: {reason}")
    counts = {"new": done.new, "revised": done.revised, "known": done.known, "bad": len(done.bad)}
    if as_json:
        bad = [{"line": number, "reason": reason} for number, reason in done.bad]
        print_json({**counts, "bad_lines": bad, "threads": derived.threads if derived else 0})
    else:
        typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()))


def export(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(help="What to export.")],
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.jsonl,  # noqa: ARG001
    db: Db = None,
) -> None:
    """Print threads, details, articles, briefs or indicators, one JSON object a line."""
    import orjson

    from api import exports

    rows: dict[What, Callable[[Store], Iterator[dict[str, Any]]]] = {
        What.threads: exports.threads,
        What.details: exports.details,
        What.articles: exports.articles,
        What.briefs: exports.briefs,
        What.indicators: exports.indicators,
    }
    with store_of(config_of(ctx, db)) as store:
        for row in rows[what](store):
            sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
        sys.stdout.buffer.flush()
