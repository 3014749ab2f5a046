"""Articles → the sentences a brief may use: whole, self-contained, free of an outlet's furniture.

In: a thread's members and the names its ledger knows. Out: quotables, each with the text to show
(verbatim: kind quoted; or with a connective or a vague date left out, or "the company" named: kind
stated), its evidence, terms, cues and score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from breachwire.model import Article, Evidence, Member, StatementKind
from nlp import cues, introduced, rank, sentences, speakers
from nlp.patterns import says
from nlp.reference import Reader, known_in, published_of
from nlp.vague import without_vague_dates
from nlp.whole import furniture
from nlp.whole import whole as whole

MIN_WORDS: Final = 6
MAX_WORDS: Final = 54
"""Longer sentences are lists or run-ons; news sentences run to some 35 words."""
MAX_SENTENCES: Final = 180
"""Of all articles together, shared out evenly: news stands at the top of each, and a brief of ten
long articles stays under 50 ms."""

_OURS: Final = re.compile(r"[^,“\"]{3,90}\b(?:we|our|us)\b[^,“\"]{0,60}, (?=[A-Z][\w’'-]+ )")
"""What the outlet says of itself before the news: "Weeks after we first wrote about it, "."""
_TELLER: Final = re.compile(r"(?:[A-Z][\w.’'-]{0,40} (?:and |, )?){1,6}reports?: (?=[A-Z])")
"""A named reporter's credit before the sentence: shown beside it anyway, as the source."""
DATELINE: Final = re.compile(
    r"(?:[A-Z][A-Z.’'-]{1,40},? ){1,4}(?:[A-Z][a-z]{2,8}\.? \d{1,2},? )?"
    r"(?:\([^()]{2,40}\) )?[-–—]+ (?=[A-Z])"
)
_ITEM: Final = re.compile(r"(?P<name>[A-Z][\w’'&-]{2,30}(?: [A-Z][\w’'&-]{1,30}){0,2})[.:] ")
"""A name alone at the head of an item."""
_LABEL: Final = re.compile(
    r"(?:[A-Z][\w&/-]{1,30} ){1,5}[A-Z][\w&/-]{1,30}: (?=(?:The|An?|In|Th\w+) )"
)
"""A list's label before its sentence: "Exposed Remote Access: The gateway …"."""
_BY_WHOM: Final = re.compile(r"(?:He|She) [a-z]|[“\"][^“”\"]{1,400}[”\"] (?:he|she) [a-z]+\b")
_OF_WHAT: Final = re.compile(
    r"[A-Z][^“”\"]{3,90} (?:said|says|expects) (?:that )?it (?:should|would|could|will|may|to) "
)
"""A forecast of an "it" that the sentence before names."""
_SHORT: Final = 14
"""Words of a sentence that names one thing, so that the next one's "it" is that."""
MAX_JOINED: Final = 60
"""Words of two sentences shown together."""
_FIGURE: Final = re.compile(r"(?<= )\d\. (?=[A-Z][a-z])")
_ON: Final = re.compile(r"(?:It|They|He|She|This|That|These|Those|Such) ")
"""Openers by which a sentence goes on from the line before."""
_CALL: Final = re.compile(
    r"\b(?:that|which) we (?:call|have called|track as|dubbed|named) (?=[A-Z])"
)
_WE: Final = re.compile(
    r"We (?P<now>expect|think|believe|fear|doubt|count|know|assume|hope|suspect)\b"
    r"|We (?P<then>found|counted|saw|tested|verified|confirmed|compared|reviewed|learned)\b"
)
"""What an outlet says of its own findings."""
_US: Final = re.compile(r"\b(told|tells|asked|answered|showed|wrote to) us\b")
_THEN_WE: Final = re.compile(
    r"\b(that|which|after|when|before) we ((?:first )?(?:saw|found|asked|called|wrote|tested)"
    r"|have(?= (?:followed|seen|tested|found|tracked|reported)\b))\b"
)
"""An outlet's part in the news: "told us", "in August, when we first saw it"."""
_SAYS: Final = re.compile(
    r"\b(?:said|says|told|according|confirmed|announced|reported|warned|disclosed|claims|claimed)\b"
)
_GOES_ON: Final = re.compile(
    r"(?:The|This|These|Those|That|It|They|He|She|According|But|In (?:an?|the|this))\b"
)
"""How a text goes on from a lead, and no lead begins under a line that sums it up."""
_BELOW: Final = 5
"""Where a line above the lead is counted: it tells less than what follows."""
_BODY: Final = re.compile(r"\b[A-Z][\w’']{1,40}(?: [A-Z][\w’']{1,40}){1,9}")
_DECK: Final = 32
"""Words of the line under a title at most."""
_LEAD: Final = 600
"""Characters in which a lead ends."""
_COUNTS: Final = re.compile(r"\d,\d{3}|\d (?:million|billion)")
_SPEECH: Final = re.compile(r"[“\"]")
_TURNS: Final = re.compile(
    r"(?:They|It|That|This|He|She) (?:w(?:as|ere)|is|are|did|had) (?:not|false|wrong)\b[^.]{0,30}\."
)
"""What takes back the sentence before: "They were not." It must stand behind that."""
_TURNED: Final = re.compile(r" {0,2}(?:But|However|Yet|That said|Still|Nevertheless),? ")
"""What begins the sentence behind one that says only half of it."""
_LEAST: Final = 5
_MOST: Final = 40
"""Words of a sentence that leans: shorter ones say nothing, longer ones bury what they lean on."""
_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,400}[”\"]")


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence fit to stand alone, and what choosing needs of it."""

    article: int
    at: datetime
    position: int
    """Its number among the article's sentences, from 0."""
    text: str
    kind: StatementKind
    evidence: tuple[Evidence, ...]
    words: int
    terms: frozenset[str]
    cues: frozenset[cues.Cue]
    tone: int
    """Above 0 it looks to the better, below 0 to the worse; 0 where it neither looks ahead nor says
    who speaks."""
    score: float = 0.0
    """How much it tells of the story, some 0 to 2: centrality, place in the article, news words."""
    pair: bool = False
    """Whether it is two sentences as they stand."""
    role: tuple[str, str] | None = None
    """A name with its role that was put into it, and the name."""
    turned: bool = False
    """Whether the next sentence begins with "But": the point lies there."""
    turns: bool = False
    """Whether it takes back the sentence before it, which may not stand without it."""
    after: Evidence | None = None
    """Of a sentence that leans on the one before it: that one, as it stands in the article."""

    @property
    def source(self) -> Evidence:
        """The sentence as it stands in the article."""
        return self.evidence[0]


def usable(members: Sequence[Member]) -> list[Member]:
    """Members to quote from: English, no copies, no roundups' mentions; all where none is left."""
    own = [m for m in members if m.copy_of is None and m.role not in ("copy", "mention")]
    own = own or list(members)
    return [m for m in own if english(m.article)]


def english(article: Article) -> bool:
    """Whether a brief may be drawn from it: marked English, or not marked."""
    return not article.language or article.language.lower().startswith("en")


def gather(
    members: Sequence[Member], victims: Sequence[str], actors: Sequence[str] = ()
) -> list[Quotable]:
    """Every usable sentence of the members, scored, in order of article and place; those that lean
    on the sentence before say so (`after`)."""
    share = MAX_SENTENCES // max(1, len(members))
    found = [q for m in members for q in _read(m.article, victims, actors, max(12, share))]
    titles = rank.terms(" ".join(m.article.title for m in members))
    central = rank.centrality([q.terms for q in found])
    return [
        replace(q, score=_score(q, value, titles, victims))
        for q, value in zip(found, central, strict=True)
    ]


def _score(q: Quotable, central: float, titles: frozenset[str], victims: Sequence[str]) -> float:
    score = central + 0.6 / (1 + 0.5 * q.position) + 0.4 * rank.overlap(q.terms, titles)
    score += 0.15 * ("said" in q.cues) + 0.1 * ("new" in q.cues) - 0.5 * ("tip" in q.cues)
    score += 0.4 * any(name in q.text for name in victims)
    score -= 0.2 * (q.evidence[-1].where == "published")
    return score - 0.02 * max(0, q.words - 32)


def _read(
    article: Article, victims: Sequence[str], actors: Sequence[str], most: int
) -> tuple[Quotable, ...]:
    """Sentences of an article, by the names that it can know: a report that joins the thread and
    has others changes nothing in it."""
    crews = tuple(a for a in actors if a in article.text or a in article.title)
    return _of_article(article, known_in(article, victims), crews, most)


@lru_cache(maxsize=512)
def _of_article(
    article: Article, victims: tuple[str, ...], actors: tuple[str, ...], most: int
) -> tuple[Quotable, ...]:
    """Kept: a thread is written anew with each report, of which one is new."""
    return tuple(_sentences(article, victims, actors, most))


def _sentences(
    article: Article, victims: Sequence[str], actors: Sequence[str], most: int
) -> Iterator[Quotable]:
    reading = _Reading(article, victims, actors)
    before: Quotable | None = None
    deck = _deck(article)
    for number, (start, end) in enumerate(_spans(article.text)):
        position = number - deck if number >= deck else _BELOW + number
        # Forecasts stand at the end of a report: past the share only they are read.
        if position >= most and not cues.looks_ahead(article.text[start:end]):
            before = None
            reading.people.name(article.text[start:end], start)
            continue
        start = _with_label(article.text, start, end)
        for pattern in (DATELINE, _TELLER, _OURS, _LABEL):
            if opening := pattern.match(article.text, start, end):
                start = opening.end()
                break
        reading.role = None
        alone = reading.settled(start, end, position)
        leaning = reading.leaning(before, start, end, position) if alone is None else None
        both = reading.joined(before, leaning, start, end)
        turned = _TURNED.match(article.text, end) is not None
        for found in filter(None, (alone, leaning, both)):
            yield replace(found, turned=turned, role=reading.role)
        before = alone or leaning


def _with_label(text: str, start: int, end: int) -> int:
    """Where it begins with the name that stands before it on its line, as over an item, if it does
    not have that: "Orla. The hearing is on Monday"."""
    label = _ITEM.fullmatch(text, text.rfind("\n", 0, start) + 1, start)
    return start if label is None or label["name"] in text[start:end] else label.start()


def _deck(article: Article) -> int:
    """How many sentences stand above the lead and sum it up: a short first line of several that
    tells less of the title than the next line's first sentence."""
    top, _, rest = article.text.partition("\n")
    if not rest or len(top.split()) > _DECK or DATELINE.match(top):
        return 0
    titled = rank.terms(article.title)
    spans = sentences.split(rest[:_LEAD])
    lead = rank.terms(rest[slice(*spans[0])]) if spans else frozenset()
    above = list(_spans(top))
    told = max((len(titled & rank.terms(top[slice(*span)])) for span in above), default=0)
    summed = len(titled & lead) > told and lead & rank.terms(top) and not _SAYS.search(top)
    return len(above) if summed and len(above) > 1 and not _GOES_ON.match(rest) else 0


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, also where one ends in a single figure: "until Dec. 9. Billing came back"."""
    for start, end in sentences.split(text):
        for cut in _FIGURE.finditer(text, start + 1, end):
            yield start, cut.start() + 2
            start = cut.end()
        yield start, end


class _Reading:
    """One article's sentences in order: those that stand alone, those that lean on another."""

    def __init__(self, article: Article, victims: Sequence[str], actors: Sequence[str]) -> None:
        self._article = article
        self._reader = Reader(article, victims, actors)
        self.people = speakers.Speakers(article)
        self.role: tuple[str, str] | None = None
        self._spoken: speakers.Named | None = None
        """The sentence at hand with its speaker's whole name, and what that rests on."""
        lower = article.text.lower()
        self._furniture = tuple(phrase for phrase in furniture() if phrase in lower)

    def settled(self, start: int, end: int, position: int) -> Quotable | None:
        """One sentence as it can stand alone; None where it can't."""
        text = self._article.text[start:end]
        evidence = Evidence(self._article.id, "text", start, end, text)
        named = self.people.name(text, start)
        if named and (call := _CALL.search(named[0])):
            named = f"{named[0][: call.start()]}called {named[0][call.end() :]}", named[1]
        if named:
            named = _attributed(named[0], self._article.source), named[1]
        self._spoken = named
        if named is None or not whole(named[0], self._furniture):
            self._reader.skip(text, evidence)
            return None
        settled = self._reader.settle(named[0], evidence)
        if settled is None or not _least(settled[0]) <= len(settled[0].split()) <= MAX_WORDS:
            return None
        shown, support = settled
        shown = self._introduced(shown, text)
        support += tuple(e for e in named[1] if not any(_covers(s, e) for s in support))
        return _quotable(self._article, position, shown, support)

    def leaning(
        self, before: Quotable | None, start: int, end: int, position: int
    ) -> Quotable | None:
        """A sentence that can't stand alone, but can behind the one before it."""
        own = self._article.text[start:end]
        text, extra = self._spoken or (own, ())
        if before is None or before.position != position - 1 or _SPEECH.match(text):
            return None
        if self.people.put and self.people.put[0].split()[-1] in before.text:
            text, extra = own, ()  # the sentence before has the name
            self.people.put = None
        turns = _TURNS.match(text) is not None
        if not (turns or _LEAST <= len(text.split()) <= _MOST) or not whole(text, self._furniture):
            return None
        cited = Evidence(self._article.id, "text", start, end, own)
        dated = self._reader.dated(text, (cited, *extra))
        if dated is None:
            return None
        shown, support = dated
        found = _quotable(self._article, position, self._introduced(shown, own), support)
        return replace(found, after=before.source, turns=turns)

    def _introduced(self, shown: str, own: str) -> str:
        """The sentence with the role of the person whose name was put into it."""
        self.role = None
        if self.people.put is None or self.people.put[0] not in shown:
            return shown
        name, role = self.people.put
        for body in _BODY.findall(role.replace(name, "")):
            if f"the {body}" in shown and body not in own:
                shown = shown.replace(f"the {body}", f"the {body.split()[-1].lower()}", 1)
            elif body in shown:
                return shown  # the sentence names whose it is
        text, told = introduced.put(shown, name, role)
        self.role = (told, name) if told != name else None
        return text

    def joined(
        self, before: Quotable | None, leaning: Quotable | None, start: int, end: int
    ) -> Quotable | None:
        """A forecast that leans, together with the sentence before that says who or what it is:
        both as they stand."""
        article, text = self._article, self._article.text[start:end]
        if before is None or before.after or not whole(text, self._furniture):
            return None
        if _SPEECH.match(text) and not _BY_WHOM.match(text):
            return None
        if not (cues.looks_ahead(text) or says("outlook", "may", text)):
            return None
        first = before.source
        of_what = _OF_WHAT.match(text) and before.words < _SHORT
        by_whom = _BY_WHOM.match(text) and speakers.speaks(first.quote)
        if not (of_what or by_whom or leaning):
            return None
        line = "\n" in article.text[first.end : start]
        if line and not (leaning and _ON.match(text)):
            return None
        if line or before.kind != "quoted" or (leaning and leaning.kind != "quoted"):
            if leaning is None:
                return None
            both, support = f"{before.text} {leaning.text}", (*before.evidence, *leaning.evidence)
            support = tuple(dict.fromkeys(support))
        else:
            both = article.text[first.start : end]
            stamp = published_of(article)
            dated = without_vague_dates(both) != both
            if dated and stamp is None:
                return None
            evidence = Evidence(article.id, "text", first.start, end, both)
            support = (evidence, stamp) if dated and stamp else (evidence,)
        if len(both.split()) > MAX_JOINED:
            return None
        return replace(_quotable(article, before.position, both, support), pair=True)


def together(before: Quotable, q: Quotable, article: Article) -> Quotable | None:
    """Two sentences that follow one another as one passage; None where it gets too long."""
    both = article.text[before.source.start : q.source.end]
    support = tuple(dict.fromkeys((*before.evidence, *q.evidence)))
    if before.kind == q.kind == "quoted" and "\n" not in both:
        support = (Evidence(article.id, "text", before.source.start, q.source.end, both),)
    else:
        both = f"{before.text} {q.text}"
    if len(both.split()) > MAX_JOINED:
        return None
    found = replace(_quotable(article, before.position, both, support), pair=True)
    return replace(found, score=q.score, turned=q.turned, role=before.role or q.role)


def _least(text: str) -> int:
    """Words that a sentence needs: one fewer where it counts something."""
    return MIN_WORDS - bool(_COUNTS.search(text))


def _attributed(text: str, outlet: str) -> str:
    """An outlet's "We expect …" as "{outlet} expects …", "told us" as "told {outlet}"; any other
    text, and what stands in quotation marks, as it is."""
    parts = re.split(r"([“\"][^“”\"]*[”\"])", text)
    parts[::2] = [_by_name(part, outlet) for part in parts[::2]]
    return "".join(parts)


def _by_name(text: str, outlet: str) -> str:
    if not outlet:
        return text
    text = _US.sub(lambda m: f"{m[1]} {outlet}", text)
    text = _THEN_WE.sub(lambda m: f"{m[1]} {outlet} {'has' if m[2] == 'have' else m[2]}", text)
    match = _WE.match(text)
    if match is None:
        return text
    verb = f"{match['now']}s" if match["now"] else match["then"]
    return f"{outlet} {verb}{text[match.end() :]}"


def _covers(outer: Evidence, inner: Evidence) -> bool:
    same = outer.article == inner.article and outer.where == inner.where
    return same and outer.start <= inner.start and inner.end <= outer.end


def _quotable(
    article: Article, position: int, shown: str, support: tuple[Evidence, ...]
) -> Quotable:
    about = cues.of(shown)
    own = support[0].quote
    terms = rank.terms(shown) if shown in own else rank.terms(shown) & rank.terms(own)
    return Quotable(
        article.id,
        article.at,
        position,
        shown,
        "quoted" if shown == support[0].quote else "stated",
        support,
        len(shown.split()),
        terms,
        about,
        cues.tone(shown) if about & {"ahead", "maybe", "said"} else 0,
    )
