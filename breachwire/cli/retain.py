"""`retain`: what the configuration wants gone after a time, now; or what it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, store_of, utcnow
from breachwire.cli.stopping import INTERRUPTED, stoppable

if TYPE_CHECKING:
    from breachwire.pipeline.retain import Gone


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retain)


def retain(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Apply the `retain_*` settings, as `up` and `work` do once a day."""
    from breachwire.pipeline import retain as rules

    config = config_of(ctx, db)
    with stoppable() as stop, store_of(config) as store:
        done = rules.retain(store, config, utcnow(), dry=dry_run, stop=lambda: stop.asked)
    kept = [rule for rule in rules.rules(config) if not rule.days]
    if as_json:
        print_json({"dry_run": dry_run, "rules": [_plain(gone) for gone in done]})
    else:
        for gone in done:
            typer.echo(rules.told(gone) + (" would go" if dry_run else " gone"))
        for rule in kept:
            typer.echo(f"{rule.name}: not set; {rule.what} are kept")
    if stop.asked:
        raise typer.Exit(INTERRUPTED)


def _plain(gone: Gone) -> dict[str, object]:
    return {"setting": gone.rule.name, "days": gone.rule.days, "number": gone.number}
