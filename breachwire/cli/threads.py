"""`thread …`: one thread shown; threads merged, split, undone, explained; the log, the proposals.

Articles are named by id or address, threads by id; an id that was merged stands for the thread that
it is in now.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli import audit, named
from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model import Edit
    from breachwire.store import Store

app = typer.Typer(
    help="Threads: shown, merged, split, explained.", no_args_is_help=True, rich_markup_mode=None
)

Why = Annotated[str, typer.Option("--why", help="Why, for the log.")]
Who = Annotated[str, typer.Option("--who", help="By whom, for the log. Default: your user name.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The thread's id.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Its number, from `thread proposals`.")]


@contextmanager
def _opened(ctx: typer.Context, db: str | None) -> Iterator[tuple[Config, Store]]:
    config = config_of(ctx, db)
    with store_of(config) as store:
        yield config, store


def user(who: str) -> str:
    """By whom, for the log: as given, else the system's user."""
    try:
        return who.strip() or getpass.getuser()
    except (KeyError, OSError):  # a user that the system has no name for
        return "operator"


def _by(who: str, why: str) -> dict[str, Any]:
    return {"who": user(who), "why": why.strip(), "now": utcnow()}


@app.command()
def show(ctx: typer.Context, id_: Id, db: Db = None, as_json: Json = False) -> None:
    """A thread in wire format, as Markdown or JSON."""
    from api import threads
    from nlp import origins

    with _opened(ctx, db) as (config, store):
        base = config.base_url or "http://127.0.0.1:8000"
        document = threads.wire(store, id_, base_url=base, origins_of=origins.groups)
    if document["id"] != id_:
        say(f"{id_} was merged into {document['id']}")
    if as_json:
        print_json(document)
    else:
        typer.echo(threads.markdown(document))


@app.command()
def merge(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="The thread that stays.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The thread that goes into it.")],
    why: Why = "",
    who: Who = "",
    db: Db = None,
) -> None:
    """Put all articles of B into A; B's address leads to A from then on."""
    from breachwire.pipeline import edits

    with _opened(ctx, db) as (_, store):
        _told(store, edits.merge(store, a, b, **_by(who, why)))


@app.command()
def split(
    ctx: typer.Context,
    id_: Id,
    articles: Annotated[list[str], typer.Argument(help="Ids or addresses of those that leave.")],
    why: Why = "",
    who: Who = "",
    db: Db = None,
) -> None:
    """Let articles leave a thread and open one of their own; the rest keeps its address."""
    from breachwire.pipeline import edits

    with _opened(ctx, db) as (_, store):
        leaving = [named.article(store, name) for name in articles]
        _told(store, edits.split(store, id_, leaving, **_by(who, why)))


@app.command()
def move(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(help="Its id or address.")],
    thread: Annotated[str, typer.Argument(metavar="THREAD|new", help="Where it belongs.")],
    why: Why = "",
    who: Who = "",
    db: Db = None,
) -> None:
    """Move one article to another thread, or to a new one of its own."""
    from breachwire.pipeline import edits

    with _opened(ctx, db) as (_, store):
        to = None if thread == "new" else thread
        _told(store, edits.move(store, named.article(store, article), to, **_by(who, why)))


@app.command()
def undo(
    ctx: typer.Context,
    edit: Annotated[int, typer.Argument(metavar="EDIT", help="Its number, from `thread log`.")],
    why: Why = "",
    who: Who = "",
    db: Db = None,
) -> None:
    """Take an edit back: articles stand where they stood, and what it said of them is forgotten."""
    from breachwire.pipeline import edits

    with _opened(ctx, db) as (_, store):
        _told(store, edits.undo(store, edit, **_by(who, why)))


@app.command()
def accept(ctx: typer.Context, n: Number, why: Why = "", who: Who = "", db: Db = None) -> None:
    """Do what is proposed."""
    from breachwire.pipeline import proposals

    with _opened(ctx, db) as (_, store):
        _told(store, proposals.accept(store, n, **_by(who, why)))


@app.command()
def refuse(ctx: typer.Context, n: Number, why: Why = "", who: Who = "", db: Db = None) -> None:
    """Turn a proposal down, for good: no later run does it."""
    from breachwire.pipeline import proposals

    with _opened(ctx, db) as (_, store):
        _told(store, proposals.refuse(store, n, **_by(who, why)))


@app.command()
def log(
    ctx: typer.Context,
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="Of one thread.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Who changed threads, when, why; newest first."""
    with _opened(ctx, db) as (_, store):
        if id_ is not None:
            store.thread(id_)
        edits = store.edits(limit=limit, thread=id_)
        urls = {a.id: a.url for a in store.articles(audit.moved(edits)).values()}
    if as_json:
        print_json({"edits": [audit.edit_json(edit, urls) for edit in edits]})
        return
    for edit in edits:
        typer.echo(audit.edit_line(edit))
        for article, old, new in edit.moves:
            at = urls.get(article, f"article {article}")
            typer.echo(f"    {old or 'no thread'} → {new or 'no thread'}  {at}")
    if not edits:
        say("nothing was changed by hand or on second thought")


@app.command()
def proposals(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """What the threader would do and is not sure of, the surest first."""
    with _opened(ctx, db) as (_, store):
        found = store.proposals()
        articles = store.articles([id_ for one in found for id_ in one.articles])
        heads = {id_: store.thread(id_).headline for one in found for id_ in one.threads}
    urls = {a.id: a.url for a in articles.values()}
    if as_json:
        print_json({"proposals": [audit.proposal_json(one, urls) for one in found]})
        return
    for one in found:
        typer.echo(audit.proposal_line(one))
        for id_ in one.threads:
            typer.echo(f"    {id_}  {heads[id_]}")
        for article in one.articles:
            typer.echo(f"    leaves: {urls.get(article, article)}")
    if not found:
        say("nothing is proposed")


@app.command()
def explain(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="An article's id or address, or a thread.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Why two articles or threads are together or apart, in words and scores."""
    from breachwire.cli import explaining
    from breachwire.pipeline.explained import explained
    from nlp import embed

    with _opened(ctx, db) as (config, store):
        model = embed.load(config.embedding_model).name  # named, not loaded
        subjects = [named.subject(store, name) for name in (a, b)]
        found = explained(store, model, *subjects, calibrations=config.calibrations())
    if as_json:
        print_json(explaining.as_json(found))
    else:
        typer.echo("\n".join(explaining.lines(found)))


def _told(store: Store, edit: Edit) -> None:
    threads = sorted({new for _, _, new in edit.moves if new is not None})
    parts = [f"edit {edit.id}: {edit.what}, {audit.count(len(edit.moves))} moved"]
    parts += [f"{id_} has {audit.count(store.thread(id_).articles)}" for id_ in threads]
    typer.echo("; ".join(parts))
