"""A text somebody asks about → what is compared of it: an article of its own, and its passages.

In: a `Question`. Out: `Asked`: the article as the threader and the extractor read it, with the way
back from its offsets to those of the text as given, and the passages of a text that speaks of
several events, at most PASSAGES, those with the rarest names.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from breachwire.model import Article, Evidence, Question
from nlp import features, passages, sentences
from nlp.features import Vocabulary
from nlp.passages import Passage

READ: Final = 24_000
"""Characters of a text of which claims are read as one article's: five long news articles; what
comes later is compared passage by passage."""
PASSAGES: Final = 32
"""A bound on cost: each is embedded, and its parties are read, some 60 ms."""
EACH: Final = 2
"""Passages of one subject, by the rarest name: a recap's other items come into their own."""
CVE: Final = 10.0
"""What a CVE tells, beside the rarity of a name, at most 7.3."""
LONG: Final = 700
"""Characters from which a text may speak of another event further down: the threader reads 500."""
HEADING: Final = 200
"""Characters of a first line that is the title of what follows."""
_UNDATED: Final = datetime(1970, 1, 2, tzinfo=UTC)
_WORD: Final = re.compile(r"[^\W_]{1,40}")
_JOINTS: Final = (" ", "-", "‑")
_END: Final = re.compile(r"[\n\r]|\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is read."""

    article: Article
    title_at: int
    """Where its title stands in the text as given; -1: the title was given apart."""
    text_at: int
    dated: bool

    def given(self, found: Evidence) -> Evidence:
        """Evidence in the article → in the title or text as given."""
        by = self.title_at if found.where == "title" else self.text_at
        if found.where == "title" and self.title_at < 0:
            return found
        return replace(found, where="text", start=found.start + by, end=found.end + by)

    def written(self, stem: str) -> str:
        """A stem, a CVE or two words run together as the text writes it."""
        for text in (self.article.title, self.article.text):
            if span := spans_of(stem, text) or _apart(stem, text):
                return re.sub(r"['’]s\Z", "", text[slice(*span)])
        return stem

    def named(self, stems: Sequence[str]) -> list[str]:
        """Stems and CVEs as the text writes them, in their order; words that stand side by side are
        one name ("Mini Shai-Hulud")."""
        runs = _runs(f"{self.article.title}\n{self.article.text}", frozenset(stems))
        found: dict[str, None] = {}
        told: set[str] = set()
        for stem in stems:
            if stem in told:
                continue
            words, written = max(
                (run for run in runs if stem in run[0]),
                key=lambda run: len(run[0]),
                default=(frozenset([stem]), self.written(stem)),
            )
            told |= words
            found[written] = None
        return list(found)


def _apart(joined: str, text: str) -> tuple[int, int] | None:
    """Where two neighbouring words stand that make one when run together ("huggingface")."""
    for one, two in pairwise(_WORD.finditer(text)):
        if features.stem(one[0]) + features.stem(two[0]) == joined:
            return one.start(), two.end()
    return None


def _runs(text: str, stems: frozenset[str]) -> list[tuple[frozenset[str], str]]:
    """Words of these stems that stand side by side, with how they are written."""
    found: list[tuple[frozenset[str], int, int]] = []
    for match in _WORD.finditer(text):
        word, (start, end) = frozenset([features.stem(match[0])]) & stems, match.span()
        if word and found and text[found[-1][2] : start] in _JOINTS and not word <= found[-1][0]:
            words, start, _ = found.pop()
            word |= words
        if word:
            found.append((word, start, end))
    return [(words, text[start:end]) for words, start, end in found]


def asked(question: Question) -> Asked:
    """The question as an article; without a title of its own, its first line or sentence is one."""
    title, text = question.title, question.text
    title_at, text_at = -1, 0
    if not title.strip():
        title_at, end, text_at = _heading(text)
        title, text = text[title_at:end], text[text_at:]
    at = question.at or _UNDATED
    article = Article(
        id=question.article,
        url=question.url or "asked:text",
        title=title,
        text=text,
        lead=text[: features.LEAD],
        authors=(),
        source=question.source,
        family="",
        section="",
        published=question.at,
        first_seen_at=at,
        content_hash=hashlib.sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest(),
        revision=1,
        state="stored",
        language="en",
        text_from="page",
        page_state="ok",
        page_note="",
        credit="",
    )
    return Asked(article, title_at, text_at, question.at is not None)


def _heading(text: str) -> tuple[int, int, int]:
    """Where the title starts and ends and the rest begins: a short first line, else the first
    sentence."""
    start = len(text) - len(text.lstrip())
    end = line.start() if (line := _END.search(text, start)) else start
    if start == end:
        return 0, 0, 0
    end = start + len(text[start:end].rstrip())
    if end - start > HEADING or not text[end:].strip():
        spans = sentences.split(text[start:end])
        end = start + min(spans[0][1], 2 * HEADING) if spans else end
    rest = end + len(text[end:]) - len(text[end:].lstrip())
    return start, end, rest


def read_once(article: Article) -> Article:
    """The article, so much of it as is read as one."""
    return replace(article, text=article.text[:READ]) if len(article.text) > READ else article


def parts(article: Article, vocabulary: Vocabulary, *, several: bool) -> list[Passage]:
    """Passages that may speak of an event each, in order; none of a short text, unless it is said
    to speak of several events."""
    if not several and len(article.text) < LONG:
        return []
    found = passages.split(article.title, article.text, most=40 * PASSAGES)
    named = [_named(passage, vocabulary) for passage in found]
    weight = [sum(sorted(own.values(), reverse=True)[:3]) for own in named]
    kept: list[int] = []
    covered = Counter[str]()
    for n in sorted(range(len(found)), key=lambda n: (-weight[n], n)):
        subject = max(named[n], key=lambda name: (named[n][name], name), default="")
        if subject and covered[subject] < EACH and len(kept) < PASSAGES:
            covered[subject] += 1
            kept.append(n)
    return [found[n] for n in sorted(kept)]


def _named(passage: Passage, vocabulary: Vocabulary) -> dict[str, float]:
    """Its telling names and CVEs, with how much they tell."""
    said = f"{passage.head} {passage.title} {passage.body}"
    written = {features.stem(w) for w in features.tokens(said) if w[:1].isupper()}
    rarity = {n: vocabulary.rarity(n) for n in written if vocabulary.plainness(n) < features.PLAIN}
    names = {n: r for n, r in rarity.items() if r >= features.NAMING}
    return names | dict.fromkeys(features.cves_of(said), CVE)


def rarest(article: Article, vocabulary: Vocabulary, most: int) -> list[str]:
    """Words of title and opening that full text is asked for, the rarest first."""
    opening = f"{article.title} {features.clean(article.text)}"
    words = {features.stem(w): w for w in features.tokens(opening) if len(w) > 2}
    ranked = sorted(words, key=lambda s: (-vocabulary.rarity(s), s))
    return [*sorted(features.cves_of(opening))[:4], *(words[s] for s in ranked[:most])]


def spans_of(word: str, text: str) -> tuple[int, int] | None:
    """Where a word first stands whole in a text, whatever its case; a plural or possessive too."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?:['’]?s)?(?!\w)", text, re.IGNORECASE)
    return found.span() if found else None


def sentence_at(text: str, start: int, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The sentence that a character stands in."""
    return next(((a, b) for a, b in spans if a <= start < b), (start, min(len(text), start + 1)))
