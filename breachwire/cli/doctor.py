"""`doctor`: what is wrong with this installation and how to mend it, a line each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from breachwire.cli import examining
from breachwire.cli.common import (
    Db,
    Json,
    agent_of,
    config_of,
    print_json,
    store_of,
    version,
)
from breachwire.errors import BreachwireError
from breachwire.model import Finding

if TYPE_CHECKING:
    from breachwire.config import Config


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
    app.command()(reindex)


def doctor(ctx: typer.Context, db: Db = None, as_json: Json = False) -> None:
    """Look at the installation, the store and the feeds; exit 1 where something is wrong."""
    config = config_of(ctx, db)
    findings = list(_findings(config))
    if as_json:
        print_json({"version": version(), "findings": [asdict(f) for f in findings]})
    else:
        for finding in findings:
            mend = f"; {finding.mend}" if finding.mend and not finding.ok else ""
            typer.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.found}{mend}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def reindex(ctx: typer.Context, db: Db = None) -> None:
    """Make the full-text index anew from the stored articles; that of vectors at the next start."""
    from breachwire import index_file

    with store_of(config_of(ctx, db)) as store:
        store.reindex()
        index_file.forget(store)
        typer.echo(f"{store.counts().articles} articles indexed")


def _findings(config: Config) -> Iterator[Finding]:
    yield _fts5()
    yield _model(config)
    yield _contact(config)
    if config.model_endpoint:
        yield _endpoint(config)
    if config.smtp_host:
        yield _mail(config)
    yield from examining.findings(config)


def _fts5() -> Finding:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        return Finding("full text", True, f"SQLite {sqlite3.sqlite_version} with FTS5")
    except sqlite3.OperationalError as error:
        return Finding("full text", False, str(error), "use a Python whose SQLite has FTS5")
    finally:
        connection.close()


def _model(config: Config) -> Finding:
    from importlib.util import find_spec

    missing = [n for n in ("torch", "sentence_transformers", "faiss") if find_spec(n) is None]
    if missing:
        return Finding("embedding", False, f"{missing[0]} is not installed", "run `make setup`")
    from breachwire.errors import CalibrationError
    from nlp import calibration, embed

    try:
        calibration.load(embed.load(config.embedding_model).name, config.calibrations())
    except CalibrationError as error:
        return Finding("embedding", False, str(error))
    return Finding("embedding", True, config.embedding_model)


def _contact(config: Config) -> Finding:
    if config.contact or config.base_url:
        return Finding("contact", True, config.contact or config.base_url)
    return Finding("contact", True, "not set: set `contact`, so that outlets can reach you")


def _endpoint(config: Config) -> Finding:
    from contextlib import closing

    from breachwire.pipeline.improve import answers, endpoint

    what = f"model {config.model_endpoint}"
    try:
        with closing(endpoint(config, agent_of(config))) as server:
            return Finding(what, True, answers(server, config.model_name))
    except BreachwireError as error:
        mend = "see to model_endpoint and BREACHWIRE_MODEL_KEY; briefs are extractive meanwhile"
        return Finding(what, False, str(error), mend)


def _mail(config: Config) -> Finding:
    from breachwire.mail.message import stationery
    from breachwire.postroom import server

    what = f"mail {config.smtp_host}:{config.smtp_port}"
    try:
        stationery(config)
        server(config).connect().close()
    except BreachwireError as error:
        return Finding(what, False, str(error), "see to smtp_* and dkim_* (README)")
    return Finding(what, True, f"takes mail ({config.smtp_security}), from {config.mail_from}")
