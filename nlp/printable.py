"""How likely an editor would print a sentence in a section of the brief as it stands.

In: a sentence of an article (its offsets), the kind of its thread. Out: log-odds for each section,
by logistic regression over signs that a reader would name: where the sentence stands, how it opens,
what it speaks of by "the" that nothing brought up, names that the article has introduced before,
small words, its cues, the terms it speaks in. A sentence that leans on its neighbours, or is of the
wrong sort for a section (advice as outlook, a mechanism as impact), weighs little there. The
weights (`parameters/printable.json`) are fitted by `nlp.train_printable` on articles of which each
sentence was judged, and on judgements of printed sentences.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from breachwire.model import Article, BriefSection, Evidence
from nlp import antecedents, cues, lexicon, rank, sentences
from nlp.features import PARAMETERS
from nlp.patterns import says

SECTIONS: Final = (
    "signal_summary", "deep_analysis 0", "deep_analysis 1", "deep_analysis 2",
    "impact_assessment", "optimistic_outlook", "pessimistic_outlook",
)  # fmt: skip
"""What a sentence is judged for: a section, of the analysis one of its paragraphs."""
TERM: Final = "term "
"""What the name of a sign begins with that is a term (`rank.terms`)."""
_LEAD: Final = 400
"""Characters of an article that a brief is sure to tell, with the title."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z’'-]*")
_NAME: Final = re.compile(r"(?<![.!?:“\"] )(?<!\A)\b[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")
_NUMBER: Final = re.compile(r"\d[\d,.]*")
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_THE: Final = re.compile(r"\b[Tt]he [a-z]")
_ADVICE: Final = re.compile(
    r"\b(?:should|must|recommend\w*|urged?|advis\w+|need to|ensure|avoid|monitor|apply|review"
    r"|consider)\b",
    re.IGNORECASE,
)
_FORECAST: Final = re.compile(
    r"\b(?:expects?|expected|predicts?|thinks|doubts|hopes|fears|believes|plans|warns?|warned"
    r"|(?:said|says)\b[^.]{0,60}\b(?:would|will|could|may))\b"
)
"""What somebody says of the time to come."""
_PERSON: Final = re.compile(
    r"\b[A-Z][a-z’-]+ [A-Z][\w’-]+(?:, [^,.]{3,80},)? (?:said|says|expects?|thinks|doubts|hopes"
    r"|fears|believes|predicts?|warns?|warned|told)\b"
)
_LEANS: Final = re.compile(r"(?:It|They|This|These|That|He|She|But|However)\b")
_TURNS: Final = re.compile(r"(?:But|However|Yet|Still)\b")
_LONG, _SHORT, _FAR = 32, 10, 2
"""Words of a long and of a short sentence; sentences after which the lead is told."""
_SAYS: Final = {
    "asides": (
        "profile", "works", "way_in", "acts", "inside", "next", "to_come", "was_done", "needs",
        "silent", "declined", "own_subject", "incident", "scope", "empty", "advice", "others",
        "harm", "measure", "to_do",
    ),
    "outlook": (
        "may", "calm", "loss", "plan", "weapon", "foiled", "doers", "remedy", "soon", "better",
        "worse", "calling", "far",
    ),
    "impact": (
        "effect", "outcome", "technique", "toll", "took", "at_stake", "within_reach",
        "came_of_it", "dangles", "leans", "broken_into", "off", "lists",
    ),
}  # fmt: skip
"""Of the writers' own lists, what a sentence is asked."""
_MARKS: Final = {"quote": '“"', "colon": ":", "bracket": "(", "dash": "–—", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class Weights:
    """For each sign what it weighs in each of SECTIONS; those it does not name weigh nothing."""

    bias: tuple[float, ...]
    of: Mapping[str, tuple[float, ...]]
    least: Mapping[str, float]
    """Log-odds that a sentence needs in a section."""
    usual: Mapping[str, float]
    """Log-odds of the middle one of those fit to print there."""

    def odds(self, signs: Mapping[str, float]) -> tuple[float, ...]:
        """Log-odds in each of SECTIONS."""
        total = list(self.bias)
        for name, value in signs.items():
            for n, weight in enumerate(self.of.get(name, ())):
                total[n] += weight * value
        return tuple(total)


@cache
def shipped() -> Weights:
    """What `parameters/printable.json` holds."""
    return read(PARAMETERS / "printable.json")


def read(path: Path) -> Weights:
    """Weights as `nlp.train_printable` writes them. Raises OSError, ValueError, KeyError."""
    stored = json.loads(path.read_text("utf-8"))
    of = {name: tuple(map(float, row)) for name, row in stored["weights"].items()}
    return Weights(tuple(map(float, stored["bias"])), of, stored["least"], stored["usual"])


def place(section: BriefSection, paragraph: int) -> str:
    """Which of SECTIONS a place of a brief is; any other is given back as it is."""
    return f"{section} {paragraph}" if section == "deep_analysis" else section


@lru_cache(maxsize=1 << 14)
def odds(article: Article, start: int, end: int, kind: str) -> tuple[float, ...]:
    """Log-odds that a sentence can be printed in each of SECTIONS. Kept: a thread is written anew
    with each report, of which one is new."""
    return shipped().odds(signs(article, start, end, kind))


def signs(article: Article, start: int, end: int, kind: str) -> dict[str, float]:
    """What the weights are of, by name; what is absent is 0."""
    text = article.text[start:end]
    found = {f"kind {kind}": 1.0}
    found.update(_standing(article, start))
    found.update(_shape(text))
    found.update(_references(article, text, start))
    found.update(_words(text))
    return {name: value for name, value in found.items() if value}


def _standing(article: Article, start: int) -> Iterator[tuple[str, float]]:
    """Where it stands, and what stands beside it."""
    text, spans = article.text, _spans(article.text)
    number = max(0, bisect_right(spans, (start, len(text))) - 1)
    before = text[slice(*spans[number - 1])] if number else ""
    behind = text[slice(*spans[number + 1])] if number + 1 < len(spans) else ""
    own = rank.terms(text[slice(*spans[number])]) if spans else frozenset()
    yield "depth", math.log1p(number)
    yield "share of the article", number / max(1, len(spans))
    yield "opens the article", float(not number)
    yield "opens a paragraph", float(not start or "\n" in text[max(0, start - 2) : start])
    yield "behind a colon", float(before.endswith(":"))
    yield "on the title", rank.overlap(own, rank.terms(article.title))
    if number > _FAR:
        yield "on the lead", rank.overlap(own, rank.terms(text[:_LEAD]))
    yield "on the sentence before", rank.overlap(own, rank.terms(before))
    yield "next leans", float(bool(_LEANS.match(behind)))
    yield "next turns", float(bool(_TURNS.match(behind)))


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return sentences.split(text)


def _shape(text: str) -> Iterator[tuple[str, float]]:
    number = len(text.split())
    yield "length", math.log(max(1, number)) - 3
    yield "long", float(number > _LONG)
    yield "short", float(number < _SHORT)
    yield "commas", min(4, text.count(","))
    yield "numbers", min(3, len(_NUMBER.findall(text)))
    yield "year", float(bool(_YEAR.search(text)))
    yield "percent", float("%" in text or "percent" in text)
    for name, marks in _MARKS.items():
        yield name, float(any(mark in text for mark in marks))


def _references(article: Article, text: str, start: int) -> Iterator[tuple[str, float]]:
    """What it speaks of that an earlier sentence may have brought up."""
    lead = f"{article.title} {article.text[:_LEAD]}"
    open_nouns = antecedents.open_nouns(text, article.text, start)
    said = antecedents.stems(lead)
    unmet = [noun for noun in open_nouns if not antecedents.told(noun, said)]
    yield "definite nouns", min(3, len(open_nouns))
    yield "unmet nouns", min(3, len(unmet))
    yield "unmet subjects", min(2, sum(noun.bare for noun in unmet))
    yield "the", min(4, len(_THE.findall(text)))
    names = _NAME.findall(text)
    told = sum(name in lead for name in names)
    before = article.text[:start]
    old = sum(name not in lead and name in before for name in names)
    yield "names", min(4, len(names))
    yield "names of the lead", min(3, told)
    yield "names met before", min(3, old)
    yield "new names", min(3, len(names) - told - old)


def _words(text: str) -> Iterator[tuple[str, float]]:
    yield "advice", float(bool(_ADVICE.search(text)))
    forecast, person = _FORECAST.search(text), _PERSON.search(text)
    yield "forecast", float(bool(forecast))
    yield "a person speaks", float(bool(person))
    yield "a person's forecast", float(bool(forecast and person))
    yield f"first {_first(text)}", 1.0
    words = set(_WORD.findall(text.lower()))
    for word in words & _small():
        yield f"word {word}", 1.0
    for term in rank.terms(text):
        yield f"{TERM}{term}", 1.0
    for cue in cues.of(text):
        yield f"cue {cue}", 1.0
    for table, keys in _SAYS.items():
        for key in keys:
            yield f"{table} {key}", float(says(table, key, text))
    for key in ("people", "inner", "moral", "research"):
        yield key, min(3, len(words & _listed(key)))


def _first(text: str) -> str:
    """What a sentence opens with: a small word, or what sort of word."""
    match = _WORD.match(text.lstrip('“"'))
    if match is None:
        return "number" if text[:1].isdigit() else "mark"
    word = match[0].lower()
    if word in _small() or word in _listed("openers"):
        return word
    if word.endswith("ing"):
        return "participle"
    return "common word" if word in lexicon.common() else "name"


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(str(lexicon.table("printable")[key]).split())


def _small() -> frozenset[str]:
    return _listed("small")


def of(source: Evidence, articles: Mapping[int, Article], kind: str, where: str) -> float:
    """Log-odds of a sentence for one of SECTIONS."""
    found = odds(articles[source.article], source.start, source.end, kind)
    return found[SECTIONS.index(where)]
