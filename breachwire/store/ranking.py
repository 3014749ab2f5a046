"""Terms → the best rows of a full-text index, at a cost that does not grow with common words.

In: groups of terms, an index, bounds of row ids. Out: (row, score), best first: those with a term
of every group, and those with any. `effort` has what that is bounded by and why. So:

- what is scored are the rarest groups, as long as they are walked in some milliseconds; commoner
  ones are conditions, not scored: they would add least;
- where there are common ones, or more than `SCORED` rows have all groups, those come first that
  have them all in title and opening: an index of their own, an eighth as long, is scored for that
  over all times. Behind them come those that have them anywhere, in the newest rows of the
  commonest group, as many as are walked in some milliseconds;
- to walk a phrase is to walk each of its words, so one with a common word is not scored, and looked
  for as common words are;
- of any, the rarest groups count, as many of them as `SCORED` rows have;
- of one group alone that many rows have, those are scored that have it in the title, where they are
  enough; of several that was tried, and lost what has two of them in the text.

Little of this touches a store of a few thousand articles.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import Connection

from breachwire.store import effort
from breachwire.store.frequencies import Counts, Frequencies, by_rarity
from breachwire.store.matching import Bounds, Index, Rows, deadline, latest, score, sought
from breachwire.store.matching import newest as newest_rows
from breachwire.store.protocol_search import Terms
from breachwire.store.rows import as_json, at_once
from breachwire.store.words import (
    alternatives,
    either,
    grouped,
    has_beginning,
    phrase_words,
    without_star,
)


def ranked(
    connection: Connection,
    index: Index,
    terms: Terms,
    bounds: Bounds,
    limit: int,
    seconds: float,
    frequencies: Frequencies,
) -> tuple[Rows, Rows]:
    """Rows with every group; rows with any, which the former lead. Raises SlowSearchError where not
    even the former were found in time."""
    groups, without = grouped(terms)
    if not groups:
        return [], []
    limit = max(1, limit)
    with deadline(connection, time.monotonic() + seconds) as clock:
        counts = Counts(connection, frequencies)
        plan = _Plan(connection, index, groups, without, bounds, limit, counts)
        every = plan.every()
        clock.late_is_fine = True
        some = every if len(groups) == 1 or len(every) >= min(limit, effort.ENOUGH) else plan.any()
    if clock.late:
        return every, every
    return every, joined(every, some)[:limit]


def newest(
    connection: Connection, index: Index, terms: Terms, bounds: Bounds, limit: int, seconds: float
) -> list[int]:
    """Rows with a term of every group and none that is unwanted, newest first. Raises
    SlowSearchError."""
    groups, without = grouped(terms)
    if not groups:
        return []
    expression = f"({' AND '.join(groups)})" + (f" NOT {without}" if without else "")
    with deadline(connection, time.monotonic() + seconds):
        return latest(connection, index, expression, bounds, max(1, limit))


def joined(every: Rows, some: Rows) -> Rows:
    """The second after the first, their scores below it."""
    found = dict(every)
    scale = min(found.values()) / some[0][1] if found and some else 1.0
    for id, worth in some:
        found.setdefault(id, worth * scale)
    return list(found.items())


class _Plan:
    """What to ask for one query's groups, rarest first."""

    def __init__(
        self,
        connection: Connection,
        index: Index,
        groups: Sequence[str],
        without: str,
        bounds: Bounds,
        limit: int,
        counts: Counts,
    ) -> None:
        self._connection, self._index, self._counts = connection, index, counts
        self._bounds, self._limit = bounds, limit
        self._most = index.scored
        self._begins: dict[str, str] = {}
        """Of groups whose beginnings are taken as words here, how they were asked for."""
        groups = list(dict.fromkeys(self._as_words(self._lighter(group)) for group in groups))
        self._without = without = self._as_words(without)
        self._often = {group: counts.of(index, group) for group in groups}
        self._groups = sorted(groups, key=lambda group: by_rarity(self._often[group]))
        self._scored: list[str] = []
        left = effort.WALKED
        for group in self._groups:
            left -= self._often[group].number
            if left >= 0 and counts.scored(index, group):
                self._scored.append(group)
        self._not = f" NOT {without}" if without else ""
        self._heavy_not = bool(without) and counts.of(index, without).number > effort.COMMON

    def _as_words(self, group: str) -> str:
        """Without a beginning that many openings have: those are found by it; to put together the
        rows of all texts that have it takes .2 to .4 s, in each statement anew."""
        opening = self._index.opening
        if opening is None or not has_beginning(group):
            return group
        if self._counts.of(opening, group).number <= effort.COMMON:
            return group
        words = without_star(group)
        self._begins[words] = group
        return words

    def _lighter(self, group: str) -> str:
        """Without other names for it that are phrases of common words, where those that are left
        are enough: each scoring walks all that an expression names."""
        some = alternatives(group)
        light = [one for n, one in enumerate(some) if not n or not self._heavy(one)]
        if len(light) == len(some):
            return group
        without = either(light)
        enough = self._counts.of(self._index, without).number >= self._limit
        return without if enough else group

    def _heavy(self, group: str) -> bool:
        return bool(phrase_words(group)) and not self._counts.scored(self._index, group)

    def every(self) -> Rows:
        """Those with every group."""
        if any(group in self._begins for group in self._groups):
            return joined(self._opened(), self._everywhere())[: self._limit]
        return self._everywhere()

    def _everywhere(self) -> Rows:
        if not self._often[self._groups[0]].number:
            return []
        if not self._scored:
            return self._unscored()
        # Two rarer words say enough: to look whether a common one stands there too costs 10 ms.
        groups = [g for g in self._groups if g in self._scored or self._asked_for(g)]
        all_ = f"({' AND '.join(groups)}){self._not}"
        if groups != self._scored:
            few = self._often[groups[0]].number <= effort.DRIVING
            late = self._bounds if few else self._late(groups, effort.LATE)
            anywhere = self._score_scored(all_, late)
            told = self._opened() or self._first([id for id, _ in anywhere])
            return joined(told, anywhere)[: self._limit]
        within: str | list[int] = all_
        if self._often[groups[0]].number > self._most:
            within = self._newest(groups, all_, self._bounds, self._most + 1)
            if not within or len(within) > self._most:
                return self._unscored() if within else []
        if len(groups) == 1 and (best := self._telling(groups)):
            return best
        if not self._heavy_not:
            return self._score(all_, self._bounds)
        return self._score_scored(within, self._bounds)

    def _asked_for(self, group: str) -> bool:
        """Whether one that is not scored is a condition all the same."""
        return len(self._scored) == 1 or bool(phrase_words(group))

    def _score_scored(self, within: str | list[int], bounds: Bounds) -> Rows:
        return self._score(f"({' AND '.join(self._scored)})", bounds, within=within)

    def any(self) -> Rows:
        """Those with any group that is scored."""
        groups, low = self._counting()
        if not groups:
            return []
        if len(groups) == 1 and (best := self._telling(groups)):
            return best
        expression = f"({' OR '.join(groups)})"
        if low is None:
            low = self._newest_scored(expression)
        if self._heavy_not:
            return self._score(expression, low, within=f"{expression}{self._not}")
        return self._score(f"{expression}{self._not}", low)

    def _counting(self) -> tuple[list[str], Bounds | None]:
        """The groups that count where any will do, and in which bounds: in those of the newest rows
        where it is None."""
        groups = self._scored
        if sum(self._often[group].number for group in groups) <= self._most:
            return groups, self._bounds
        if self._newest_scored(" OR ".join(groups)) == self._bounds:
            return groups, self._bounds
        if rarest := self._rarest():
            return rarest, self._bounds
        return groups[:1], None

    def _telling(self, groups: Sequence[str]) -> Rows:
        """The best of those that have one in the title, or at least in the opening; none where
        those are not enough, or all are few. A title's word weighs as much as eight of the text,
        and to score a row costs ten times what it costs to pass it."""
        index, number = self._index, sum(self._often[group].number for group in groups)
        if number <= effort.TELLING // index.part or any(map(phrase_words, groups)):
            return []
        match = f"({' OR '.join(groups)})"
        for told, expression in self._told(match):
            ids = latest(self._connection, told, expression, self._bounds, self._most)
            if len(ids) >= self._limit:
                scoring = self if number <= self._most else self._of_opening(groups)
                return self._wanted(scoring._score(match, self._bounds, within=ids))
        return []

    def _told(self, match: str) -> list[tuple[Index, str]]:
        """Where an expression stands that tells most, most first."""
        opening = self._index.opening
        if opening is None:
            tells = self._index.tells
            return [(self._index, f"{{{tells}}} : {match}")] if tells else []
        return [(opening, f"{{{opening.first}}} : {match}"), (opening, match)]

    def _of_opening(self, groups: Sequence[str]) -> _Plan:
        """This one where there is no index of openings."""
        if self._index.opening is None:
            return self
        return _Plan(
            self._connection, self._index.opening, [self._begins.get(g, g) for g in groups], "",
            self._bounds, self._limit, self._counts,
        )  # fmt: skip

    def _rarest(self) -> list[str]:
        kept, left = [], self._most
        for group in self._scored:
            left -= self._often[group].number
            if left >= 0:
                kept.append(group)
        return kept

    def _newest_scored(self, expression: str) -> Bounds:
        """The bounds, narrowed to the newest rows where there are too many."""
        found = newest_rows(self._connection, self._index, expression, self._bounds, self._most + 1)
        return Bounds(found.low, self._bounds.high) if found.number > self._most else self._bounds

    def _unscored(self) -> Rows:
        """In the opening first, then anywhere, newest first. A row's score is its rank's."""
        told, rest = self._opened(), list[int]()
        if len(told) < self._limit:
            late = self._late(self._groups, self._sought())
            match = f"({' AND '.join(self._groups)}){self._not}"
            rest = self._newest(self._groups, match, late, self._limit)
            told = told or self._first(rest)
        found = list(dict.fromkeys([*(id for id, _ in told), *rest]))
        return [(id, 1 / n) for n, id in enumerate(found[: self._limit], 1)]

    def _newest(
        self, groups: Sequence[str], expression: str, bounds: Bounds, limit: int
    ) -> list[int]:
        """Newest first: those with a word are many, with several or a phrase they may be few."""
        few = len(groups) > 1 or any(map(phrase_words, groups))
        return (sought if few else latest)(self._connection, self._index, expression, bounds, limit)

    def _sought(self) -> int:
        """Rows of the commonest word in which to look: of a phrase as many fewer as more than two
        words are walked."""
        if not any(map(phrase_words, self._groups)):
            return effort.LATE
        words = sum(len(phrase_words(group)) or 1 for group in self._groups)
        return effort.SOUGHT * 2 // max(2, words)

    def _opened(self) -> Rows:
        """Those with every group in the opening, best first, where there is an index of those."""
        if self._index.opening is None:
            return []
        return self._wanted(self._of_opening(self._groups).every())

    def _first(self, anywhere: Sequence[int]) -> Rows:
        """Those with every group in the columns to look at first, newest first. `anywhere`: those
        that have them in any column, all of them unless they are as many as are wanted."""
        if not anywhere or not self._index.first or any(map(phrase_words, self._groups)):
            return []
        match = f"({{{self._index.first}}} : ({' AND '.join(self._groups)})){self._not}"
        late = self._late(self._groups, effort.LATE)
        if len(anywhere) < self._limit:
            late = Bounds(max(late.low, min(anywhere)), late.high)
        rows = self._newest(self._groups, match, late, self._limit)
        return [(id, 1 / n) for n, id in enumerate(rows, 1)]

    def _wanted(self, rows: Rows) -> Rows:
        """Without those whose text has what is unwanted: an opening alone does not tell."""
        if not self._without or not rows:
            return rows
        table = self._index.table
        # The rows of all words that begin so are put together once, not for each row id anew: that
        # took 15 ms each among 100,000 articles, and nothing stops it.
        ids = [id for id, _ in rows]
        begins = has_beginning(self._without)
        by = "rowid >= ? AND rowid <= ? AND +rowid" if begins else "rowid"
        ends = [min(ids), max(ids)] if begins else []
        statement = (
            f"SELECT json_group_array(rowid) FROM {table} WHERE {table} MATCH ?"  # noqa: S608
            f" AND {by} IN (SELECT value FROM json_each(?))"
        )
        values = (self._without, *ends, as_json(ids))
        having = set(at_once(self._connection, statement, values))
        return [row for row in rows if row[0] not in having]

    def _late(self, groups: Sequence[str], most: int) -> Bounds:
        """The bounds, narrowed to the newest rows with the commonest of these: some `most` of them,
        told by how far back its newest reach."""
        seen = [self._counts.densest(self._index, g) for g in groups]
        often = max(seen, key=by_rarity)
        if often.number <= effort.COMMON:
            return self._bounds
        reach = (often.high - often.low) * most // often.newest
        high = min(self._bounds.high, often.high + 1)
        return Bounds(max(self._bounds.low, high - reach), self._bounds.high)

    def _score(
        self, expression: str, bounds: Bounds, *, within: str | list[int] | None = None
    ) -> Rows:
        return score(self._connection, self._index, expression, bounds, self._limit, within=within)
