"""Import files → stored articles, through the same `compose` and `take` as live entries.

In: lines of JSON. Out: articles in the store (state "stored"; `derive` goes on from there) and a
count of what happened to each line. No network.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from breachwire.errors import LeftOutError, ParseError, UsageError
from breachwire.model import Draft
from breachwire.pipeline.leaving import barred, refuse
from breachwire.store import Store
from ingest.compose import from_import

BATCH = 128
"""Drafts a commit."""


@dataclass(slots=True)
class Imported:
    """What an import did."""

    new: int = 0
    revised: int = 0
    known: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    """Line number and reason of each line that was left out."""

    @property
    def good(self) -> int:
        """Lines that hold an item."""
        return self.new + self.revised + self.known


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file's bytes; `-` is standard input, `.gz` is unpacked. Raises UsageError."""
    if path == "-":
        yield sys.stdin.buffer
        return
    file = Path(path)
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            yield cast("BinaryIO", stream)
    except FileNotFoundError:
        raise UsageError(f"no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder; name a .jsonl file in it") from None
    except PermissionError:
        raise UsageError(f"{path}: no permission to read it") from None
    except (gzip.BadGzipFile, EOFError) as error:
        raise ParseError(f"{path}: not a whole gzip file: {error}") from None


def import_items(
    store: Store,
    lines: Iterable[bytes],
    *,
    now: datetime,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Imported:
    """Store the items of a JSON Lines file, oldest first; told twice, it changes nothing.

    Raises ParseError where not one line holds an item: the file is something else.
    """
    done = Imported()
    drafts = sorted(_drafts(store, lines, now, done), key=lambda draft: draft.published or now)
    if not drafts and done.bad:
        number, reason = done.bad[0]
        raise ParseError(f"no line holds an item; line {number}: {reason}")
    for start in range(0, len(drafts), BATCH):
        for taken in store.take([(d, None) for d in drafts[start : start + BATCH]], now):
            setattr(done, taken.outcome, getattr(done, taken.outcome) + 1)
        progress(min(start + BATCH, len(drafts)), len(drafts))
    return done


def _drafts(store: Store, lines: Iterable[bytes], now: datetime, done: Imported) -> Iterator[Draft]:
    sites = barred(store)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise ParseError(f"a {type(item).__name__} where an object is wanted")
            draft = from_import(item, now)
            refuse(sites, draft.url, *draft.keys)
            yield draft
        except json.JSONDecodeError as error:
            done.bad.append((number, f"not JSON: {error.msg} at character {error.pos + 1}"))
        except UnicodeDecodeError:
            done.bad.append((number, "not UTF-8"))
        except (LeftOutError, ParseError, RecursionError) as error:
            done.bad.append((number, str(error)))
