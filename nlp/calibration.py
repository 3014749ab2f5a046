"""An embedding model's name → the decisions' parameters that were fitted on its vectors.

In: the name that an `Embedder` gives, and the folder where `breachwire calibrate` leaves what it
fits. Out: `Calibration`: weights of the join decision, the kind model, weights of related coverage;
`write`, their small readable files. Cosines of one model mean nothing to another's weights: a
model that nothing was fitted for is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from breachwire.errors import CalibrationError
from nlp import embed, evidence, links
from nlp import kind as kinds
from nlp.evidence import THREAD_FEATURES, Line, Parameters
from nlp.features import PAIR_FEATURES, PARAMETERS
from nlp.links import LINK_FEATURES, Weights

ADVICE: Final = (
    "run `breachwire calibrate --data DIR` on labelled items, or set embedding_model back to "
    f"{embed.DEFAULT}"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything that depends on the embedding model."""

    join: Parameters
    kind: kinds.Model
    links: Weights


def load(model: str, folder: Path) -> Calibration:
    """The shipped parameters where they are this model's, else those in the model's own folder
    under `folder`. Raises CalibrationError where there are none, or none that can be used."""
    if _json(PARAMETERS / "join.json")["model"] == model:
        return shipped()
    own = folder_of(model, folder)
    try:
        return _read(model, own)
    except FileNotFoundError:
        raise CalibrationError(
            f"embedding model {model} has no calibration in {folder}; {ADVICE}"
        ) from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise CalibrationError(
            f"{own}: the calibration of {model} can't be used ({why}); {ADVICE}"
        ) from error


def shipped() -> Calibration:
    """What `parameters/` holds."""
    return Calibration(evidence.shipped(), kinds.model(), links.shipped())


def folder_of(model: str, folder: Path) -> Path:
    """Where a model's calibration lies: a folder named after it."""
    return folder / re.sub(r"[^A-Za-z0-9._@-]+", "-", model)


def _read(model: str, folder: Path) -> Calibration:
    join, related = _json(folder / "join.json"), _json(folder / "related.json")
    for raw in (join, related):
        if raw["model"] != model:
            raise ValueError(f"it was fitted for {raw['model']}")
    return Calibration(
        evidence.parameters_of(join), kinds.read(folder / "kind.npz"), links.weights_of(related)
    )


def _json(path: Path) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return raw


def write(fitted: Calibration, origin: Mapping[str, str], folder: Path = PARAMETERS) -> None:
    """The files that `load` reads. `origin`: "model", the embedder's name, and "origin", what the
    parameters were fitted on. The folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds.write(fitted.kind, json.dumps(dict(origin)), folder / "kind.npz")
    # Last of all what says that a calibration is there.
    for name, content in (("related", _links(fitted.links)), ("join", _join(fitted.join))):
        text = json.dumps({**origin, **content}, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", "utf-8")


def _join(join: Parameters) -> dict[str, Any]:
    return {
        "join": join.join,
        "stay": join.stay,
        "join_after_silence": join.join_after_silence,
        "pair": _named(join.pair, PAIR_FEATURES),
        "thread": _named(join.whole, THREAD_FEATURES),
        "again": _named(join.again, THREAD_FEATURES),
    }


def _links(links: Weights) -> dict[str, Any]:
    return {
        "floor": links.floor,
        "storyline": links.storyline,
        "link": _named(Line(links.of, links.bias), LINK_FEATURES),
    }


def _named(line: Line, names: Sequence[str]) -> dict[str, float]:
    weights = {n: round(w, 4) for n, w in zip(names, line.weights, strict=True)}
    return {"bias": round(line.bias, 4), **weights}
