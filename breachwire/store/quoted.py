"""What is quoted of articles, wherever it stands; and texts without the rest.

In: ids of articles. Out: `Evidence` by article. `blanked` keeps each character that is quoted at
its place, so that all offsets hold, and line ends; between them are blanks, after the last nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Text, select

from breachwire.model import Evidence
from breachwire.store.rows import chunks
from breachwire.store.tables import (
    article,
    brief,
    change,
    claim,
    correction,
    indicator,
    membership,
    mention,
)

_CITES: Final = re.compile(r'"article":\s?(\d+)')
_PIECE: Final = 2_000
Found = dict[int, list[Evidence]]


def own(connection: Connection, articles: Sequence[int]) -> Found:
    """By claims, indicators and mentions, and by the briefs of the threads that they stand in."""
    found: Found = defaultdict(list)
    for ids in chunks(articles):
        for one in (*_claims(connection, ids), *_indicators(connection, ids)):
            found[one.article].append(one)
        for one in _mentions(connection, ids):
            found[one.article].append(one)
        theirs = select(membership.c.thread).where(membership.c.article.in_(ids))
        query = select(brief.c.statements).where(brief.c.thread.in_(theirs))
        _within(found, connection.execute(query).scalars(), set(ids))
    return found


def elsewhere(connection: Connection, articles: Collection[int]) -> Found:
    """By every version of every brief, by changes and corrections."""
    found: Found = defaultdict(list)
    wanted, reader = set(articles), connection.execution_options(yield_per=_PIECE)
    _within(found, reader.execute(select(brief.c.statements)).scalars(), wanted)
    for table in (change, correction):
        texts = (table.c.evidence.cast(Text), table.c.before, table.c.after)
        for row in reader.execute(select(table.c.article, *texts)):
            _within(found, [row[1]], wanted)
            if row.article in wanted:  # what it said before or after, with no place of its own
                stands = (stand for stand in row[2:] if stand)
                found[row.article] += [_words(row.article, stand["quote"]) for stand in stands]
    return found


def _words(article: int, quote: str) -> Evidence:
    return Evidence(article, "text", 0, len(quote), quote)


def blanked(text: str, kept: Iterable[Evidence]) -> str:
    """The text with nothing but what is quoted of it, at its place. A quote of another revision
    is looked for."""
    spans = sorted({span for one in kept if (span := _span(text, one))})
    parts, at = list[str](), 0
    for start, end in spans:
        if end > at:
            parts += [_blank(text[at:start]), text[max(start, at) : end]]
            at = end
    return "".join(parts)


def _span(text: str, one: Evidence) -> tuple[int, int] | None:
    if one.where != "text" or not one.quote:
        return None
    if text[one.start : one.end] == one.quote:
        return one.start, one.end
    start = text.find(one.quote)
    return (start, start + len(one.quote)) if start >= 0 else None


def _blank(text: str) -> str:
    return "".join("\n" if character == "\n" else " " for character in text)


def _claims(connection: Connection, ids: Sequence[int]) -> Iterator[Evidence]:
    c = claim.c
    for row in connection.execute(select(claim).where(c.article.in_(ids))):
        yield Evidence(row.article, row.where, row.start, row.end, row.quote)
    sentences = select(
        c.sentence_article, c.sentence_where, c.sentence_start, c.sentence_end, c.sentence_quote
    ).where(c.sentence_article.in_(ids))
    yield from (Evidence(*row) for row in connection.execute(sentences))


def _indicators(connection: Connection, ids: Sequence[int]) -> Iterator[Evidence]:
    for row in connection.execute(select(indicator).where(indicator.c.article.in_(ids))):
        yield Evidence(row.article, row.where, row.start, row.end, row.quote)
        at = (row.sentence_start, row.sentence_end, row.sentence_quote)
        yield Evidence(row.article, row.where, *at)


def _mentions(connection: Connection, ids: Sequence[int]) -> Iterator[Evidence]:
    """Their words are nowhere but in the text."""
    columns = (mention.c.article, mention.c.where, mention.c.start, mention.c.end, article.c.text)
    query = select(*columns).join(article, article.c.id == mention.c.article)
    for row in connection.execute(query.where(mention.c.article.in_(ids))):
        yield Evidence(row.article, row.where, row.start, row.end, row.text[row.start : row.end])


def _within(found: Found, texts: Iterable[str], wanted: set[int]) -> None:
    """Evidence in JSON, however deep."""
    for text in texts:
        if wanted.isdisjoint(map(int, _CITES.findall(text))):
            continue
        for one in _evidence(orjson.loads(text)):
            if one.article in wanted:
                found[one.article].append(one)


def _evidence(value: Any) -> Iterator[Evidence]:
    if isinstance(value, dict) and "quote" in value and "article" in value:
        yield Evidence(**value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _evidence(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _evidence(inner)
