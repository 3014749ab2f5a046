"""`backup` and `restore`: the store as one file, made while everything runs, and put back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.store.backup import Kept
    from breachwire.store.restoring import Restored


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write the whole store to a new file, while polls, pages and mails go on, and check it."""
    from breachwire.store import backup as keeping
    from breachwire.store.engine import path_of

    made = keeping.backup(path_of(config_of(ctx, db).database()), file.expanduser(), utcnow())
    if as_json:
        print_json(_plain(made))
        return
    typer.echo(f"{made.file}: {_amount(made)}, checked; SHA-256 {made.sha256}")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `breachwire backup` made it.")],
    as_it_was: Annotated[
        bool,
        typer.Option(
            "--as-it-was",
            help="Subscribers, letters, watch lists and tokens as in the file, too: who left or was"
            " erased since comes back.",
        ),
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of the store, which is kept aside; nothing else may have it open.

    What readers asked for since (unsubscribed, erased, sent) is taken over from the store that is
    replaced, where it can be read.
    """
    from breachwire.store import restoring
    from breachwire.store.engine import path_of

    config = config_of(ctx, db)
    path = path_of(config.database())
    if not config.db:
        path.parent.mkdir(parents=True, exist_ok=True)
    done = restoring.restore(file.expanduser(), path, utcnow(), people=not as_it_was)
    problems = _settle(config)
    if as_json:
        plain = {**_plain(done.kept), "kept_aside": str(done.aside) if done.aside else None}
        print_json({**plain, "carried_over": done.carried, "problems": problems})
        return
    _tell(path, done, as_it_was, problems)


def _settle(config: Config) -> list[str]:
    """Indexes are made from what is there now; what is wrong with it all the same."""
    from breachwire import index_file

    with store_of(config) as store:
        index_file.forget(store)
        problems = store.check()
        if any("search index" in line for line in problems):
            store.reindex()
            problems = store.check()
    return problems


def _tell(path: Path, done: Restored, as_it_was: bool, problems: list[str]) -> None:
    kept = done.kept
    at = f" of {kept.made_at:%Y-%m-%d %H:%M} UTC" if kept.made_at else ""
    typer.echo(f"{path}: restored from {kept.file}{at}: {_amount(kept)}")
    say("the index of vectors is made anew at the next start")
    if done.aside:
        say(f"what was there before: {done.aside}")
    if done.carried:
        say("subscribers, letters, watch lists and tokens are as they were before restoring")
    elif done.aside and not as_it_was:
        say(
            "what was there before could not be read: who unsubscribed, was erased or had a token"
            " revoked since the backup is back; see `newsletter subscribers`, `token list`"
        )
    for site in done.left_out:
        say(f"left out since: run `breachwire outlets leave-out {site}` again")
    for line in problems:
        say(f"in the backup already: {line}")


def _amount(made: Kept) -> str:
    size = f"{made.size / 1e6:.1f} MB"
    return f"{size}, {made.articles} articles in {made.threads} threads, tables {made.revision}"


def _plain(made: Kept) -> dict[str, object]:
    return asdict(made) | {"file": str(made.file)}
