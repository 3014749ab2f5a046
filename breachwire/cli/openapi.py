"""`openapi`: the description of the HTTP API, as the service itself serves it.

In: nothing, or where to. Out: the OpenAPI document, the same bytes from the same version.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from breachwire.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(openapi)


def openapi(
    to: Annotated[Path | None, typer.Option("--to", help="A file; else standard output.")] = None,
) -> None:
    """Print the API's OpenAPI document: what /api/v1/openapi.json serves. Opens no store."""
    body = text(document())
    if to is None:
        sys.stdout.write(body)
        return
    try:
        to.write_text(body, "utf-8")
    except OSError as error:
        raise UsageError(f"--to: {to}: {error.strerror}") from None


def document() -> dict[str, Any]:
    """What the application says of itself."""
    from api.app import create_app

    return create_app(_never).openapi()


def text(described: dict[str, Any]) -> str:
    """A line a value, in the document's own order: a difference shows what was changed."""
    import json

    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _never() -> NoReturn:
    """Services are asked for by requests alone."""
    raise AssertionError("no request is answered here")
