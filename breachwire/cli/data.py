"""`import`: items in, through the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.pipeline.derive import Derived
    from breachwire.pipeline.intake import Imported
    from breachwire.store import Store


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


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
