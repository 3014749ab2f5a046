"""`watch`: watch lists and saved searches, for the operator: add, list, show, remove.

An address is printed once, at birth. What a reader watches is theirs: `list` counts alone, and
`show` needs an id, which an operator has for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow
from breachwire.errors import UsageError

if TYPE_CHECKING:
    from api.services import Services
    from api.watch.names import Names
    from breachwire.config import Config
    from breachwire.model import Watch
    from breachwire.store import Store

app = typer.Typer(
    help="Watch lists and saved searches: add, list, show, remove.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Id = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `watch list` shows it.")]


@app.command()
def add(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="A list: one name a line, or CSV; - is stdin.")] = "",
    query: Annotated[str, typer.Option("--query", "-q", help="A search instead.")] = "",
    label: Annotated[str, typer.Option(help="Its name in feed readers.")] = "",
    base: Annotated[str, typer.Option(help="Address readers use; else base_url.")] = "",
    db: Db = None,
) -> None:
    """Watch a list or a search, and print its secret address, this once."""
    from api.watch import keeping
    from breachwire.model import Watch

    config = config_of(ctx, db)
    names = _names(file)
    wanted = keeping.wanted(label, {"q": query}, names)
    now = utcnow()
    watch = Watch(wanted.label, wanted.query, wanted.entries, now, now)
    with store_of(config) as store:
        services = _services(config, store)
        made, secret = keeping.add(services, watch)
        matching = len(_meaning(services, made))
    for one in names.refused:
        say(f"line {one.line}: {one.text!r}: {one.why}")
    say(f"watch {made.id}, {_what(made)}, {matching} threads now; shown only now:")
    at = base or config.base_url or "http://127.0.0.1:8000"
    typer.echo(keeping.address(at.rstrip("/"), secret))


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """How many there are, how long, and when each was last used; not what they watch."""
    with store_of(config_of(ctx, db)) as store:
        watches = store.watches()
    if as_json:
        print_json({"watches": [asdict(one) for one in watches]})
        return
    for one in watches:
        what = "search" if one.search else f"{one.entries} names"
        used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "not since it was made"
        typer.echo(f"{one.id:4}  {what}, made {one.created_at:%Y-%m-%d}, used {used}")
    if not watches:
        say("nobody watches anything: /watch, or `breachwire watch add FILE`")


@app.command()
def show(ctx: typer.Context, id_: Id, db: Db = None, as_json: Json = False) -> None:
    """What it watches, and the threads that it means now."""
    config = config_of(ctx, db)
    with store_of(config) as store:
        watch = store.watch_by_id(id_)
        threads = _meaning(_services(config, store), watch)
    if as_json:
        print_json({"watch": asdict(watch), "threads": threads})
        return
    typer.echo(f"{watch.label}: {_what(watch)}")
    for one in watch.entries:
        typer.echo(f"  {one.name}{'' if one.kind == 'any' else f', {one.kind}'}")
    for name, value in watch.query.items():
        typer.echo(f"  {name}: {value}")
    for id, why in threads.items():
        typer.echo(f"  thread {id}: {'; '.join(why)}")


@app.command()
def remove(ctx: typer.Context, id_: Id, db: Db = None) -> None:
    """Erase it, with its address and feeds, for good."""
    with store_of(config_of(ctx, db)) as store:
        store.delete_watch(id_)
    typer.echo(f"removed watch {id_}")


def _names(file: str) -> Names:
    """Raises UsageError."""
    import sys

    from api.watch import names

    if not file:
        return names.Names(())
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    return names.read(names.decoded(body))


def _services(config: Config, store: Store) -> Services:
    from api.services import Services
    from nlp import galaxy

    return Services(store=store, config=config, known_actor=galaxy.known_by_slug)


def _meaning(services: Services, watch: Watch) -> Mapping[str, tuple[str, ...]]:
    from api.watch.matching import matched

    return matched(services, watch, utcnow()).threads


def _what(watch: Watch) -> str:
    return "a saved search" if watch.query else f"{len(watch.entries)} names"
