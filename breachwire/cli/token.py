"""`token`: keys to the editors' pages: create, list, revoke. A secret is printed once, at birth."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow
from breachwire.errors import UsageError

if TYPE_CHECKING:
    from breachwire.model import Token

app = typer.Typer(
    help="Keys to the editors' pages: create, list, revoke.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LASTS: Final = re.compile(r"([1-9]\d{0,3})([hdw])")
_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = 60
"""Characters of a name: it stands in a line of the audit log."""


class ScopeName(StrEnum):
    """What a token may."""

    read = "read"
    edit = "edit"
    admin = "admin"


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose it is; the audit log shows it.")],
    scope: Annotated[
        ScopeName, typer.Option(help="read: look; edit: look and act; admin: everything.")
    ] = ScopeName.read,
    expires: Annotated[str, typer.Option(help="After how long, as 12h, 90d, 8w.")] = "",
    db: Db = None,
) -> None:
    """Make a token and print it, this once; the store keeps only its hash."""
    from breachwire.model import Token
    from breachwire.model.tokens import digest, new_secret

    now = utcnow()
    until = now + _lasting(expires) if expires else None
    named = Token(0, _name(name), scope.value, now, until)
    secret = new_secret()
    with store_of(config_of(ctx, db)) as store:
        made = store.add_token(named, digest(secret))
    until_when = f"until {_minute(until)}" if until else "until it is revoked"
    say(f"token {made.id} of {made.name}, scope {made.scope}, {until_when}; shown only now:")
    typer.echo(secret)


def _name(text: str) -> str:
    from breachwire.model import THREADER

    name = " ".join(text.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise UsageError(f"NAME: one line of 1 to {_LONGEST} characters, such as 'Ida Okafor'")
    if name.casefold() == THREADER:
        raise UsageError(f"NAME: {name!r} stands for the program itself in the audit log")
    return name


def _lasting(text: str) -> timedelta:
    if match := _LASTS.fullmatch(text.strip().lower()):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    raise UsageError(f"--expires: {text!r} is no length of time; write it as 12h, 90d or 8w")


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """Every token, its state and its last use; never its secret."""
    now = utcnow()
    with store_of(config_of(ctx, db)) as store:
        tokens = store.tokens()
    if as_json:
        print_json({"tokens": [{**asdict(t), "state": _state(t, now)} for t in tokens]})
        return
    for token in tokens:
        used = f"last used {_minute(token.last_used_at)}" if token.last_used_at else "never used"
        until = f", until {_minute(token.expires_at)}" if token.expires_at else ""
        typer.echo(
            f"{token.id:4}  {_state(token, now):8} {token.scope:6} {token.name}{until}, {used}"
        )
    if not tokens:
        say("no tokens: nobody can edit; `breachwire token create NAME --scope edit` makes one")


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at:
        return "revoked"
    return "valid" if token.valid(now) else "expired"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


@app.command()
def revoke(
    ctx: typer.Context,
    id_: Annotated[int, typer.Argument(metavar="ID", min=1, help="As `token list` shows it.")],
    db: Db = None,
) -> None:
    """End a token and every session opened with it, at once and for good."""
    with store_of(config_of(ctx, db)) as store:
        token = store.revoke_token(id_, utcnow())
    typer.echo(f"revoked token {token.id} of {token.name}")
