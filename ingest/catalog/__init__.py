"""The starter catalogue: security feeds that a new installation begins with.

In: `starter.toml` beside this file. Out: a FeedSpec each, none asked yet.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from breachwire.model import FeedSpec


def load() -> list[FeedSpec]:
    """The catalogue in its own order: by kind of outlet, the widest read first."""
    text = files(__name__).joinpath("starter.toml").read_text("utf-8")
    return [FeedSpec(**fields) for fields in tomllib.loads(text)["feed"]]
