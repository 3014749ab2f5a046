"""`migrate`: the whole store into one of the other engine, and how it went, a line a table."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Json, config_of, print_json, say

if TYPE_CHECKING:
    from breachwire.store.moving import Moved

_EVERY = 2.0
"""Seconds between two lines of progress."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)


def migrate(
    ctx: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="STORE", help="A new one: postgresql://… or sqlite:///…")
    ],
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="STORE", help="Which; default: the configured one."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the whole store into PostgreSQL, or back into a file, and compare all rows.

    Nothing else may have the store open meanwhile; it is only read. Cut off, run it again: it goes
    on. Ids, addresses of pages, exports are the same afterwards.
    """
    from breachwire.store import moving, open_store

    source, target = (config_of(ctx, given).database() for given in (from_, to))
    moved = moving.move(source, target, _Progress())
    problems: list[str] = []
    if moved.equal:
        store = open_store(target)
        problems = store.check()
        store.close()
    if as_json:
        print_json({**asdict(moved), "equal": moved.equal, "problems": problems})
    else:
        _tell(moved, problems)
    if problems or not moved.equal:
        raise typer.Exit(1)


def _tell(moved: Moved, problems: list[str]) -> None:
    for one in moved.tables:
        mark = f"BAD  {one.differs}" if one.differs else f"SHA-256 {one.sha256}"
        typer.echo(f"{one.table:18} {one.rows:>10,} rows  {mark}")
    for line in problems:
        say(f"{moved.target}: {line}")
    if not moved.equal:
        say(f"{moved.target} is not the same and not a store yet; run it again")
        return
    what = "was there already" if moved.there else "is there"
    say(f"{moved.target}: all of {moved.source} {what}; set `db` (BREACHWIRE_DB) to it")


class _Progress:
    """A line every two seconds at most."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if (now := time.monotonic()) - self._last >= _EVERY:
            self._last = now
            say(f"  {what}: {done:,} of {total:,}")
