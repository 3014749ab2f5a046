"""The composition root: settings → configuration, store, network client, embedder, printing.

Everything a command needs is built here and passed on; no other module opens anything by itself.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.pipeline.outage import HearingClient
    from breachwire.store import Store


@dataclass(slots=True)
class Settings:
    """The options that stand before the command."""

    db: str | None = None
    debug: bool = False


Db = Annotated[
    str | None, typer.Option("--db", help="Store: a path, sqlite:///PATH or postgresql://…")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks and debug logs.")]
AllowPrivate = Annotated[
    list[str] | None,
    typer.Option("--allow-private", help="A private network (CIDR) that may be fetched from."),
]
Feeds = Annotated[
    str | None,
    typer.Option("--feeds", help="An OPML file or its address. Default: the starter catalogue."),
]
Watch = Annotated[bool, typer.Option("--watch", help="Go on until stopped.")]


def version() -> str:
    """Of the installed distribution."""
    from importlib.metadata import version as of

    return of("breachwire")


def utcnow() -> datetime:
    """The clock that everything is handed."""
    return datetime.now(UTC)


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout stays data."""
    # Where nobody reads any more (`2>&1 | head`), the work goes on all the same.
    with suppress(BrokenPipeError):
        typer.echo(line, err=True)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()


def config_of(ctx: typer.Context, db: str | None = None, **overrides: Any) -> Config:
    """File, environment and command line, in that order. Raises ConfigError."""
    from breachwire.config import load, networks

    settings: Settings = ctx.obj or Settings()
    if private := overrides.pop("allow_private", None):
        overrides["allow_private"] = networks(private)
    config = load(overrides={"db": db or settings.db, **overrides})
    _log(settings.debug, config.log_format)
    return config


class _Lines(logging.Formatter):
    """A line a record, whatever an outlet wrote into it; tracebacks only where asked for."""

    def __init__(self, tracebacks: bool) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        words = f"{record.levelname} {record.name}: {record.getMessage()}"
        line = "".join(c if c.isprintable() else " " for c in words)
        if record.exc_info and self._tracebacks:
            return f"{line}\n{self.formatException(record.exc_info)}"
        error = record.exc_info and record.exc_info[1]
        return f"{line}: {error!r}" if error and repr(error) not in line else line


class _Steps(logging.Formatter):
    """A JSON object a record: when, how grave, where, what, and the ids that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        import json

        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "what": record.getMessage(),
            **getattr(record, "ids", {}),
        }
        if record.exc_info and (error := record.exc_info[1]):
            told["error"] = repr(error)
        # ASCII: whatever an outlet wrote, it stays in its line.
        return json.dumps(told, default=str)


def _log(debug: bool, format_: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Steps() if format_ == "json" else _Lines(debug))
    logging.basicConfig(level=logging.ERROR, handlers=[handler])
    if debug or format_ == "json":
        # Our own alone: the HTTP and extraction libraries log every step of every page.
        for package in ("breachwire", "ingest", "nlp", "api"):
            logging.getLogger(package).setLevel(logging.DEBUG if debug else logging.INFO)


@contextmanager
def store_of(config: Config) -> Iterator[Store]:
    """Open the store, close it afterwards. Raises StoreError."""
    store = open_store(config)
    try:
        yield store
    finally:
        store.close()


def open_store(config: Config) -> Store:
    """The configured store; the folder is made only where it is the default one."""
    from platformdirs import user_data_path

    from breachwire.store import open_store as open_

    if not config.db:
        user_data_path("breachwire").mkdir(parents=True, exist_ok=True)
    return open_(config.database())


def client_of(config: Config) -> HearingClient:
    """The one safe way out, with a User-Agent that says who asks and how to reach them."""
    from breachwire.pipeline.outage import HearingClient

    return HearingClient(agent_of(config), allow=config.allow_private)


def agent_of(config: Config) -> str:
    """A User-Agent that says who asks and how to reach them."""
    contact = config.contact or config.base_url or "contact not set by the operator"
    return f"Breachwire/{version()} (security news reader; {contact})"


def read_source(config: Config, source: str) -> tuple[bytes, str, str]:
    """Bytes, content type and address of a file or an address. Raises UsageError, FetchError."""
    from breachwire.errors import FetchError
    from breachwire.pipeline.intake import opened

    if "://" not in source:
        with opened(source) as stream:
            return stream.read(), "", ""
    client = client_of(config)
    try:
        response = client.get(source)
    finally:
        client.close()
    if response.status != 200:
        status = response.status
        raise FetchError("status", source, f"the server answered {status}", status=status)
    return response.body, response.headers.get("content-type", ""), response.url
