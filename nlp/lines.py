"""An event's sentence → a line of the timeline, beside which its day stands.

In: the sentence as shown, its date's place, its article, what the brief has told. Out: the line:
without the day that stands beside it ("on October 6"); with "a key" for "the key" where nothing
told before it brings up a key; with what a report has since corrected marked as corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from breachwire.model import Article, Evidence
from nlp import antecedents, dates, foresight, trim
from nlp.dates import Moment
from nlp.folding import capital
from nlp.quotable import Quotable

_BEFORE: Final = re.compile(r",? (?:early |late |earlier |later )?(?:on|in) \Z")
_OPENS: Final = re.compile(r"\A(?:Early |Late )?(?:[Oo]n|[Ii]n) \Z")
_IN_STATEMENT: Final = re.compile(
    r"\AIn an? (?:[a-z]+ )?(?:statement|letter|notice|post|message|interview) on \Z"
)
_RELATIVE: Final = re.compile(r"\b(?:who|which|that|whose|where|when)\b(?: [\w’'-]+){1,3}\Z")
"""A clause that would end on its verb: "the pause, which began"."""
_HANGS: Final = re.compile(
    r"\b(?:from|to|back|between|dated|of|was|were|is|are|be|been|set|scheduled|due|and|or|until|since"
    r"|after|before|began|begins|starting|beginning|submitted|issued|filed|expired?|occurred"
    r"|happened|took place|dates|deal|agreement|report|letter|notice|statement)\Z"
)
"""What the day belongs to and can't do without."""
_AFTER: Final = re.compile(
    r"[.;,]| (?:and|that|to|at|by|with|over|for|as|after|when|from|but|the|about|against|in|of|an?"
    r"|she|he|it|because|while|saying|released|published|disclosed|confirmed|issued|announced"
    r"|denied|added|warned|filed) "
)
_PAPER: Final = re.compile(r"\b(?:report|letter|notice|statement)\Z")
_WHEN: Final = re.compile(r"\A,(?= (?:when|after|as|by|in|at|with|from|through|over|the day) )")
_TOLD_THAT: Final = re.compile(
    r"\b(?:said|says|disclosed|confirmed|announced|revealed|acknowledged|stated|wrote|warned"
    r"|told [^,;“”\"]{2,60}?)(?: [^,;“”\"]{3,70}?)? (?:that|it|they) [^“”\"]*\Z"
)
"""Before a day that is of what is said: without it the saying would stand at that day."""
_SAID_WHEN: Final = re.compile(r"\b(?:said|says|told) on \Z")
_LEAST: Final = 4
"""Words of a line at least."""
_THE: Final = re.compile(r"(?<![\w’'-])(?P<the>[Tt]he) (?=[a-z])")
_NOUN: Final = re.compile(r"[Tt]he (?P<phrase>(?:[a-z-]+ ){0,2}?(?P<noun>[a-z]{3,}))(?=[ ,.;])")
_VOWEL: Final = re.compile(r"[aeio]|u(?!n[it]|s[aeiu])")
_NAMED: Final = re.compile(
    r"The (?P<name>[A-Z])[\w’'-]*(?: [A-Z][\w’'-]*)* (?P<noun>team|unit|delegation|crew|officer"
    r"|expert|engineer|employee|server|document|letter|panel)\b"
)
"""One of somebody's, by his name: "The State Guard team"."""
_MASS: Final = re.compile(
    r"\w{1,40}(?:ion|ment|ity|ness|ing|cy|ware|ance|ence)\Z|(?:data|access|money|traffic|work|theft|code"
    r"|loot|internet|hour|day|week|month|year|time|night|morning|evening|weekend|end|start|way|web|public|state|government|world|police|press|law|fix|flaw|attack|breach)\Z"
)
"""Nouns that go without an article or that everybody knows."""
_CORRECTED: Final = re.compile(
    r"(?:Correction|Corrected|Clarification)(?:,? (?P<day>(?:on )?[A-Z][a-z]{2,8}\.? \d{1,2}))?:"
    r" (?P<what>(?:An?|The|Our) (?:earlier|previous|original|first) (?:version|edition|report)"
    r"[^\n]*)"
)
_COUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?: (?:million|billion))?")

_FITS: Final = 22
"""Words to which an event's sentence loses its asides."""
_DROPPED: Final = 12
"""Characters that a date at the clause's end took along: " on Wednesday"."""
_SECOND: Final = re.compile(
    r", and (?:(?:the|its|his|her|their|it|they|security firm|[A-Z][\w’'-]*) )[^,]{0,60}?"
    r"\b(?:says?|said|was|were|is|are|had|has|told|will)\b.*\Z"
)
"""A second clause with a subject of its own."""
LONGEST: Final = 38
"""Words of a line at most."""


def undated(text: str, at: str, published: date | None) -> str:
    """The line without its day, where that is the one it names and the sentence stands without."""
    named = [m for m in dates.moments(text, published) if len(m.value) >= len("2026-01")]
    own = [m for m in named if m.value == at]
    if len(own) != 1 or any(m.form == "day" for m in named if m is not own[0]):
        return text
    start, end = own[0].start, own[0].end
    if text[start : start + 3].lower() == "in ":
        start += 3  # the month's own "in"
    head, rest = text[:start], text[end:]
    if _IN_STATEMENT.match(head) and rest.startswith(", "):
        return capital(rest[2:])
    if _OPENS.match(head) and rest.startswith(", "):
        opening = rest[2:].partition(",")[0].split()
        return capital(rest[2:]) if len(opening) > 3 else text
    before = _BEFORE.search(head)
    if before is None or not _AFTER.match(rest) or _TOLD_THAT.search(head):
        return text
    left = head[: before.start()]
    hangs = _HANGS.search(left) and not (_PAPER.search(left) and rest.startswith(" that "))
    if hangs or _RELATIVE.search(left):
        return text
    after = _WHEN.sub("", rest)
    if after.startswith(",") and left.endswith("ed"):
        return text  # "the advisory published, three flaws"
    line = left + after
    return line if len(line.split()) >= _LEAST else text


def introduced(text: str, article: Article, start: int, told: Iterable[str]) -> str:
    """The line with "a key" for "the key", where its article brought a key up before it and nothing
    that was told did."""
    said = frozenset().union(*(antecedents.stems(one) for one in told))
    for match in reversed(list(_THE.finditer(text))):
        phrase = _NOUN.match(text, match.start())
        if phrase is None or _MASS.match(phrase["noun"]):
            continue
        until = _THE.search(text, match.end())
        alone = text[match.start() : until.start() if until else len(text)]
        open_ = antecedents.open_nouns(alone, article.text, start)[:1]
        near = said | antecedents.stems(text[: match.start()])
        if not open_ or antecedents.told(open_[0], near):
            continue
        if not _brought_up(phrase["noun"], article.text[:start]):
            continue
        plural = phrase["noun"].endswith("s") and not phrase["noun"].endswith("ss")
        kind = "" if plural else ("an " if _VOWEL.match(phrase["phrase"]) else "a ")
        line = text[: match.start()] + kind + text[match.end() :]
        text = line if match.start() else capital(line)
    named = _NAMED.match(text)
    if named and not antecedents.stems(named["noun"]) & said:
        text = f"A{'n' * bool(_VOWEL.match(named['name'].lower()))} {text[4:]}"
    return text


def _brought_up(noun: str, before: str) -> bool:
    """Whether a text has the noun otherwise than by "the"."""
    return _other_than_the(noun).search(before) is not None


def _other_than_the(noun: str) -> re.Pattern[str]:
    before = r"(?<![\w-])(?!the\b|this\b|that\b|The\b)[\w-]{1,40}"
    return re.compile(rf"{before} {re.escape(noun)}\b")


def correction(text: str, article: Article) -> tuple[str, tuple[Evidence, ...]]:
    """The line with the figure marked that its report has since corrected, and what says so."""
    found = _CORRECTED.search(article.text)
    if found is None:
        return text, ()
    own = set(_COUNT.findall(text))
    named = [n for n in _COUNT.findall(found["what"]) if len(n) > 2]
    if not own & set(named[1:]) or named[0] in own or not text.endswith("."):
        return text, ()
    end = found.end("what")
    cited = Evidence(article.id, "text", found.start(), end, article.text[found.start() : end])
    when = f" on {found['day'].removeprefix('on ')}" if found["day"] else ""
    return f"{text[:-1]} (corrected{when} from {named[0]}).", (cited,)


def keeps(short: str, text: str) -> bool:
    """Whether a shortened line keeps what the sentence goes back to with "but" or "while"."""
    return all(word in short for word in _turns(text))


def _turns(text: str) -> Sequence[str]:
    return re.findall(r", (?:but|while|although|though|yet|except) ", text)


def short(passage: Quotable, moment: Moment, article: Article) -> str | None:
    """The sentence without its asides, its date kept."""
    text = foresight.LAST.sub(".", passage.text)
    if len(text.split()) <= _FITS:
        return text
    first = _SECOND.sub(".", text)
    if moment.start > len(first) + _DROPPED:
        first = text  # the date is the second clause's
    less = trim.shorter(text, _FITS) or trim.shorter(first, _FITS) or first
    if not keeps(less, text):
        less = text
    if len(less.split()) <= LONGEST:
        held = list(dates.moments(less, article.published.date() if article.published else None))
        stood = moment.form not in ("day", "month")
        if stood or any(m.value == moment.value for m in held):
            return less
    if len(text.split()) <= LONGEST:
        return text
    beside = _SAID_WHEN.search(text[: moment.start]) and len(less.split()) <= LONGEST
    return less if beside else None
