"""An article → what the threader compares; two articles → evidence that they are one event.

In: title, text, outlet, time, vector. Out: `Traits` (words by rarity, names, CVEs, amounts, patch
day) and `pair_features`, the numbers whose weights `nlp.train` fits. Rarity comes from the document
frequencies in `parameters/background.json` plus what the running threader has read since.
"""

from __future__ import annotations

import calendar
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nlp import lexicon
from nlp.folding import Caseless
from nlp.names import headline_case
from nlp.ways import one_of

if TYPE_CHECKING:
    from breachwire.model import Vector

PARAMETERS: Final = Path(__file__).parent / "parameters"
LEAD: Final = 500
"""Characters of text that are compared: what news says first is what it is about."""
PLAIN: Final = 0.3
"""A word that running text writes lower-case this often is no name, whatever titles do."""
RAREST: Final = 6
"""Documents below which rarity says no more: an incident's name is in the first or the sixth."""
TELLING: Final = 5.5
"""Rarity of a name that tells what an item is about: one article in 250 or fewer."""
NAMING: Final = 5.0
"""Rarity from which a word of a victim's name tells it from others."""

_TAIL = re.compile(
    r"(?:(?<!\s)\s+)?(The post .{0,300} appeared first on .*|No summary available[\s-]*)$", re.S
)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.I)
_WORD = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:[.$@+#][A-Za-z0-9]+)*\$?|\d{1,20}+[A-Za-z]+[A-Za-z0-9]*"
)
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(
    r"(?P<money>[$€£])?\b(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\+?"
    r"\s?(?P<unit>million|billion|trillion|thousand|[MBK]\b|[GTPM]B\b)?"
)
_SCALE: Final = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "b": 1e9,
    "trillion": 1e12,
}
_INSIDE: Final = re.compile(
    r"(?<=[a-z0-9,;] )[A-Z][A-Za-z0-9]+|[A-Z][A-Za-z0-9]{1,40}+(?: [A-Z][A-Za-z0-9]+)+"
)
_NO_NAME: Final = re.compile(
    r"\d{1,20}(?:[.,]\d{1,20}){0,9}(?:[kmbx]n?|[gtpm]b|th|st|nd|rd|s|g|bit|day|year)?|[qh][1-4]|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
)
"""Written like names and none: amounts ("$4M"), ordinals, quarters, short months and days."""
_MONTHS: Final = tuple(name.lower() for name in calendar.month_name[1:])
_PATCH_DAY = re.compile(
    r"patch (?:tuesday|day)|(?:monthly|security|cumulative|extended security) updates?\b"
    r"|\bpatch(?:es|ed)? \d+|\bfix(?:es|ed)? \d+ (?:flaws|vulnerabilities|bugs)|\bKB\d{7}\b",
    re.I,
)
_INCIDENT: Final = Caseless(
    r"\b(?:data|cyber|security)?\s?(?:breach\w*|hack(?:s|ed|ing)?|leak\w*|attack(?:s|ed)?|incident|"
    r"intrusion|stole\w*|steal\w*|theft|heist|ransom\w*|extort\w*|compromis\w+|hijack\w*|outage|"
    r"cyberattacks?|lawsuit|sued?|settle\w*|fine[sd]?|notif\w+)\b"
)
_AFTERMATH: Final = Caseless(
    r"\b(?:settle\w*|fine[sd]?|penalt\w+|lawsuits?|class[- ]action|su(?:es|ed|ing)|court|judge|jury"
    r"|verdict|sentenc\w+|ple(?:a|d|ads|aded)|guilty|convict\w*|charged|indict\w*|arrest\w*"
    r"|extradit\w+|trial|appeal\w*|regulators?|attorney general|commissioner|ICO|OCR|HHS"
    r"|(?:last|previous|prior) year|(?:months?|years?) (?:ago|after|later|on)|in 20\d\d"
    r"|20\d\d (?:data )?(?:breach|hack|attack|incident|ransomware)|aftermath|in the wake|now says"
    r"|pay(?:s|ing)? (?:[a-z]+ ){0,2}(?:us)?[$€£]?\d[\w.,]{0,12}(?: [a-z]+){0,2}"
    r" (?:over\b(?!\s?[$€£\d])|in damages|in restitution)"
    r"|revis\w+|recover\w*|insolven\w+|bankrupt\w*|resign\w*|stepped down|paid (?:the |a )?ransom"
    r"|compensation|inquiry|hearing|audit\w*|post-?mortem|(?:review|report) (?:of|on|into))\b"
)
_LITTLE = """
a an and any are as at be been but by can could did do does for from had has have how in
into is it its may more most new no not now of off on one or other out over own said says so
some such than that the their them then there these they this those to two under up us was
we were what when where which while who why will with would you your after against before
about all also just via per
"""
STOP: Final = frozenset(_LITTLE.split())


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of one article."""

    id: int
    day: float
    """Time in days since the epoch."""
    source: str
    family: str
    title: frozenset[str]
    words: frozenset[str]
    """Of title and lead."""
    names: frozenset[str]
    """Those of `words` that are written as names and are not plain English."""
    title_names: frozenset[str]
    """What the item is about: the title's names; where none of them tells ("CISA Adds One …"),
    those of the lead as well."""
    joined: frozenset[str]
    """Neighbouring words of the title run together: "Kelp DAO" meets "KelpDAO"."""
    rarity: Mapping[str, float]
    """Of every word above, as it stood when the article was read."""
    title_weight: float
    """Sum of the title's rarities."""
    names_weight: float
    """Sum of the rarities of the title's names."""
    norm: float
    """Root of the sum of squared rarities of `words`."""
    cves: frozenset[str]
    amounts: frozenset[str]
    victim: frozenset[str]
    """Rare words of the name that the article's claims give first as hit; empty: they give none."""
    victims: frozenset[str]
    """Those of every name that they give."""
    patch_month: int | None
    """Year and month as one number where the item is on a patch day, else None."""
    vendors: frozenset[str]
    """Whose patch day it is, as far as the title says; none where it is no patch day."""
    incident: bool
    """The title speaks of something done to someone."""
    unheard: frozenset[str]
    """Names that no more than one thread has said before: what joins with it is that thread's."""
    aftermath: bool
    """Title or lead speak of what comes after an incident: courts, fines, counts, recovery."""
    title_key: str
    vector: Vector


class Vocabulary:
    """How rare words are: shipped document frequencies plus those of the articles read here."""

    def __init__(self, documents: int, counts: Mapping[str, int], plain: Mapping[str, float]):
        self._documents = documents
        self._counts = counts
        self._plain = plain
        self._seen: Counter[str] = Counter()
        self._read = 0

    def learn(self, words: Iterable[str]) -> None:
        """Count one article's words."""
        self._seen.update(words)
        self._read += 1

    def forget(self, words: Iterable[str], documents: int) -> None:
        """Take back what was learned of so many articles."""
        for word in words:
            self._seen[word] -= 1
            if self._seen[word] <= 0:
                del self._seen[word]
        self._read -= documents

    def rarity(self, word: str) -> float:
        """Inverse document frequency in nats, smoothed; 7.3 for a word (hardly) ever seen.

        Counts are brought to the size of the shipped background: what is rare stays as rare as it
        was where the weights were fitted, however much has been read here.
        """
        share = self._documents / (self._documents + self._read)
        count = max(RAREST, share * (self._counts.get(word, 0) + self._seen[word]))
        return math.log((self._documents + 1) / (count + 1))

    def heard(self, word: str) -> int:
        """How many shipped documents and threads read here have said it."""
        return self._counts.get(word, 0) + self._seen[word]

    def plainness(self, word: str) -> float:
        """Share of a word's appearances in running text that are lower-case. Of a word never seen
        there: 1 if it is plain English (SCOWL's list), else 0."""
        known = self._plain.get(word)
        return known if known is not None else float(word in lexicon.common())


@cache
def background() -> tuple[int, Mapping[str, int], Mapping[str, float]]:
    """Shipped frequencies: documents, word → documents with it, word → lower-case share (a word
    that stood in titles alone has none)."""
    raw: dict[str, Any] = json.loads((PARAMETERS / "background.json").read_text("utf-8"))
    words: dict[str, list[int]] = raw["words"]
    return (
        int(raw["documents"]),
        {w: n for w, (n, _) in words.items()},
        {w: lower / 100 for w, (_, lower) in words.items() if lower >= 0},
    )


def vocabulary() -> Vocabulary:
    """A fresh vocabulary over the shipped frequencies."""
    return Vocabulary(*background())


def clean(text: str) -> str:
    """Text without a feed's own tail, which repeats the title."""
    return _TAIL.sub("", text[: 2 * LEAD])[:LEAD]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Lower case, possessive and plural off: "Flaws" and "flaw" are one word."""
    word = word.lower()
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[str, ...]:
    """Words as written, in order; little words and CVE ids left out. Kept: an article's traits and
    its kind ask for the same."""
    text = _CVE.sub(" ", text).replace("’", "'").replace("'s ", " ").replace("'s", "")
    return tuple(w for w in _WORD.findall(text) if len(w) > 1 and w.lower() not in STOP)


def words_of(text: str) -> frozenset[str]:
    """Stemmed words of a text."""
    return frozenset(stem(w) for w in tokens(text))


def cves_of(text: str) -> frozenset[str]:
    """CVE ids, upper-case."""
    return frozenset(c.upper() for c in _CVE.findall(text))


def cves_in(title: str, text: str) -> frozenset[str]:
    """Those that an article is on: of title and opening."""
    return cves_of(f"{title} {text[: 3 * LEAD]}")


def amounts_of(text: str) -> frozenset[str]:
    """Telling numbers, to two digits: "8.3 million" and "8,300,000" are the same. Years, small
    counts and versions say nothing and are left out."""
    found = set()
    for match in _AMOUNT.finditer(_CVE.sub(" ", text)):
        unit = (match["unit"] or "").lower()
        value = float(match["number"].replace(",", "")) * _SCALE.get(unit, 1)
        bytes_ = unit if unit in ("gb", "tb", "pb", "mb") else ""
        year = not unit and not match["money"] and 1990 <= value <= 2040
        if not year and (bytes_ or match["money"] or value >= 100):
            found.add(f"{match['money'] or ''}{value:.1e}{bytes_}")
    return frozenset(found)


def title_key(title: str) -> str:
    """A title to compare by: letters and digits of its words, in order."""
    return " ".join(re.findall(r"[a-z0-9]+", title.lower()))


def patch_month_of(title: str, year: int, month: int) -> int | None:
    """The month a patch day belongs to: the one the title names, else that of publication."""
    if not _PATCH_DAY.search(title):
        return None
    low = title.lower()
    named = next((m for m, name in enumerate(_MONTHS, 1) if name in low and name != "may"), None)
    if named is None and re.search(r"\bMay\b", title):
        named = 5
    if named is not None and named - month > 6:
        year -= 1
    return year * 12 + (named or month)


@cache
def _vendor() -> Caseless:
    names = sorted(lexicon.words("products", "vendors"), key=lambda name: -len(name))
    return Caseless(rf"\b(?:{one_of(names)})\b")


def vendors_of(title: str) -> frozenset[str]:
    """Known vendors that a title names, lower-case."""
    return frozenset(match[0] for match in _vendor().finditer(title))


def traits_of(
    id: int,
    title: str,
    text: str,
    *,
    source: str,
    family: str,
    day: float,
    year_month: tuple[int, int],
    vector: Vector,
    vocabulary: Vocabulary,
    victims: Sequence[str] = (),
) -> Traits:
    """Read an article's traits; `victims` are names as its claims give them, in their order."""
    head, lead = tokens(title), clean(text)
    running = tokens(lead)
    written = head + running
    names = {stem(w) for w in written if w[0].isupper() or (not w.isalpha() and _DIGIT.search(w))}
    shown = _shown(lead, running)
    names = {
        n
        for n in names
        if (n in shown or vocabulary.plainness(n) < PLAIN) and not _NO_NAME.fullmatch(n)
    }
    in_title = [stem(w) for w in head]
    words = frozenset(stem(w) for w in written)
    joined = frozenset(a + b for a, b in pairwise(in_title))
    patch_month = patch_month_of(title, *year_month)
    rarity = {w: vocabulary.rarity(w) for w in words | joined}
    title_names = frozenset(names & set(in_title))
    if not any(rarity[n] >= TELLING for n in title_names):
        title_names |= {n for n in names if rarity[n] >= TELLING}
    return Traits(
        id=id,
        day=day,
        source=source.casefold(),
        family=(family or source).casefold(),
        title=frozenset(in_title),
        words=words,
        names=frozenset(names),
        title_names=title_names,
        joined=joined,
        rarity=rarity,
        title_weight=_sum(set(in_title), rarity) or 1.0,
        names_weight=_sum(title_names, rarity),
        norm=math.sqrt(sum(rarity[w] ** 2 for w in words)) or 1.0,
        cves=cves_in(title, text),
        amounts=amounts_of(f"{title} . {lead}"),
        victim=_rare_of(victims[:1], vocabulary),
        victims=_rare_of(victims, vocabulary),
        patch_month=patch_month,
        vendors=frozenset() if patch_month is None else vendors_of(title),
        incident=bool(_INCIDENT.search(title)),
        unheard=frozenset(n for n in names if vocabulary.heard(n) <= 1),
        aftermath=bool(_AFTERMATH.search(f"{title} {lead}")),
        title_key=title_key(title),
        vector=vector,
    )


def _shown(lead: str, running: Iterable[str]) -> set[str]:
    """Words that running text writes as names, plain English or not: "at Harbour Clinic"."""
    if headline_case(lead):
        return set()
    names = {stem(w) for run in _INSIDE.findall(lead) for w in run.split()}
    return names - {stem(w) for w in running if w.islower()}


PAIR_FEATURES: Final = (
    "cosine",
    "lead_cosine",
    "rare_title",
    "rare_cross",
    "names_shared",
    "names_cover",
    "title_cover",
    "title_conflict",
    "cve_same",
    "cve_differ",
    "amount_same",
    "same_source",
    "same_source_cosine",
    "same_source_title",
    "gap",
    "gap_long",
    "patch_same",
    "patch_differ",
    "cosine_rare",
    "cosine_names",
    "telling_shared",
)


def _rare_of(names: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Words of names that tell one from another: "Harbour Clinic" is known by its harbour."""
    found = {stem(w) for name in names for w in tokens(name) if w[0].isupper() or len(w) > 3}
    return frozenset(w for w in found if vocabulary.rarity(w) >= NAMING)


def _sum(words: Iterable[str], rarity: Mapping[str, float]) -> float:
    return sum([rarity[w] for w in words])  # a list: pairs by the dozen an article come here


def pair_features(a: Traits, b: Traits, cosine: float) -> list[float]:
    """The numbers named in PAIR_FEATURES; `a` is the later read, whose rarities count."""
    rarity = a.rarity
    title_both = (a.title & b.title) | (a.title & b.joined) | (a.joined & b.title)
    both = a.words & b.words
    names = a.names & b.names
    names_sum = min(_sum(names, rarity), 40.0) / 10
    known = (a.title_names & b.words, b.title_names & a.words)
    cover = [
        _sum(names, x.rarity) / x.names_weight
        for names, x in zip(known, (a, b), strict=True)
        if x.names_weight
    ] or [0.5]
    rare_title = max([rarity[w] for w in title_both], default=0.0) / 10
    crossing = [rarity[w] for w in names if w in a.title or w in b.title]
    rare_cross = max(crossing, default=0.0) / 10
    gap = abs(a.day - b.day)
    same = float(a.source == b.source)
    patches = a.patch_month is not None and b.patch_month is not None
    single = (a.patch_month is None) != (b.patch_month is None)
    cve = bool(a.cves & b.cves)
    conflict = not any(known)
    return [
        cosine,
        sum([rarity[w] ** 2 for w in both]) / (a.norm * b.norm),
        rare_title,
        rare_cross,
        names_sum,
        min(cover),
        max(cover),
        float(conflict) * min(a.names_weight, b.names_weight) / 10,
        # A patch day names many flaws: one of them in common does not make it one event.
        float(cve and not single),
        float(bool(a.cves and b.cves and not cve)),
        min(2.0, float(len(a.amounts & b.amounts))),
        same,
        same * cosine,
        # Serial posts: an outlet that repeats a title tells of another event.
        same * float(a.title_key == b.title_key),
        math.log1p(gap),
        max(0.0, math.log1p(gap) - math.log1p(3)),
        float(patches and a.patch_month == b.patch_month),
        float(patches and a.patch_month != b.patch_month),
        cosine * rare_title,
        cosine * names_sum,
        min(3.0, sum([rarity[w] >= TELLING for w in title_both])),
    ]
