"""`audio`: a thread's brief, spoken, as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import Db, config_of, say, store_of, utcnow

if TYPE_CHECKING:
    from breachwire.model import AudioForm

FORMS: tuple[AudioForm, ...] = ("mp3", "opus")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(audio)


def audio(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The thread's id.")],
    to: Annotated[str, typer.Option("--to", help="Where to; - is stdout. Default: ID.FORM.")] = "",
    form: Annotated[str, typer.Option("--format", help="mp3 or opus. Default: as --to ends.")] = "",
    db: Db = None,
) -> None:
    """Speak a thread's brief into a file, its disclosure first."""
    from api.threads import readable
    from breachwire.errors import UsageError
    from breachwire.studio import Studio

    config = config_of(ctx, db)
    kind = _form(form, to)
    with store_of(config) as store:
        studio = Studio(store, config, utcnow)
        if not studio.on:
            raise UsageError("speech is off; set `speech` to espeak or piper")
        live = readable(store, id_)
        recording = studio.record(live.id, kind)
    if to == "-":
        sys.stdout.buffer.write(recording.path.read_bytes())
        return
    path = Path(to or f"{live.id}.{kind}")
    try:
        path.write_bytes(recording.path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    say(f"{path}: {recording.seconds:.1f} s, {recording.size:,} bytes")


def _form(form: str, to: str) -> AudioForm:
    """Raises UsageError."""
    from breachwire.errors import UsageError

    wanted = form or Path(to).suffix.removeprefix(".") or "mp3"
    for known in FORMS:
        if wanted.lower() == known:
            return known
    raise UsageError(f"no format {wanted[:20]!r}: mp3 or opus")
