"""An invented article → the HTML its outlet serves: each outlet has markup and clutter of its own.

In: an article and its outlet's other articles. Out: an HTML document, everything escaped, nothing
loaded from elsewhere. The templates are `templates/KEY.html` (`string.Template`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

from breachwire.demo.corpus import DemoArticle, Outlet
from breachwire.demo.feeds import body_html, notice

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SPLIT: Final = 2
"""Paragraphs before the box that outlets put into the middle of a text."""


def article_page(article: DemoArticle, others: Sequence[DemoArticle]) -> str:
    """The page of an article, with its outlet's markup around the text."""
    outlet = article.outlet
    paragraphs = body_html(article).splitlines(keepends=True)
    return _template(outlet.key).substitute(
        _common(outlet),
        title=escape(article.title),
        canonical=escape(article.url),
        section=escape(article.section),
        summary=escape(article.summary),
        authors=escape(_names(article.authors)),
        author_meta=escape(", ".join(article.authors)),
        iso=article.published.isoformat(),
        modified=(article.updated or article.published).isoformat(),
        date=_date(article.published, american=outlet.language == "en-US"),
        top="".join(paragraphs[:_SPLIT]),
        rest="".join(paragraphs[_SPLIT:]),
        related=_links([other for other in others if other != article][:6]),
        jsonld=_jsonld(article),
    )


def index_page(outlet: Outlet, articles: Sequence[DemoArticle]) -> str:
    """The front page: every headline, newest first."""
    return _template("index").substitute(
        _common(outlet), links=_links(articles), feed=escape(outlet.feed_url)
    )


def bare_page(outlet: Outlet, title: str, line: str) -> str:
    """A page that holds no story: a refusal, a consent wall, a missing address."""
    return _template("bare").substitute(_common(outlet), title=escape(title), line=escape(line))


def _common(outlet: Outlet) -> dict[str, str]:
    return {
        "outlet": escape(outlet.name),
        "host": escape(outlet.host),
        "motto": escape(outlet.motto),
        "lang": escape(outlet.language),
        "notice": escape(notice(outlet)),
    }


@cache
def _template(name: str) -> Template:
    return Template((files("breachwire.demo") / "templates" / f"{name}.html").read_text("utf-8"))


def _names(authors: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(authors[:-1]), authors[-1])))


def _date(when: datetime, *, american: bool) -> str:
    month = _MONTHS[when.month - 1]
    return f"{month} {when.day}, {when.year}" if american else f"{when.day} {month} {when.year}"


def _links(articles: Sequence[DemoArticle]) -> str:
    return "".join(
        f'<li><a href="{escape(article.url)}">{escape(article.title)}</a></li>\n'
        for article in articles
    )


def _jsonld(article: DemoArticle) -> str:
    """NewsArticle as JSON-LD; no "<" in it, so that it can't end its script element."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "dateModified": (article.updated or article.published).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": article.outlet.name},
        "articleSection": article.section,
        "mainEntityOfPage": article.url,
        "isAccessibleForFree": True,
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
