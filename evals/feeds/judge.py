"""Whether our reading of a document is what its expectation asks.

In: a case. Out: None where it is as expected, else how it differs, in a line. The expectation's own
expression is evaluated over stand-ins for feedparser's values, each of which knows how one of ours
compares with what feedparser would give:

- titles: equal as plain text (ours never hold markup);
- bodies: equal as plain text, because that is what we keep of them;
- dates: the same instant; names: the same names without mail addresses; links and ids: equal.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from breachwire.errors import NotAFeedError
from breachwire.model import Entry, ParsedFeed
from evals.feeds.cases import Case, path_of
from ingest import clean, dates
from ingest.markup import plain
from ingest.parse import parse_feed

SERVER = "http://127.0.0.1:8097/"
"""Where feedparser's tests serve the documents from: relative links are resolved against it."""


class Text:
    """A title or body of ours, equal to any text that is the same once it is plain."""

    def __init__(self, ours: str, is_body: bool) -> None:
        self.ours = plain(ours) if is_body else ours
        self.fold: Callable[[str], str] = clean.paragraphs if is_body else clean.line

    def __eq__(self, expected: object) -> bool:
        if isinstance(expected, Text):
            return self.ours == expected.ours
        text = str(expected)
        return self.ours in (self.fold(text), self.fold(plain(text)))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.ours)

    def __len__(self) -> int:
        return len(self.ours)


class Names:
    """Authors of ours, equal to a byline that names the same people."""

    def __init__(self, ours: tuple[str, ...]) -> None:
        self.ours = ours

    def __eq__(self, expected: object) -> bool:
        if isinstance(expected, list):
            return self.ours == tuple(author.get("name") for author in expected)
        return self.ours == clean.names(str(expected))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.ours)


class Instant:
    """A date of ours, equal to the same instant as text or as feedparser's nine numbers."""

    def __init__(self, ours: datetime | None) -> None:
        self.ours = ours

    def __eq__(self, expected: object) -> bool:
        if isinstance(expected, tuple):
            return self.ours == dates.from_parsed(expected)
        return self.ours is not None and self.ours == dates.parse_date(str(expected))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.ours and self.ours.isoformat())


def differs(case: Case) -> str | None:
    """None where our reading is as expected, else what we read instead."""
    url = urljoin(SERVER + case.name, case.headers.get("content-location", ""))
    if not url.startswith("http"):
        url = SERVER + case.name
    try:
        feed = parse_feed(case.body, content_type=case.headers.get("content-type", ""), url=url)
    except NotAFeedError as error:
        return f"NotAFeedError: {error}"
    assert case.expectation is not None
    seen: list[str] = []
    try:
        holds = _truth(case.expectation, feed, seen)
    except IndexError:
        return f"{len(feed.entries)} entries read"
    return None if holds else "ours: " + "; ".join(seen)


def _truth(node: ast.expr, feed: ParsedFeed, seen: list[str]) -> Any:
    """The expression's value; nothing in it is executed but ==, in, and, or, not, len, ord."""
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_truth(value, feed, seen) for value in node.values)
        case ast.BoolOp(op=ast.Or()):
            return any(_truth(value, feed, seen) for value in node.values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            # `bozo` (was it well-formed?) is told as a problem; it is no field of ours.
            return _is_bozo(operand) or not _truth(operand, feed, seen)
        case ast.Compare():
            values = [_truth(value, feed, seen) for value in (node.left, *node.comparators)]
            pairs = zip(node.ops, values, values[1:], strict=False)
            return all(_compare(op, one, two) for op, one, two in pairs)
        case ast.Call(func=ast.Name(id="len")):
            return len(_truth(node.args[0], feed, seen))
        case ast.Call(func=ast.Name(id="ord")):
            text = _truth(node.args[0], feed, seen)
            return ord(text.ours) if len(text) == 1 else -1
        case ast.BinOp(op=ast.Add()):
            return _truth(node.left, feed, seen) + _truth(node.right, feed, seen)
        case ast.Constant() | ast.Tuple() | ast.List() | ast.Dict():
            return ast.literal_eval(node)
    if _is_bozo(node):
        return True
    if (path := path_of(node)) is None:
        raise ValueError(f"an expectation of another form: {ast.unparse(node)}")
    value = _value(feed, *path)
    seen.append(repr(value))
    return value


def _is_bozo(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "bozo"


def _compare(op: ast.cmpop, one: Any, two: Any) -> bool:
    if isinstance(op, ast.Eq):
        return bool(one == two)
    if isinstance(op, ast.NotEq):
        return bool(one != two)
    raise ValueError(f"a comparison of another form: {ast.dump(op)}")


def _value(feed: ParsedFeed, root: str, keys: list[str | int]) -> Any:
    if root == "entries" and not keys:
        return feed.entries
    if root == "feed":
        return Text(feed.title, False) if str(keys[0]).startswith("title") else feed.url
    index, *names = keys
    return _of_entry(feed.entries[int(index)], names)


def _of_entry(entry: Entry, names: list[str | int]) -> Any:
    name = str(names[0]).removesuffix("_parsed").removesuffix("_detail")
    match name:
        case "title":
            return Text(entry.title, False)
        case "link" | "links":
            return entry.url
        case "id" | "guid":
            return entry.key
        case "published" | "issued" | "created":
            return Instant(entry.published)
        case "updated" | "modified":
            return Instant(entry.updated)
        case "authors" if len(names) > 1:
            return entry.authors[int(names[1])]
        case "author" | "authors":
            return Names(entry.authors)
        case "content":
            return Text(entry.content, True)
    return Text(entry.summary or entry.content, True)
