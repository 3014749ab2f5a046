"""`outlets`: who asked to be left out: leave-out, list, let-in.

Leaving out is for good: what goes is asked about first, and `--dry-run` says how much it is.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.audit import count
from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow
from breachwire.cli.threads import Who, user

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model import Holding
    from breachwire.store import Store

app = typer.Typer(
    help="Outlets that asked to be left out: leave-out, list, let-in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Host = Annotated[
    str, typer.Argument(metavar="HOST", help="A host or address; its site and all under it count.")
]
Why = Annotated[str, typer.Option("--why", help="Why, for the log.")]


@app.command("leave-out")
def leave_out(
    ctx: typer.Context,
    host: Host,
    why: Why = "",
    who: Who = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Read nothing of an outlet any more, and forget all that is stored of it. For good."""
    from breachwire.cli.progress import Lines
    from breachwire.pipeline import leaving
    from ingest.urls import site as site_of

    config, site = config_of(ctx, db), site_of(host)
    with store_of(config) as store:
        held = store.holding(site)
        if dry_run:
            _tell(site, held, "would go", as_json)
            return
        if not yes:
            _ask(site, held)
        progress = Lines(say)
        leaving.leave_out(
            store, site, who=user(who), why=why.strip(), now=utcnow(),
            progress=lambda done, all_: progress("leave", done, all_),
        )  # fmt: skip
        _drop_files(config, store, held)
    _tell(site, held, "gone", as_json)
    if len(held.threads) > held.alone:
        say("`breachwire work` writes their other threads anew; a running `up` does it by itself")


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """The sites that are left out."""
    with store_of(config_of(ctx, db)) as store:
        found = store.left_out()
    if as_json:
        print_json({"left_out": [asdict(one) for one in found]})
        return
    for one in found:
        why = f": {one.why}" if one.why else ""
        typer.echo(f"{one.site}  since {one.at:%Y-%m-%d}, by {one.who}{why}")
    if not found:
        say("no outlet is left out; `breachwire outlets leave-out HOST` does it")


@app.command("let-in")
def let_in(ctx: typer.Context, host: Host, why: Why = "", who: Who = "", db: Db = None) -> None:
    """Allow an outlet again. Nothing comes back by itself: add its feed."""
    from breachwire.model import LeftOut
    from ingest.urls import site as site_of

    site = site_of(host)
    with store_of(config_of(ctx, db)) as store:
        store.let_in(LeftOut(site, user(who), why.strip(), utcnow()))
    typer.echo(f"{site} may come in again; `breachwire feeds add URL` subscribes to it")


def _ask(site: str, held: Holding) -> None:
    """Raises Abort for a no, and where nobody can answer."""
    say(f"{site} and all under it: {_amount(held)} will go, for good.")
    typer.confirm("Leave it out?", abort=True, err=True)


def _amount(held: Holding) -> str:
    threads = f"{len(held.threads)} threads ({held.alone} of it alone)"
    feeds = f"{len(held.feeds)} feed{'s' if len(held.feeds) != 1 else ''}"
    return f"{count(len(held.articles))} in {threads}, {feeds}"


def _tell(site: str, held: Holding, what: str, as_json: bool) -> None:
    if as_json:
        counts = {"articles": len(held.articles), "threads": len(held.threads)}
        print_json({"site": site, **counts, "threads_alone": held.alone, "feeds": held.feeds})
        return
    typer.echo(f"{site}: {_amount(held)}: {what}")


def _drop_files(config: Config, store: Store, held: Holding) -> None:
    """Recordings may speak its words, and the kept index holds its vectors: both are made anew."""
    from breachwire import index_file
    from breachwire.studio import forget

    if held.articles:
        index_file.forget(store)
        forget(config, store.url)
