"""Where words stand: spans of articles as evidence.

In: articles, evidence, names. Out: whether one span holds another; where a name stands.
"""

from __future__ import annotations

from breachwire.model import Article, Evidence


def covers(outer: Evidence, inner: Evidence) -> bool:
    """Whether one evidence's span holds the other's."""
    same = outer.article == inner.article and outer.where == inner.where
    return same and outer.start <= inner.start and inner.end <= outer.end


def within(sentence: Evidence, name: str) -> Evidence | None:
    """Where a name stands in an evidence's quote."""
    at = sentence.quote.find(name) if name else -1
    if at < 0:
        return None
    start = sentence.start + at
    return Evidence(sentence.article, sentence.where, start, start + len(name), name)


def find(article: Article, name: str) -> Evidence | None:
    """Where a name stands first in an article, title before text."""
    if name and (at := article.title.find(name)) >= 0:
        return Evidence(article.id, "title", at, at + len(name), name)
    return in_text(article, name)


def in_text(article: Article, name: str) -> Evidence | None:
    """Where a name stands first in an article's text."""
    if name and (at := article.text.find(name)) >= 0:
        return Evidence(article.id, "text", at, at + len(name), name)
    return None


def title_of(article: Article) -> Evidence:
    """An article's whole title as evidence."""
    return Evidence(article.id, "title", 0, len(article.title), article.title)
