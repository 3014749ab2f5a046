"""`newsletter`: preview, send, list, subscribers, bounces, export."""

from __future__ import annotations

import tempfile
import webbrowser
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow
from breachwire.cli.stopping import INTERRUPTED, stoppable
from breachwire.errors import BreachwireError, NotFoundError, StoreBusyError, UsageError

if TYPE_CHECKING:
    from api.newsletter.issue import View
    from breachwire.config import Config
    from breachwire.model.newsletter import Frequency, Issue
    from breachwire.store import Store

app = typer.Typer(
    help="The briefing by mail: preview, send, list, subscribers, bounces, export.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Often(StrEnum):
    """How often an issue is made."""

    weekly = "weekly"
    daily = "daily"


class Form(StrEnum):
    """What an export is written in."""

    md = "md"
    html = "html"
    json = "json"


OftenOption = Annotated[Often, typer.Option("--frequency", help="weekly or daily.")]
Days = Annotated[
    int | None, typer.Option(min=1, max=400, help="Days back, instead of since the last issue.")
]
To = Annotated[Path | None, typer.Option("--to", help="A file.")]


@app.command()
def preview(
    ctx: typer.Context,
    frequency: OftenOption = Often.weekly,
    days: Days = None,
    to: Annotated[
        Path | None, typer.Option(help="A file: .html, .txt, .eml, .md or .json by its name.")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    db: Db = None,
) -> None:
    """The issue as it would be now; nothing is stored or sent. Without --to: its text."""
    config = config_of(ctx, db)
    with store_of(config) as store:
        view = _view(_made(store, config, frequency.value, days))
    if browser and to is None:
        to = Path(tempfile.mkdtemp(prefix="breachwire-")) / "issue.html"
    if to is None:
        typer.echo(_written(config, view, ".txt"), nl=False)
        return
    _write(to, _written(config, view, to.suffix))
    say(f"{to}: {len(view.items)} threads")
    if browser:
        webbrowser.open(to.resolve().as_uri())


@app.command()
def send(
    ctx: typer.Context,
    frequency: OftenOption = Often.weekly,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say who would get what.")] = False,
    db: Db = None,
) -> None:
    """Make today's issue unless it is there, and send what waits, each letter once.

    A run that was cut off goes on where it was with the next one.
    """
    from breachwire import postroom

    config = config_of(ctx, db)
    with store_of(config) as store:
        if dry:
            _dry(store, config, frequency.value)
            return
        _needs_mail(config)
        made = _made(store, config, frequency.value, None)
        say(postroom.posted(store, made, utcnow()))
        _send(store, config)


def _send(store: Store, config: Config) -> None:
    import threading

    from breachwire import postroom

    ended = threading.Event()
    with stoppable() as stop:
        stop.call(ended.set)
        room = postroom.Postroom(store, config, now=utcnow, wait=ended.wait, say=say)
        try:
            with store.role("mailer"):
                done = room.send(ended.is_set)
        except StoreBusyError:
            say("another process sends this store's mails; it takes the letters that wait")
            return
    typer.echo(postroom.told(done))
    if stop.asked:
        raise typer.Exit(INTERRUPTED)
    if done.failed:
        raise typer.Exit(1)


def _dry(store: Store, config: Config, frequency: Frequency) -> None:
    """Each subscriber's own issue, by its number of threads."""
    from api.newsletter import issue

    made = _made(store, config, frequency, None)
    counts: Counter[int] = Counter()
    for one in store.subscribers("active"):
        if one.wish.frequency == frequency:
            view = issue.view(made.document, one.wish, store.read_by(one.id))
            counts[len(view.items)] += 1
    there = any(one.id == made.id for one in store.issues())
    note = "; it was made before, whoever got it gets no second one" if there else ""
    typer.echo(f"issue {made.id}: {len(_view(made).items)} threads{note}")
    for number, people in sorted(counts.items(), reverse=True):
        what = f"{number} threads" if number else "no mail: nothing for them"
        typer.echo(f"  {people} subscribers: {what}")
    typer.echo("nothing was stored or sent")


@app.command("list")
def list_(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """Issues that were made, newest first, and what became of their letters."""
    with store_of(config_of(ctx, db)) as store:
        rows = [
            {
                "id": one.id, "since": one.since, "until": one.until,
                "threads": len(_view(one).items), "letters": store.posted(one.id),
            }
            for one in store.issues()
        ]  # fmt: skip
    if as_json:
        print_json({"issues": rows})
        return
    for row in rows:
        letters: Any = row["letters"]
        said = ", ".join(f"{number} {state}" for state, number in sorted(letters.items()))
        typer.echo(f"{row['id']}  {row['threads']} threads  {said or 'no letters'}")
    if not rows:
        say("no issue was made yet; `breachwire newsletter preview` shows the next one")


@app.command()
def subscribers(
    ctx: typer.Context,
    erase: Annotated[str, typer.Option(help="Delete this address, with all about it.")] = "",
    lift: Annotated[
        str, typer.Option(help="Let this address be entered again that wished never to be.")
    ] = "",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Who gets the briefing, since when, on which words."""
    from dataclasses import asdict

    with store_of(config_of(ctx, db)) as store:
        if erase:
            _erase(store, erase)
            return
        if lift:
            typer.echo("lifted" if store.lift(lift) else "this address was not shut out")
            return
        found = store.subscribers()
    if as_json:
        print_json({"subscribers": [asdict(one) for one in found]})
        return
    for one in found:
        since = f"since {one.confirmed_at:%Y-%m-%d}" if one.confirmed_at else "not confirmed"
        bounced = f", {one.bounces} bounces" if one.bounces else ""
        typer.echo(f"{one.state:9} {one.wish.frequency:6} {one.address}, {since}{bounced}")
    counts = Counter(one.state for one in found)
    say(", ".join(f"{number} {state}" for state, number in counts.items()) or "no subscribers")


def _erase(store: Store, address: str) -> None:
    """From newsletter and alerts. Raises NotFoundError where it is in neither."""
    alerts = store.erase_alerts_of(address, utcnow())
    try:
        store.erase(store.subscriber(address).id, suppress=False, now=utcnow())
    except NotFoundError:
        if not alerts:
            raise
    typer.echo("erased")


@app.command()
def bounces(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE|MAILDIR", help="Mail, mbox, Maildir.")],
    db: Db = None,
) -> None:
    """Read mails that came back; an address that did too often gets no more.

    Only what quotes the Message-ID of a mail that was sent counts: a forged one can't know it.
    """
    from breachwire.mail.bounces import read

    config, counts = config_of(ctx, db), Counter[str]()
    with store_of(config) as store:
        for bounce in read(source):
            most, id, now = config.mail_bounces, bounce.message_id, utcnow()
            known = id and (store.came_back(id, most, now) or store.alert_came_back(id, most, now))
            counts["counted" if known else "of no mail that we know as sent"] += 1
            counts["suspended"] += bool(known and known[1])
    said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    typer.echo(f"bounces: {said or 'none'}")


@app.command()
def export(
    ctx: typer.Context,
    threads: Annotated[list[str] | None, typer.Argument(help="Threads' ids.")] = None,
    search: Annotated[str, typer.Option(help="All that a search finds, best first.")] = "",
    issue: Annotated[str, typer.Option(help="An issue, as `newsletter list` names it.")] = "",
    form: Annotated[Form, typer.Option("--format", help="md, html or json.")] = Form.md,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Of a search.")] = 10,
    to: To = None,
    db: Db = None,
) -> None:
    """Threads, a search's results or an issue, for a writer's own tool."""
    if sum(map(bool, (threads, search, issue))) != 1:
        raise UsageError("give threads' ids, or --search, or --issue")
    config = config_of(ctx, db)
    with store_of(config) as store:
        if issue:
            view = _view(store.issue(issue))
        else:
            view = _selection(store, config, threads or _found(store, search, limit))
    text = _written(config, view, f".{form.value}")
    if to is None:
        typer.echo(text, nl=False)
    else:
        _write(to, text)
        say(f"{to}: {len(view.items)} threads")


def _found(store: Store, query: str, limit: int) -> list[str]:
    """By full text and names: no model is loaded for it."""
    from api.search import search
    from breachwire.store import ThreadFilter

    found = search(store, None, query, ThreadFilter(), limit=limit)
    return [row["thread"] for row in found["results"]]


def _selection(store: Store, config: Config, ids: list[str]) -> View:
    from api.newsletter import issue, material
    from api.threads import live_thread

    threads = [live_thread(store, id) for id in ids]
    now = utcnow()
    items = material.items(store, threads, now - timedelta(days=36_500), {})
    days = [datetime.fromisoformat(item["updated_at"]) for item in items]
    dates = issue.dates(min(days), max(days), config.time_zone) if days else ""
    return issue.selection(items, "Threads", dates)


def _made(store: Store, config: Config, frequency: Frequency, days: int | None) -> Issue:
    """Today's issue: the stored one where it is there."""
    from zoneinfo import ZoneInfo

    from breachwire.mail.schedule import issue_id
    from breachwire.postroom import prepared

    now = utcnow()
    id = issue_id(frequency, now.astimezone(ZoneInfo(config.time_zone)).date())
    if days is None and (there := [one for one in store.issues() if one.id == id]):
        return there[0]
    since = now - timedelta(days=days) if days else None
    return prepared(store, config, frequency, id, now, now, since)


def _view(made: Issue) -> View:
    from api.newsletter import issue

    return issue.view(made.document)


def _written(config: Config, view: View, suffix: str) -> str:
    """In the form that a file's name asks for. Raises UsageError."""
    import orjson

    from api.newsletter import export, render
    from breachwire.mail.message import stationery

    base = config.base_url.rstrip("/") or "http://127.0.0.1:8000"
    letter = render.letter(view, render.Frame(base, imprint=config.mail_imprint))
    if suffix == ".json":
        document = export.document(view, base)
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    if suffix == ".eml":
        mail = stationery(config).mail(letter, "reader@example.com", id="preview", at=utcnow())
        return mail.decode("ascii")
    forms = {".md": lambda: export.markdown(view, base), ".html": lambda: letter.html,
             ".txt": lambda: letter.text}  # fmt: skip
    if suffix not in forms:
        raise UsageError(f"--to: {suffix or 'no ending'}; name a .html, .txt, .eml, .md or .json")
    return forms[suffix]()


def _write(to: Path, text: str) -> None:
    """Raises UsageError."""
    try:
        to.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise UsageError(f"--to: {to}: {error.strerror}") from None


def _needs_mail(config: Config) -> None:
    if not config.smtp_host:
        raise BreachwireError("no mail server: set smtp_host, mail_from and base_url (README)")
