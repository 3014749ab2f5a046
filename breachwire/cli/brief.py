"""`brief ID`: what we say of a thread, by version; `brief sign`: a person's review of a version.

`brief ID` is short for `brief show ID`. No thread is called "show" or "sign": ids have neither the
letter i nor o. What a reviewer must say is asked for, never filled in.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from breachwire.cli.common import Db, Json, config_of, print_json, say, store_of, utcnow
from breachwire.errors import UsageError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.store import Store


class ShowFirst(TyperGroup):
    """A group whose command `show` needs no name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `show` before what names no command."""
        asked = args[0] if args else "--help"
        if asked not in self.commands and asked not in ctx.help_option_names:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=ShowFirst,
    help="A thread's brief: `brief ID` prints it; sign, revoke, versions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Id = Annotated[str, typer.Argument(metavar="ID", help="The thread's id.")]
Own = "In the reviewer's own words. "


@app.command()
def show(
    ctx: typer.Context,
    id_: Id,
    version: Annotated[int | None, typer.Option(min=1, help="An older version.")] = None,
    diff: Annotated[str, typer.Option(metavar="M..N", help="What N changed since M.")] = "",
    md: Annotated[bool, typer.Option("--md", help="Markdown to paste, sources linked.")] = False,
    canonical: Annotated[
        bool, typer.Option("--bytes", help="The exact bytes that a sign-off is of.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Print a thread's brief: the latest, an older version, or how two differ."""
    if sum((bool(diff), version is not None)) > 1 or sum((md, as_json, canonical)) > 1:
        raise UsageError("brief: one of --version, --diff, and one of --json, --md, --bytes")
    if diff and (md or canonical):
        raise UsageError("--diff: prints text or --json")
    config = config_of(ctx, db)
    with store_of(config) as store:
        if canonical:
            _print_bytes(store, id_, version)
        elif diff:
            _print_difference(store, config, id_, diff, as_json)
        else:
            _print(_document(store, config, id_, version), as_json=as_json, md=md)


def _base(config: Config) -> str:
    return config.base_url.rstrip("/") or "http://127.0.0.1:8000"


def _document(store: Store, config: Config, id_: str, version: int | None) -> dict[str, Any]:
    from api import threads, versions
    from nlp import origins

    if version is not None:
        return versions.version(store, id_, version, base=_base(config))
    document = threads.wire(store, id_, base_url=_base(config), origins_of=origins.groups)
    if document["id"] != id_:
        say(f"{id_} was merged into {document['id']}")
    return document


def _print(document: dict[str, Any], *, as_json: bool, md: bool) -> None:
    from api import paste

    if as_json:
        print_json(document)
    else:
        typer.echo(paste.paste(document) if md else paste.plain(document), nl=False)


def _print_bytes(store: Store, id_: str, version: int | None) -> None:
    from breachwire.model.signoffs import canonical

    number = version if version is not None else _latest(store, id_)
    sys.stdout.buffer.write(canonical(store.brief(id_, number)))
    sys.stdout.buffer.flush()


def _latest(store: Store, id_: str) -> int:
    """Raises NotFoundError."""
    from breachwire.errors import NotFoundError

    store.thread(id_)
    if id_ not in (found := store.briefs([id_])):
        raise NotFoundError("brief of thread", id_)
    return found[id_].version


def _print_difference(store: Store, config: Config, id_: str, diff: str, as_json: bool) -> None:
    from api import versions

    found = versions.difference(store, id_, *versions.span(diff), base=_base(config))
    if as_json:
        print_json(found)
        return
    ends = (found["from"], found["to"])
    typer.echo(" → ".join(f"version {end['version']} ({end['made_at'][:16]})" for end in ends))
    typer.echo(found["words"])
    for section in found["sections"]:
        typer.echo(f"\n{section['label'].upper()}")
        for changed in section["changed"]:
            typer.echo(f"- {changed['before']['text']}\n+ {changed['after']['text']}")
        for sign, name in (("-", "removed"), ("+", "added")):
            for one in section[name]:
                typer.echo(f"{sign} {one['text']}")
        for changed in section["resting"]:
            typer.echo(f"~ {changed['after']['text']} (on other evidence)")


@app.command()
def versions(ctx: typer.Context, id_: Id, db: Db = None, as_json: Json = False) -> None:
    """All versions of a brief, newest first, and what each changed."""
    from api import versions as documents

    config = config_of(ctx, db)
    with store_of(config) as store:
        found = documents.listed(store, id_, limit=1_000, base=_base(config))
    if as_json:
        print_json(found)
        return
    for one in found["versions"]:
        signed = f"; signed by {one['reviewed']['by']}" if one["reviewed"] else ""
        typer.echo(f"{one['version']:4}  {one['made_at'][:16]}  {one['words']}{signed}")
    if not found["versions"]:
        say("no version yet: the brief is being written")


@app.command()
def sign(
    ctx: typer.Context,
    id_: Id,
    reviewer: Annotated[str, typer.Option(help="Who reviewed it: a person's full name.")],
    role: Annotated[str, typer.Option(help="Their role, such as editor on duty.")],
    competence: Annotated[str, typer.Option(help=Own + "What lets them judge it.")],
    facts: Annotated[str, typer.Option(help=Own + "Which facts were checked.")],
    sources: Annotated[str, typer.Option(help=Own + "Which sources were read.")],
    responsible: Annotated[str, typer.Option(help="The person or firm that answers for it.")],
    contact: Annotated[str, typer.Option(help="Their mail or web address.")],
    changed: Annotated[str, typer.Option(help=Own + "What changed because of it.")] = "",
    version: Annotated[
        int | None, typer.Option(min=1, help="The version that was read. Default: the latest.")
    ] = None,
    db: Db = None,
) -> None:
    """Record that a person reviewed a version of a brief, and who answers for it."""
    from breachwire.model import SignOff
    from breachwire.model.signoffs import sha256

    with store_of(config_of(ctx, db)) as store:
        read = store.brief(id_, _latest(store, id_) if version is None else version)
        review = SignOff(
            id_, read.version, sha256(read), reviewer, role, competence, facts, sources,
            changed, responsible, contact, utcnow(),
        )  # fmt: skip
        edit = store.sign(review, who=reviewer)
    typer.echo(f"sign-off {edit.settles}: version {read.version} of {id_}, {sha256(read)}")


@app.command()
def revoke(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The sign-off's number.")],
    who: Annotated[str, typer.Option(help="Who takes it back.")],
    why: Annotated[str, typer.Option(help="Why, for the log.")],
    db: Db = None,
) -> None:
    """Take a sign-off back; it stays on record."""
    if not (who.strip() and why.strip()):
        raise UsageError("revoke: say who takes it back, and why")
    with store_of(config_of(ctx, db)) as store:
        store.revoke_signoff(number, who=who.strip(), why=why.strip(), at=utcnow())
        signed = store.signoff(number)
    typer.echo(f"revoked sign-off {number}: version {signed.version} of {signed.thread}")
