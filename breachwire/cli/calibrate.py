"""`calibrate`: labelled items → the decisions' parameters for another embedding model."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import config_of, say

if TYPE_CHECKING:
    from breachwire.model import Embedder
    from nlp.train import Window


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)


def calibrate(
    ctx: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Folder of labelled items: threads/*.jsonl")],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels", help="More labels: addresses of items in DATA/wire/items.jsonl.gz"
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Embedding model. Default: the configured one.")
    ] = None,
) -> None:
    """Fit threading, kinds and related coverage to an embedding model."""
    config = config_of(ctx, embedding_model=model)
    _needs_fitting_libraries()
    from nlp import calibration, embed, features, train

    embedder = embed.load(config.embedding_model)
    windows = _windows(data, labels, embedder)
    items = sum(len(window.items) for window in windows)
    say(f"fitting {embedder.name} on {items} labelled items in {len(windows)} windows")
    fitted = train.fit(windows, lambda _: features.vocabulary())
    folder = calibration.folder_of(embedder.name, config.calibrations())
    calibration.write(fitted, train.origin_of(embedder.name, windows), folder)
    names = ", ".join(window.name for window in windows)
    typer.echo(f"{embedder.name}: fitted on {items} items in {len(windows)} windows ({names})")
    typer.echo(f"written to {folder}")
    if embedder.name == embed.load().name:
        say("the shipped parameters are this model's, and go on being used")


def _needs_fitting_libraries() -> None:
    from breachwire.errors import CalibrationError

    if missing := [name for name in ("sklearn", "scipy") if find_spec(name) is None]:
        raise CalibrationError(
            f"fitting needs {missing[0]}, which is not installed: "
            "pip install 'breachwire[calibrate]'"
        )


def _windows(data: Path, labels: Path | None, embedder: Embedder) -> list[Window]:
    """The labelled windows, embedded. Raises UsageError where there are none or bad lines."""
    from breachwire.errors import UsageError
    from nlp import train

    try:
        windows = train.read_windows(data, labels, embedder)
    except KeyError as error:
        raise UsageError(f"{data}: a labelled item has no {error}") from error
    except (OSError, EOFError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{data}: labels can't be read: {error}") from error
    if not any(window.items for window in windows):
        raise UsageError(f"{data}: no labelled items in threads/*.jsonl")
    return windows
