"""`export`: threads, claims, entities and more of a selection; STIX and MISP for other tools.

In: what, in which format, which threads. Out: a stream of lines, or files. Everything of the
selection: nothing is cut off.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli.common import Db, config_of, say, store_of
from breachwire.errors import UsageError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model import Thread
    from breachwire.store import Store, ThreadFilter


class What(StrEnum):
    """What can be exported."""

    threads = "threads"
    claims = "claims"
    entities = "entities"
    timelines = "timelines"
    details = "details"
    articles = "articles"
    briefs = "briefs"
    indicators = "indicators"
    stix = "stix"
    misp = "misp"


class Format(StrEnum):
    """How it is written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    json = "json"


_TABLES = (What.threads, What.claims, What.entities, What.timelines)
_MOST = 1_000
"""Threads in one bundle: some 60 MB."""
_Name = str | None


def _option(*names: str, help: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel="Which threads")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(help="What to export.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Threads' ids; without: all.")] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", help="Default: jsonl; of stix and misp, json.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="A file; of stix also a folder, for a file a thread; of misp the feed's folder.",
        ),
    ] = None,
    section: Annotated[_Name, _option("--section", help="Section of the wire.")] = None,
    kind: Annotated[list[str] | None, _option("--kind", help="Kind; may be repeated.")] = None,
    since: Annotated[_Name, _option("--since", help="A report came in since (7d).")] = None,
    until: Annotated[_Name, _option("--until", help="First report before.")] = None,
    source: Annotated[_Name, _option("--source", help="Outlet of any member.")] = None,
    victim: Annotated[_Name, _option("--victim", help="Victim.")] = None,
    actor: Annotated[_Name, _option("--actor", help="Who did it.")] = None,
    third_party: Annotated[_Name, _option("--third-party", help="Supplier.")] = None,
    sector: Annotated[_Name, _option("--sector", help="Sector of any party.")] = None,
    attack_type: Annotated[_Name, _option("--attack-type", help="How.")] = None,
    data_type: Annotated[_Name, _option("--data-type", help="What data.")] = None,
    cve: Annotated[_Name, _option("--cve", help="CVE id.")] = None,
    status: Annotated[_Name, _option("--status", help="Of any leading detail.")] = None,
    db: Db = None,
) -> None:
    """Print threads, claims, entities, timelines, STIX and more: all of a selection."""
    from api.params import thread_filter

    where = thread_filter({
        "section": section, "kind": kind, "since": since, "until": until, "source": source,
        "victim": victim, "actor": actor, "third_party": third_party, "sector": sector,
        "attack_type": attack_type, "data_type": data_type, "cve": cve, "status": status,
    })  # fmt: skip
    form = format_ or (Format.json if what in (What.stix, What.misp) else Format.jsonl)
    _checked(what, form)
    config = config_of(ctx, db)
    with store_of(config) as store:
        threads = _selected(store, ids or [], where)
        if what is What.misp:
            say(f"{to}: {_feed(store, config, threads, to)} events")
        elif what is What.stix and to is not None and to.is_dir():
            say(f"{to}: {_folder(store, config, threads, to)} threads")
        else:
            _write(_parts(store, config, what, form, threads, whole=_whole(ids, where)), to)


def _checked(what: What, form: Format) -> None:
    """Raises UsageError."""
    if what in (What.stix, What.misp):
        if form is not Format.json:
            raise UsageError(f"--format: {what} is JSON")
    elif form is Format.json:
        raise UsageError(
            f"--format: {what} as jsonl, a JSON object a line; json is for stix and misp"
        )
    elif form is not Format.jsonl and what not in _TABLES:
        raise UsageError(
            f"--format: {what} as jsonl alone; csv and parquet for {', '.join(_TABLES)}"
        )


def _whole(ids: list[str] | None, where: ThreadFilter) -> bool:
    from breachwire.store import ThreadFilter

    return not ids and where == ThreadFilter()


def _selected(store: Store, ids: list[str], where: ThreadFilter) -> Iterator[Thread]:
    """Raises NotFoundError, GoneError; UsageError where both are given."""
    from api import selection

    if not ids:
        return selection.every(store, where)
    if not _whole(None, where):
        raise UsageError("give threads' ids or filters, not both")
    return iter(selection.named(store, ids))


def _parts(
    store: Store, config: Config, what: What, form: Format, threads: Iterator[Thread], whole: bool
) -> Iterable[bytes]:
    """The export, part by part."""
    import orjson

    from api import exports, table_formats, tables

    base = config.base_url.rstrip("/")
    if what is What.stix:
        return [_bundle(store, config, threads)]
    table = {str(one): one for one in tables.TABLES}.get(what.value)
    # The lines of `threads` are a contract older than the tables (DESIGN §6).
    if table and not (what is What.threads and form is Format.jsonl):
        rows = tables.rows(store, table, threads, base)
        return table_formats.written(_FORMS[form], rows, tables.TABLES[table].columns)
    if what is What.articles:
        if not whole:
            raise UsageError("articles are exported all together")
        lines = exports.articles(store)
    else:
        lines = {
            What.threads: exports.threads,
            What.details: exports.details,
            What.briefs: exports.briefs,
            What.indicators: exports.indicators,
        }[what](store, threads)
    return (orjson.dumps(line) + b"\n" for line in lines)


_FORMS: dict[Format, Any] = {one: one.value for one in Format}


def _bundle(store: Store, config: Config, threads: Iterator[Thread]) -> bytes:
    """One bundle of all. Raises UsageError for more than a tool would take."""
    from itertools import islice

    from api.stix import bundle as stix

    some = list(islice(threads, _MOST + 1))
    if len(some) > _MOST:
        raise UsageError(f"more than {_MOST:,} threads for one bundle: narrow it, or --to a folder")
    pages = config.base_url.rstrip("/")
    name = ",".join(sorted(thread.id for thread in some))
    return stix.of_threads(store, some, name, base_url=config.base_url, pages=pages)


def _folder(store: Store, config: Config, threads: Iterator[Thread], to: Path) -> int:
    """A bundle a thread, `ID.json`. Raises UsageError."""
    from itertools import islice

    from api.stix import bundle as stix

    pages, count = config.base_url.rstrip("/"), 0
    while some := list(islice(threads, 100)):
        made = stix.bundles(store, some, base_url=config.base_url, pages=pages)
        for thread, body in zip(some, made, strict=True):
            _write([body], to / f"{thread.id}.json")
        count += len(some)
    return count


def _feed(store: Store, config: Config, threads: Iterator[Thread], to: Path | None) -> int:
    """A feed's folder: an event a thread, manifest.json, hashes.csv. Raises UsageError."""
    from api.exported import in_batches
    from api.misp.event import Writer
    from api.misp.feed import written
    from api.stix.ids import Ids
    from nlp.galaxy import known_by_slug

    if to is None or not to.is_dir():
        raise UsageError("--to: name a folder that is there; a MISP feed is many files")
    writer = Writer(Ids(config.base_url), config.base_url.rstrip("/"), known_by_slug)
    found = in_batches(store, threads)
    return written(writer, found, lambda name, body: _write([body], to / name))


def _write(parts: Iterable[bytes], to: Path | None) -> None:
    """Raises UsageError."""
    if to is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    try:
        with to.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise UsageError(f"--to: {to}: {error.strerror}") from None
