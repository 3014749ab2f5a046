"""A storyline's parties as a picture: details of its threads → where each name stands.

In: a store and threads. Out: `Map`, drawn twice, for wide windows and for phones, in units of their
own view boxes for inline SVGs. It repeats the list beside it: whoever can't see it misses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from api.links import entity_path
from breachwire.model import Detail, Thread
from breachwire.store import Store, ThreadFilter, slug

WIDTH: Final = 640
PHONE: Final = 320
_COLUMNS: Final = (("actor", "Actors"), ("third_party", "Suppliers"), ("victim", "Victims"))
_NAMES: Final = 8
"""Of a column; more are in the list alone."""
_OF_A_THREAD: Final = 3
_STEP: Final = 30
_HEAD: Final = 30
_LETTER: Final = 8.0
"""Units of an average letter in the picture's type."""
_GUTTER: Final = 52
"""Units left of the names on a phone, which its arcs go through."""
_NEAR: Final = 14


@dataclass(frozen=True, slots=True)
class Node:
    """A party of the map."""

    x: float
    y: float
    name: str
    shown: str
    """The name, cut where it is long."""
    url: str
    column: str

    @property
    def end(self) -> float:
        """Where its last letter ends, about."""
        return self.x + _LETTER * len(self.shown)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map in one form."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    ties: tuple[str, ...]
    """Paths between parties that one thread names."""
    heads: tuple[tuple[float, float, str], ...]
    """x, y and words."""


@dataclass(frozen=True, slots=True)
class Map:
    """Who stands in the storyline, and as a list."""

    wide: Drawing
    """Actors left, suppliers between, victims right."""
    phone: Drawing
    """One below the other, ties as arcs beside them."""
    more: int
    """Parties that the picture has no room for."""
    rows: tuple[tuple[Thread, Mapping[str, Sequence[tuple[str, str]]]], ...]
    """The list: each thread with its (name, page) by column."""


_Named = Mapping[str, Sequence[tuple[str, str]]]
"""By column, names with their pages."""


def storyline(store: Store, threads: Sequence[str], base: str = "") -> Map | None:
    """The map of these threads; None where none names a party."""
    page = store.threads(ThreadFilter(ids=tuple(threads)), sort="first", limit=len(threads) or 1)
    details = store.details([thread.id for thread in page.threads])
    rows = [(one, dict(_parties(details[one.id], base))) for one in page.threads[::-1]]
    named = {column: _ranked([own[column] for _, own in rows]) for column, _ in _COLUMNS}
    if not any(named.values()):
        return None
    shown = {column: own[:_NAMES] for column, own in named.items()}
    pairs = tuple(dict.fromkeys(_pairs(shown, [own for _, own in rows])))
    return Map(
        wide=_wide(shown, pairs),
        phone=_phone(shown, pairs),
        more=sum(len(own[_NAMES:]) for own in named.values()),
        rows=tuple(rows),
    )


def _parties(
    details: Iterable[Detail], base: str
) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """By column, the leading names with their pages."""
    own = [d for d in details if d.party is not None and d.status != "denied"]
    for field, _ in _COLUMNS:
        names = dict.fromkeys(str(d.value) for d in own if d.field == field)
        yield (
            field,
            [
                (name, base + entity_path(field, address))
                for name in list(names)[:_OF_A_THREAD]
                if (address := slug(name))
            ],
        )


def _ranked(rows: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Those that most threads name first."""
    named = Counter(one for own in rows for one in own)
    return [one for one, _ in named.most_common()]


_Key = tuple[str, str]
"""Column and name."""


def _pairs(shown: _Named, rows: Sequence[_Named]) -> Iterator[tuple[_Key, _Key]]:
    """Each party of a thread with those of its next column that has any."""
    for own in rows:
        columns = [
            [(column, name) for name, url in own[column] if (name, url) in shown[column]]
            for column, _ in _COLUMNS
        ]
        for here, there in pairwise([column for column in columns if column]):
            yield from product(here, there)


def _wide(shown: _Named, pairs: Sequence[tuple[_Key, _Key]]) -> Drawing:
    nodes = {
        (column, name): _node(8.0 + 216 * at, _HEAD + _STEP * number + 14.0, column, name, url, 25)
        for at, (column, _) in enumerate(_COLUMNS)
        for number, (name, url) in enumerate(shown[column])
    }
    heads = tuple(
        (8.0 + 216 * at, 16.0, label)
        for at, (column, label) in enumerate(_COLUMNS)
        if shown[column]
    )
    height = _HEAD + _STEP * max(len(own) for own in shown.values())
    ties = tuple(_curve(nodes[a], nodes[b]) for a, b in pairs)
    return Drawing(WIDTH, height, tuple(nodes.values()), ties, heads)


def _phone(shown: _Named, pairs: Sequence[tuple[_Key, _Key]]) -> Drawing:
    nodes: dict[_Key, Node] = {}
    heads = []
    y = 16.0
    for column, label in _COLUMNS:
        if not shown[column]:
            continue
        heads.append((_GUTTER + 4.0, y, label))
        for name, url in shown[column]:
            y += _STEP
            nodes[column, name] = _node(_GUTTER + 4.0, y, column, name, url, 33)
        y += _STEP + 10
    ties = tuple(_arc(nodes[a], nodes[b]) for a, b in pairs)
    return Drawing(PHONE, round(y - _STEP), tuple(nodes.values()), ties, tuple(heads))


def _node(x: float, y: float, column: str, name: str, url: str, letters: int) -> Node:
    shown = name if len(name) <= letters else name[: letters - 1].rstrip() + "…"
    return Node(x, y, name, shown, url, column)


def _curve(a: Node, b: Node) -> str:
    """From the end of one name to the beginning of the other."""
    x1, y1, x2, y2 = round(a.end + 6, 1), a.y - 4, b.x - 6, b.y - 4
    middle = round((x1 + x2) / 2, 1)
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _arc(a: Node, b: Node) -> str:
    """Through the gutter, the further the longer it is."""
    x, y1, y2 = a.x - 6, a.y - 4, b.y - 4
    # A cubic reaches three quarters of the way to its control points.
    out = round(x - min((_GUTTER - 6) / 0.75, _NEAR + (y2 - y1) / 6), 1)
    return f"M{x:g} {y1:g}C{out:g} {y1:g} {out:g} {y2:g} {x:g} {y2:g}"
