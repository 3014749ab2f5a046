"""Names that are like a misspelt word: those that share most runs of three letters with it.

In: a word. Out: slugs of parties, the likest first. The names that have a run are read from an
index of runs once and kept as numbers, some 5 MB of a hundred thousand names: to have SQLite score
every name that shares a run took 4 to 15 ms a word, and PostgreSQL longer. They are weighed as bm25
does.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from breachwire.store.dialects import Spelled
from breachwire.store.rows import as_json, at_once

_RUN: Final = 3
_LONGEST: Final = 40
"""Letters of a misspelt word that are looked at."""
_KEPT: Final = 8_192
"""Runs: names of a million articles have some 10,000, of which few are asked for."""
_K1, _B = 1.2, 0.75
"""Of bm25, as the engine has them."""
_LAST: Final = Spelled(
    "SELECT json_array(coalesce(max(id), 0)) FROM name",
    "SELECT CAST(json_build_array(coalesce(max(id), 0)) AS text) FROM name",
)
_HAVING: Final = Spelled(
    "SELECT json_group_array(rowid) FROM name_search WHERE name_search MATCH '\"' || ? || '\"'"
    " AND rowid > ?",
    "SELECT CAST(coalesce(json_agg(id), '[]') AS text) FROM name"
    " WHERE runs_of_three(slug) @> ARRAY[CAST(%s AS text)] AND id > %s",
)
_LENGTHS: Final = Spelled(
    "SELECT json_group_array(json_array(id, length(slug))) FROM name WHERE id > ?",
    "SELECT CAST(coalesce(json_agg(json_build_array(id, length(slug))), '[]') AS text) FROM name"
    " WHERE id > %s",
)
_SLUGS: Final = Spelled(
    "SELECT json_group_array(json_array(id, slug)) FROM name"
    " WHERE id IN (SELECT value FROM json_each(?))",
    "SELECT CAST(coalesce(json_agg(json_build_array(id, slug)), '[]') AS text) FROM name"
    " WHERE id IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(%s))",
)


class Runs:
    """Names of one store by the runs they have, as far as those were asked for; safe from any
    thread. Names are added and never changed; of one that went no slug is found."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        """The last name when it was read, and the names' ids."""
        self._lengths = 0, np.zeros(0), 1.0
        """The last name, runs of each by id, their mean."""

    def having(self, connection: Connection, run: str, last: int) -> Any:
        """Ids of those up to the `last` that there is."""
        with self._lock:
            seen, ids = self._kept.get(run, (0, np.zeros(0, dtype=np.int64)))
        if seen == last:
            return ids
        if seen > last:  # a store that was put back
            seen, ids = 0, ids[:0]
        more = at_once(connection, _HAVING, (run, seen))
        ids = np.concatenate([ids, np.array(more, dtype=np.int64)])
        with self._lock:
            self._kept[run] = last, ids
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return ids

    def norms(self, connection: Connection, ids: Any, last: int) -> Any:
        """What bm25 divides by: more for a longer name, which shares more by chance."""
        with self._lock:
            seen, lengths, mean = self._lengths
        if seen != last:
            room = np.zeros(max(0, last + 1 - len(lengths)))
            lengths = np.concatenate([lengths[: last + 1], room])
            for id, length in at_once(connection, _LENGTHS, (seen if seen < last else 0,)):
                lengths[id] = max(0, length - _RUN + 1)
            mean = max(1.0, lengths.sum() / max(1, last))
            with self._lock:
                self._lengths = last, lengths, mean
        return 1 + _K1 * (1 - _B + _B * lengths[ids] / mean)


def like(connection: Connection, word: str, limit: int, runs: Runs | None = None) -> list[str]:
    """Those that share most runs of three letters (`Store.names_like`)."""
    letters = "".join(c for c in word.lower() if c.isalnum())[:_LONGEST]
    asked = list(dict.fromkeys(letters[i : i + _RUN] for i in range(len(letters) - _RUN + 1)))
    if not asked:
        return []
    runs = runs or Runs()
    (last,) = at_once(connection, _LAST, ())
    having = [runs.having(connection, run, last) for run in asked]
    tell = [max(math.log((last - len(ids) + 0.5) / (len(ids) + 0.5)), 1e-6) for ids in having]
    ids, places = np.unique(np.concatenate(having), return_inverse=True)
    worth: Any = np.bincount(places, np.repeat(tell, [len(own) for own in having]), len(ids))
    if not len(ids):
        return []
    worth = worth / runs.norms(connection, ids, last)
    best = ids[np.argsort(-worth, kind="stable")[:limit]].tolist()
    slugs = dict(at_once(connection, _SLUGS, (as_json(best),)))
    return [slugs[id] for id in best if id in slugs]
