"""The command line: words in, one call, lines or JSON out.

Exit codes: 0 done, 1 failed, 2 wrong use. An error is one line on stderr; `--debug` adds the
traceback. Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys

import typer

from breachwire.cli import (
    backup,
    brief,
    calibrate,
    data,
    doctor,
    exporting,
    feeds,
    fetch,
    listen,
    look,
    mcp,
    moving,
    newsletter,
    openapi,
    outlets,
    related,
    retain,
    serve,
    threads,
    token,
    up,
    watch,
    webhooks,
    work,
)
from breachwire.cli.common import Settings
from breachwire.errors import BreachwireError

app = typer.Typer(
    name="breachwire",
    help="Security news as incident threads: who claims what, on which exact words.",
    no_args_is_help=True,
    # Plain help: rich alone costs 0.2 s before the first line.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from breachwire.cli.common import version

        typer.echo(f"breachwire {version()}")
        raise typer.Exit


@app.callback()
def settings(
    ctx: typer.Context,
    db: str | None = typer.Option(
        None, "--db", help="Store: a path, sqlite:///PATH or postgresql://…"
    ),
    debug: bool = typer.Option(False, "--debug", help="Tracebacks and debug logs."),
    version: bool = typer.Option(  # noqa: ARG001 (eager: its callback answers)
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Security news as incident threads: who claims what, on which exact words."""
    ctx.obj = Settings(db=db, debug=debug)


up.register(app)
fetch.register(app)
work.register(app)
serve.register(app)
data.register(app)
exporting.register(app)
openapi.register(app)
look.register(app)
related.register(app)
listen.register(app)
mcp.register(app)
doctor.register(app)
backup.register(app)
moving.register(app)
retain.register(app)
calibrate.register(app)
app.add_typer(feeds.app, name="feeds")
app.add_typer(threads.app, name="thread")
app.add_typer(brief.app, name="brief")
app.add_typer(newsletter.app, name="newsletter")
app.add_typer(token.app, name="token")
app.add_typer(outlets.app, name="outlets")
app.add_typer(watch.app, name="watch")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """The console script: errors of the project's own become one line and an exit code."""
    debug = "--debug" in sys.argv
    try:
        app()
    except BreachwireError as error:
        if debug:
            raise
        typer.echo(f"breachwire: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # `export … | head` closes the pipe early: that is no failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        typer.echo(f"breachwire: {kind}: {error} (--debug shows where)", err=True)
        sys.exit(1)
