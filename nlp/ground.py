"""Whether a statement rests on its evidence: the rules of truth (DESIGN §7) as a check by code.

In: a statement and the articles it cites. Out: what is wrong with it, a line each; empty: it holds.
The writer drops a statement that has problems. The check reads words, it does not understand them:
it finds a number, name or date that no quote has, a quote that is not there, a claim told as fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from breachwire.model import Article, Evidence, Statement
from nlp import dates, glossary, lexicon

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_CVE: Final = re.compile(r"\bCVE-\d{4}-\d{4,}", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]\w*(?:['’.&-]\w+)*")
_SENTENCE_START: Final = re.compile(r"(?:\A|[.!?:;]\s+|[\n“\"(])\W*\Z")
_PARTS: Final = re.compile(r"['’.&-]")
_POSSESSIVE: Final = re.compile(r"['’]s?\Z")
_QUANTITY: Final = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?"
    r"|millions?|billions?|trillions?)\b",
    re.IGNORECASE,
)
_MONTH: Final = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
HEDGE: Final = re.compile(r"\b(may|might|could|can|appears?|suggests?|likely|possibly|would)\b")
DOUBT: Final = re.compile(
    r"\b(claim(s|ed|ing)?|alleg\w+|purport\w*|unverified|unconfirmed|rumou?r\w*)\b", re.IGNORECASE
)
_CAREFUL: Final = re.compile(
    r"\b(claim\w*|alleg\w+|purport\w*|un(?:verified|confirmed)|says?|said|report\w*|accord\w*"
    r"|den(?:y|ies|ied)|disput\w*|may|might|could|rumou?r\w*|whether|if|suspect\w*|accus\w*|charg\w*"
    r"|threat\w*|offer\w*|boast\w*)\b",
    re.IGNORECASE,
)
_WARY: Final = re.compile(
    r"\b(claim\w*|alleg\w+|purport\w*|un(?:verified|confirmed)|den(?:y|ies|ied)|disput\w*|not true"
    r"|whether|rumou?r\w*|accus\w*|boast\w*|suspect\w*|baseless)\b",
    re.IGNORECASE,
)
"""Where the source says "claims", "says" and "reports" are too strong; in the timeline, whose lines
say just who reported, they do."""
_STRONG: Final = {
    "confirm": re.compile(r"\bconfirm", re.IGNORECASE),
    "den": re.compile(r"\b(?:den(?:y|ies|ied|ial)\b|disput|reject|refut)", re.IGNORECASE),
}
_SAYS: Final = {
    "confirm": re.compile(r"\bconfirm", re.IGNORECASE),
    "den": re.compile(r"\b(?:den(?:y|ies|ied))\b", re.IGNORECASE),
}


def problems(statement: Statement, articles: Mapping[int, Article]) -> list[str]:
    """What breaks the rules of truth in a statement, a line each."""
    kind = statement.kind
    if kind in ("glossary", "notice"):
        return _shipped_problems(statement)
    if not statement.evidence:
        return [f"{kind} without evidence"]
    found = [line for e in statement.evidence for line in _quote_problems(e, articles)]
    if found:
        return found
    if kind == "quoted":
        if not any(statement.text in e.quote for e in statement.evidence):
            found.append("quoted text stands in no quote")
        return found
    openers = _plain_openers() if kind == "inferred" else _openers()
    support, months = _support(statement, articles), _dates(statement, articles)
    found += unsupported(statement.text, support, months, openers)
    if kind == "inferred" and not HEDGE.search(statement.text):
        found.append("inferred without a hedge")
    return found + _strength_problems(statement)


def unsupported(text: str, support: str, months: str, openers: frozenset[str]) -> list[str]:
    """Numbers, CVEs, quantities and capitalised names of a text that the support lacks.

    `support` is the quotes and outlets; `months` is extra support for month names alone; `openers`
    may stand capitalised at a sentence's start (an inference is wholly in our own words).
    """
    numbers = {_plain(number) for number in _NUMBER.findall(support)}
    lower = support.lower()
    words = set(_WORD.findall(support))
    words |= {_POSSESSIVE.sub("", word) for word in words}
    joined = (word for word in words if not word.isalnum())
    parts = {part for word in joined for part in _PARTS.split(word)}
    found = [
        f"number {number} stands in no quote"
        for number in _NUMBER.findall(text)
        if _plain(number) not in numbers
    ]
    found += [f"{cve} stands in no quote" for cve in _CVE.findall(text) if cve.lower() not in lower]
    found += [
        f"quantity {match[0]} stands in no quote"
        for match in _QUANTITY.finditer(text)
        if match[1].lower().rstrip("s") not in lower
    ]
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        if word[0].islower() or word in words or word in parts or word.lower() in months:
            continue
        starts = _SENTENCE_START.search(text, max(0, match.start() - 4), match.start())
        if starts and (
            word.lower() in openers or re.search(rf"\b{re.escape(word.lower())}\b", lower)
        ):
            continue
        found.append(f"name {word} stands in no quote")
    return found


def _shipped_problems(statement: Statement) -> list[str]:
    found = []
    if statement.evidence:
        found.append(f"{statement.kind} with evidence")
    if not glossary.is_shipped(statement.text):
        found.append(f"{statement.kind} text is not one of the project's")
    return found


def _quote_problems(evidence: Evidence, articles: Mapping[int, Article]) -> list[str]:
    article = articles.get(evidence.article)
    if article is None:
        return [f"cites article {evidence.article}, which is not in the thread"]
    if not evidence.quote:
        return ["empty quote"]
    if source(article, evidence)[evidence.start : evidence.end] != evidence.quote:
        return [f"quote is not at {evidence.where}[{evidence.start}:{evidence.end}]"]
    return []


def source(article: Article, evidence: Evidence) -> str:
    """The stored string that an evidence's offsets count in."""
    if evidence.where == "title":
        return article.title
    if evidence.where == "text":
        return article.text
    return article.published.isoformat() if article.published else ""


def _support(statement: Statement, articles: Mapping[int, Article]) -> str:
    """Quotes with the days they name, and the outlets of the quoted articles: who reports is
    evidence of that alone."""
    cited = [articles[e.article] for e in statement.evidence]
    quotes = [e.quote for e in statement.evidence]
    outlets = [a.source for a in cited] + [a.family for a in cited]
    return "\n".join(quotes + outlets + _days(statement, articles))


def _dates(statement: Statement, articles: Mapping[int, Article]) -> str:
    months = [
        when.strftime("%B").lower()
        for e in statement.evidence
        if e.where == "published" and (when := articles[e.article].published)
    ]
    return " ".join(months)


def _days(statement: Statement, articles: Mapping[int, Article]) -> list[str]:
    """The days that the quotes' "on Wednesday" and "yesterday" name, as "September 2", and the
    month or year of their "last month", as "May 2026": by the calendar, where the publication date
    is cited with them."""
    stamped = {e.article for e in statement.evidence if e.where == "published"}
    found = []
    for e in statement.evidence:
        when = articles[e.article].published
        if e.where == "text" and e.article in stamped and when:
            moments = list(dates.moments(e.quote, when.date()))
            days = [date.fromisoformat(m.value) for m in moments if len(m.value) == 10]
            found += [f"{day:%B} {day.day}" for day in days]
            found += [_month(m.value) for m in moments if len(m.value) < 10]
    return found


def _month(value: str) -> str:
    """A month or a year of the ledger ("2026-05", "2026") in words."""
    return f"{date.fromisoformat(f'{value}-01'):%B %Y}" if len(value) > len("2026") else value


def _strength_problems(statement: Statement) -> list[str]:
    quotes = "\n".join(e.quote for e in statement.evidence)
    found = [
        f"says {stem!r}, which no quote does"
        for stem, pattern in _SAYS.items()
        if pattern.search(statement.text) and not _STRONG[stem].search(quotes)
    ]
    careful = _CAREFUL if statement.section == "timeline" else _WARY
    if statement.kind == "stated" and DOUBT.search(quotes) and not careful.search(statement.text):
        found.append("tells as fact what its source puts as a claim")
    return found


@cache
def _openers() -> frozenset[str]:
    """Words that begin our own sentences and name nothing; other capitals must be quoted."""
    return lexicon.words("function", "openers")


@cache
def _plain_openers() -> frozenset[str]:
    return _openers() | lexicon.common()


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")
