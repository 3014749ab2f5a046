"""A thread's articles → whether they are a column: one person's view, no report.

In: articles. Out: yes or no; the brief of a column: its title, one line that says whose column it
is, notices elsewhere. A column speaks in the first person outside quotations, time and again, and
a report does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, get_args

from breachwire.model import Article, BriefSection, Member, Statement
from nlp import glossary, headline, sentences
from nlp.facts import title_of
from nlp.reference import published_of

_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,600}[”\"]")
_FIRST: Final = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|[Mm]e|[Mm]y|myself)\b")
_FEWEST: Final = 3
_SHARE: Final = 0.12
"""Sentences in the first person, and their share, from which on it is a column: reports quote."""


def column(articles: Sequence[Article]) -> bool:
    """Whether every one of them is written in the first person."""
    return bool(articles) and all(map(_first_person, articles))


def _first_person(article: Article) -> bool:
    text = _QUOTED.sub(" ", article.text)
    spans = list(sentences.split(text))
    own = sum(_FIRST.search(text[start:end]) is not None for start, end in spans)
    return own >= _FEWEST and own >= _SHARE * len(spans)


def write(members: Sequence[Member]) -> Iterator[Statement]:
    """The brief of a column, in the order of the page."""
    article = members[-1].article
    title, evidence = headline.clean(article)
    yield Statement("headline", title, "quoted", (evidence,))
    source = article.source or "the source"
    line = f"A column of {source}, in the first person: “{title.rstrip('.')}”."
    yield Statement("signal_summary", line, "stated", (title_of(article),))
    for section in get_args(BriefSection)[2:-1]:
        for paragraph in range(3 if section == "deep_analysis" else 1):
            yield glossary.notice(section, "column", paragraph=paragraph)
    yield _published(article) or glossary.notice("timeline")


def _published(article: Article) -> Statement | None:
    stamp = published_of(article)
    if stamp is None or not article.source:
        return None
    evidence = (title_of(article), stamp)
    line = f"{article.source} published its column."
    return Statement("timeline", line, "stated", evidence, at=stamp.quote[:10])
