"""`webhooks`: addresses that are told when a ledger changes.

A secret is printed once, at birth and at rotation. `list` shows hosts alone: a path may hold a
secret of its receiver's.
"""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Json,
    agent_of,
    config_of,
    print_json,
    say,
    store_of,
    utcnow,
)
from breachwire.errors import UsageError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.model.webhooks import Delivery
    from breachwire.net import Receivers

app = typer.Typer(
    help="Addresses that are told when a ledger changes.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Id = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `webhooks list` shows it.")]
_AGO: Final = re.compile(r"([1-9]\d{0,3})([hd])")


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="Where to: it takes a POST and answers 2xx.")],
    search: Annotated[
        str, typer.Option(help="Of these threads alone: words, or filters as victim=NAME&since=7d.")
    ] = "",
    watch: Annotated[int, typer.Option(help="Of this watch's threads alone.")] = 0,
    events: Annotated[
        str, typer.Option(help="thread.created,thread.changed,thread.corrected,thread.merged")
    ] = "",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Tell an address of what happens from now on; prints the signatures' secret, this once."""
    from api.webhooks import keeping
    from breachwire.model.webhooks import Webhook
    from breachwire.net.addresses import parse

    config = config_of(ctx, db)
    if search and watch:
        raise UsageError("--search or --watch, not both; make two for both")
    query = keeping.search(_parameters(search))
    kinds = keeping.kinds([one.strip() for one in events.split(",") if one.strip()])
    target, now, secret = parse(url), utcnow(), keeping.new_secret()
    with store_of(config) as store:
        if watch:
            store.watch_by_id(watch)
        new = Webhook(target.url, kinds, now, query, watch or None)
        made = store.add_webhook(new, secret, most=keeping.MOST)
    if target.scheme == "http":
        say("http: whoever is on the way there can read what is sent, though not change it")
    if as_json:
        print_json({**keeping.said(made, {}), "secret": secret})
        return
    say(
        f"webhook {made.id} to {target.host}; give its receiver this secret, shown only now, and"
        f" try it by `breachwire webhooks check {made.id}`:"
    )
    typer.echo(secret)


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """Each with its state and what waits; never its secret."""
    from api.webhooks import keeping

    with store_of(config_of(ctx, db)) as store:
        counts = store.deliveries_counted()
        hooks = store.webhooks()
    shown = [
        {**keeping.said(hook, counts.get(hook.id, {})), "watch": hook.watch,
         "search": dict(hook.query) or None}
        for hook in hooks
    ]  # fmt: skip
    if as_json:
        print_json({"webhooks": shown})
        return
    for one in shown:
        typer.echo(_line(one))
    if not shown:
        say("nobody is told: `breachwire webhooks add URL`")


def _line(one: dict[str, Any]) -> str:
    of = (
        f"of watch {one['watch']}" if one["watch"] else "of a search" if one["search"] else "of all"
    )
    said = f", {one['waiting']} waiting, {one['dead']} dead"
    return f"{one['id']:4}  {one['state']:8} {one['host']} {of}{said}" + (
        f": {one['error']}" if one["error"] else ""
    )


@app.command()
def check(ctx: typer.Context, id_: Id, allow_private: AllowPrivate = None, db: Db = None) -> None:
    """Send a trial now; where it is taken, a webhook that had ended goes on."""
    from api.webhooks import keeping

    config = config_of(ctx, db, allow_private=allow_private)
    with store_of(config) as store:
        hook, now = store.webhook(id_), utcnow()
        with closing(way(config)) as out:
            keeping.check(out.post, hook.url, store.webhook_secrets(id_, now), now)
        store.set_webhook_state(id_, "active")
    typer.echo(f"webhook {id_}: {keeping.host(hook.url)} took it")


@app.command()
def rotate(
    ctx: typer.Context,
    id_: Id,
    hours: Annotated[
        int, typer.Option(min=0, max=720, help="How long the old secret's are sent as well.")
    ] = 24,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """A new secret, printed this once; for some hours messages carry signatures of both."""
    from api.webhooks import keeping

    now, secret = utcnow(), keeping.new_secret()
    until = now + timedelta(hours=hours)
    with store_of(config_of(ctx, db)) as store:
        store.rotate_webhook(id_, secret, now, until)
    if as_json:
        print_json({"secret": secret, "old_until": until.isoformat()})
        return
    say(f"webhook {id_}: both hold until {until:%Y-%m-%d %H:%M} UTC; the new one, shown only now:")
    typer.echo(secret)


@app.command()
def replay(
    ctx: typer.Context,
    id_: Id,
    delivery: Annotated[int, typer.Option(help="One, as `webhooks dead` shows it.")] = 0,
    since: Annotated[str, typer.Option(help="What happened since: 12h, 7d or a time.")] = "",
    db: Db = None,
) -> None:
    """Send once more, under the same ids: one, what happened since a time, or all that is dead."""
    now = utcnow()
    if delivery and since:
        raise UsageError("--delivery or --since, not both")
    with store_of(config_of(ctx, db)) as store:
        store.webhook(id_)
        number = store.replay(
            id_, now, delivery=delivery or None, since=_since(since, now) if since else None,
            dead=not delivery and not since,
        )  # fmt: skip
    typer.echo(f"{number} deliveries of webhook {id_} wait to be sent once more")


@app.command()
def dead(
    ctx: typer.Context,
    webhook: Annotated[int, typer.Option(help="Of this webhook alone.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Deliveries that were given up, newest first."""
    with store_of(config_of(ctx, db)) as store:
        found = store.deliveries("dead", webhook=webhook or None, limit=limit)
    if as_json:
        print_json({"dead": [_document(one) for one in found]})
        return
    for one in found:
        typer.echo(
            f"{one.id:6}  webhook {one.webhook}, {one.happening.kind} of thread {one.thread},"
            f" {one.attempts} attempts: {one.error}"
        )
    if not found:
        say("nothing was given up")


@app.command()
def remove(ctx: typer.Context, id_: Id, db: Db = None) -> None:
    """For good, with its secrets and what waits."""
    with store_of(config_of(ctx, db)) as store:
        store.remove_webhook(id_)
    typer.echo(f"removed webhook {id_}")


def way(config: Config) -> Receivers:
    """The way out to receivers."""
    from breachwire.net import Receivers

    return Receivers(agent_of(config), allow=config.allow_private)


def _document(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": one.id,
        "webhook": one.webhook,
        "webhook_id": one.happening.key,
        "event": one.happening.kind,
        "thread": one.thread,
        "attempts": one.attempts,
        "error": one.error,
        "given_up_at": one.done_at,
    }


def _parameters(search: str) -> dict[str, str]:
    """Words, or what stands behind /search?"""
    from urllib.parse import parse_qsl

    given = search.strip().removeprefix("?")
    if "=" not in given:
        return {"q": given} if given else {}
    return dict(parse_qsl(given, keep_blank_values=True))


def _since(text: str, now: datetime) -> datetime:
    if match := _AGO.fullmatch(text.strip().lower()):
        return now - timedelta(**{{"h": "hours", "d": "days"}[match[2]]: int(match[1])})
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"--since: {text!r}; write it as 12h, 7d or 2026-11-28T09:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
