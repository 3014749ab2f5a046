"""A store of invented articles as large as asked, written through the store's own tables.

In: a vocabulary, an embedder, a number. Out: an SQLite store: articles of 300 words, threads with
sizes, kinds, parties, facts and outlets as often as the recorded wire's 10,487 articles have them
once they are threaded (the shares below), an embedding each. The same number and seed give the same
store. Triggers and `documents.rewrite` make the search indexes, as they do in service; foreign keys
are checked at the end where the store is small.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, insert

from bench.search.vocabulary import Indices, Names, Vocabulary
from breachwire.model import Embedder, Vectors, thread_id
from breachwire.store import documents, facets, tables
from breachwire.store.articles import time_of
from breachwire.store.engine import open_engine
from breachwire.store.rows import pack
from breachwire.store.words import content_hash, identifiers, slug

SEED: Final = 7
WORDS: Final = 300
TOPICS: Final = 3_000
"""Sources whose embeddings the vectors are made of."""
END: Final = datetime(2026, 11, 28, tzinfo=UTC)
YEARS: Final = 10
DAY: Final = 86_400.0
BATCH: Final = 2_000
SIZES: Final = (
    5052,
    816,
    316,
    167,
    97,
    31,
    27,
    15,
    16,
    8,
    11,
    1,
    3,
    2,
    3,
    2,
    0,
    2,
    1,
    0,
    1,
    0,
    0,
    0,
    1,
)
"""How many of the recorded wire's threads have one article, two, three …"""
KINDS: Final = (
    ("other", "Other", 2748), ("vulnerability", "Vulnerabilities", 1201),
    ("campaign", "Malware and campaigns", 715), ("breach", "Breaches", 645),
    ("malware", "Malware and campaigns", 484), ("law", "Law and enforcement", 371),
    ("policy", "Policy", 252), ("supply-chain", "Supply chain", 156),
)  # fmt: skip
"""Kind, section, threads of the recorded wire."""
FIELDS: Final = (
    ("attack_type", 0.5), ("victim", 0.18), ("data_type", 0.2), ("actor", 0.13),
    ("third_party", 0.07), ("cve", 0.08), ("response", 0.13), ("affected", 0.13),
)  # fmt: skip
"""Share of threads that have each."""
PARTIES: Final = frozenset({"victim", "actor", "third_party", "cve"})
STATUSES: Final = (("reported", 8357), ("confirmed", 4134), ("claimed", 487), ("denied", 129))
VALUES: Final = {
    "attack_type": (
        "ransomware", "malware", "phishing", "data_theft", "vulnerability_exploitation",
    ),
    "data_type": ("personal", "medical", "financial", "credentials", "source_code"),
    "response": ("notified", "patched", "investigating", "law_enforcement"),
}  # fmt: skip
SECTORED: Final = 0.4
"""Share of victims whose sector is known."""
SECTORS: Final = ("Health", "Finance", "Education", "Government", "Technology", "Retail")
TAILS: Final = (
    "",
    "",
    "",
    "Health",
    "Bank",
    "University",
    "Group",
    "Systems",
    "County",
    "Software",
)
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """Which article stands in which thread, and when; articles oldest first."""

    thread: Indices
    """By article."""
    ids: Indices
    """By article."""
    topic: Indices
    """By thread."""
    kind: Indices
    """By thread."""


def plan(number: int, topics: int, rng: np.random.Generator) -> Plan:
    """Threads of real sizes over ten years, more of them in the later ones."""
    sizes = rng.choice(np.arange(1, len(SIZES) + 1), number, p=_shares(SIZES))
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), number)) + 1]
    span = YEARS * 365.25 * DAY
    starts = span * (1 - np.sqrt(rng.random(len(sizes))))
    thread = np.repeat(np.arange(len(sizes)), sizes)[:number]
    opens = np.r_[True, thread[1:] != thread[:-1]]
    after = np.where(opens, 0.0, rng.exponential(4 * DAY, number))
    ago = np.maximum(starts[thread] - after, 0.0)
    order = np.argsort(-ago, kind="stable")
    counted = np.arange(number)
    ids = np.floor((END.timestamp() - ago[order]) * 1000).astype(np.int64) * 1024
    ids = np.maximum.accumulate(ids - counted) + counted  # each above the one before
    kinds = rng.choice(len(KINDS), len(sizes), p=_shares([count for _, _, count in KINDS]))
    return Plan(thread[order], ids, rng.integers(0, topics, len(sizes)), kinds)


class Shapes:
    """Vectors as real ones lie: around those of real texts, a thread's close to each other.

    Mixed with other real ones besides noise, so that what differs lies in the directions in which
    real texts differ. Cosines of the recorded wire in its threads of three and more: .68 in a
    thread, .29 between threads; here .69 and .27.
    """

    def __init__(self, topics: Vectors, rng: np.random.Generator) -> None:
        self._topics, self._rng = topics, rng

    def thread(self, topic: Any) -> Any:
        """A thread's middle."""
        return self._mixed(topic, 0.3, 0.6)

    def article(self, thread: Any) -> Any:
        """An article's near it."""
        return self._mixed(thread, 0.35, 0.65)

    def _mixed(self, vector: Any, other: float, noise: float) -> Any:
        more = self._topics[self._rng.integers(len(self._topics))]
        rest = self._rng.normal(size=len(vector)).astype(np.float32)
        found = vector + other * more + noise * rest / np.linalg.norm(rest)
        return found / np.linalg.norm(found)


@dataclass
class Cast:
    """Whom threads are about: few names in many threads, most in one."""

    names: dict[str, list[str]]
    rng: np.random.Generator

    def one(self, field: str) -> str:
        """A name, or a flaw of the last ten years."""
        if field == "cve":
            return f"CVE-{2016 + self.rng.integers(11)}-{1000 + self.rng.integers(60_000)}"
        own = self.names[field]
        return own[int(len(own) * self.rng.random() ** 3)]


def cast(vocabulary: Vocabulary, threads: int, rng: np.random.Generator) -> Cast:
    """Seven in ten victims, as in the recorded wire, are named once; suppliers come again."""
    names = Names(vocabulary, SEED)
    return Cast(
        {
            "victim": names.many(max(50, int(threads * 0.12)), TAILS),
            "actor": names.many(max(20, min(2_000, threads // 20)), ("", "", "Spider", "Group")),
            "third_party": names.many(max(20, min(5_000, threads // 40)), TAILS),
        },
        rng,
    )


def write(path: Path, vocabulary: Vocabulary, embedder: Embedder, number: int) -> None:
    """Write the store; an unfinished one is begun anew. Raises StoreError."""
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(vocabulary.topics, min(TOPICS, vocabulary.topics), replace=False)
    topics = embedder.encode([_source(vocabulary, int(topic)) for topic in chosen])
    planned = plan(number, len(chosen), rng)
    writer = _Writer(vocabulary, embedder.name, chosen, topics, planned, rng)
    part = path.with_suffix(".part")
    for file in part.parent.glob(f"{part.name}*"):
        file.unlink()
    engine = open_engine(part)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
            driver.execute(f"PRAGMA {pragma}")
        for first in range(0, number, BATCH):
            writer.batch(connection, range(first, min(first + BATCH, number)))
            connection.commit()
        documents.rewrite(connection)
        facets.rewrite(connection)
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        if number <= 10_000 and (wrong := connection.exec_driver_sql(
            "PRAGMA foreign_key_check").first()):  # fmt: skip
            raise ValueError(f"a row without what it refers to: {wrong}")
    engine.dispose()
    part.rename(path)


def _source(vocabulary: Vocabulary, topic: int) -> str:
    low, high = vocabulary.starts[topic], vocabulary.starts[topic + 1]
    return " ".join(vocabulary.words[vocabulary.flat[low : min(high, low + 80)]].tolist())


@dataclass
class _Open:
    """A thread that more articles may come to."""

    id: str
    headline: str
    about: list[tuple[str, str]]
    first: datetime
    vector: Any
    left: int
    """Articles that are not written yet."""
    seen: int = 0


Rows = dict[Table, list[dict[str, Any]]]


class _Writer:
    """Batches of articles, each thread with its last one."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        model: str,
        chosen: Indices,
        topics: Vectors,
        planned: Plan,
        rng: np.random.Generator,
    ) -> None:
        self._v, self._model, self._chosen, self._plan, self._rng = (
            vocabulary, model, chosen, planned, rng,
        )  # fmt: skip
        self._topics, self._shapes = topics, Shapes(topics, rng)
        count = len(planned.topic)
        self._cast = cast(vocabulary, count, rng)
        self._outlets = [name for name, _ in vocabulary.outlets]
        self._weights = _shares([number for _, number in vocabulary.outlets])
        self._statuses = _shares([number for _, number in STATUSES]).cumsum().tolist()[:-1]
        self._many = np.bincount(planned.thread, minlength=count)
        self._open: dict[int, _Open] = {}

    def batch(self, connection: Connection, articles: range) -> None:
        """Write these articles, what they claim, and the threads they are the last of."""
        at = np.arange(articles.start, articles.stop)
        topics = self._chosen[self._plan.topic[self._plan.thread[at]]]
        texts = self._v.texts(self._v.draw(self._rng, topics, WORDS))
        titles = self._v.texts(self._v.draw(self._rng, topics, 9))
        outlets = self._rng.choice(len(self._outlets), len(at), p=self._weights)
        rows: Rows = defaultdict(list)
        for n, text, title, outlet in zip(at.tolist(), texts, titles, outlets, strict=True):
            self._article(rows, n, text, title.rstrip("."), self._outlets[outlet])
        for table in (table for table in tables.metadata.sorted_tables if rows[table]):
            connection.execute(insert(table), rows[table])

    def _article(self, rows: Rows, n: int, text: str, title: str, outlet: str) -> None:
        number, id = int(self._plan.thread[n]), int(self._plan.ids[n])
        published = time_of(id)
        thread = self._open.get(number) or self._begin(number, id, title, published)
        if named := ", ".join(value for field, value in thread.about if field in PARTIES):
            title, text = f"{named}: {title}", f"Reports name {named}. {text}"
        hash_, key = content_hash(title, text), f"{slug(outlet)}.example/{id}"
        rows[tables.article].append({
            "id": id, "url": f"https://{key}", "title": title, "text": text, "lead": text[:200],
            "authors": (), "source": outlet, "family": outlet, "section": "",
            "published": published, "first_seen_at": published, "content_hash": hash_,
            "revision": 1, "state": "claimed", "language": "en", "text_from": "feed",
            "page_state": "unknown", "page_note": "", "credit": "", "source_slug": slug(outlet),
            "terms": identifiers(f"{title}\n{text}"), "claims_hash": hash_,
        })  # fmt: skip
        rows[tables.address].append({"key": key, "article": id})
        rows[tables.membership].append({
            "article": id, "thread": thread.id, "role": "report" if thread.seen else "first_report",
            "score": 1.0, "method": "joins" if thread.seen else "opens", "reason": "bench",
            "kind": KINDS[self._plan.kind[number]][0], "roundup": False, "copy_of": None,
        })  # fmt: skip
        rows[tables.embedding].append({
            "article": id, "model": self._model, "content_hash": hash_,
            "vector": pack(self._shapes.article(thread.vector)),
        })  # fmt: skip
        for claim, (field, value) in enumerate(thread.about):
            self._claim(rows, thread, id, claim, field, value, text, published)
        thread.seen, thread.left = thread.seen + 1, thread.left - 1
        if not thread.left:
            rows[tables.thread].append(self._row(number, self._open.pop(number), published))

    def _begin(self, number: int, article: int, title: str, at: datetime) -> _Open:
        about = [(f, self._value(f)) for f, share in FIELDS if self._rng.random() < share]
        named = ", ".join(value for field, value in about if field in PARTIES)
        headline = f"{named}: {title}" if named else title
        vector = self._shapes.thread(self._topics[self._plan.topic[number]])
        left = int(self._many[number])
        self._open[number] = _Open(thread_id(article), headline, about, at, vector, left)
        return self._open[number]

    def _value(self, field: str) -> str:
        if field in VALUES:
            return str(self._rng.choice(VALUES[field]))
        if field == "affected":
            return str(self._rng.integers(100, 9_000_000))
        return self._cast.one(field)

    def _claim(
        self, rows: Rows, thread: _Open, article: int, n: int, field: str, value: str, text: str,
        at: datetime,
    ) -> None:  # fmt: skip
        start = max(0, text.find(value))
        quote = text[start : start + len(value)]
        said: Any = {"number": int(value), "unit": "people"} if field == "affected" else value
        status = STATUSES[bisect(self._statuses, self._rng.random())][0]
        rows[tables.claim].append({
            "article": article, "n": n, "thread": thread.id, "field": field, "value": said,
            "bound": None, "status": status, "asserter": None, "asserter_kind": "outlet",
            "basis": "report", "where": "text", "start": start, "end": start + len(quote),
            "quote": quote, "sentence_article": article, "sentence_where": "text",
            "sentence_start": 0, "sentence_end": 90, "sentence_quote": text[:90], "said_at": at,
            "first_seen_at": at,
        })  # fmt: skip
        rows[tables.detail_claim].append({
            "thread": thread.id, "detail": n, "n": thread.seen, "article": article, "claim": n,
        })  # fmt: skip
        if not thread.seen:
            self._detail(rows, thread.id, article, n, field, said, status, at)

    def _detail(
        self, rows: Rows, thread: str, article: int, n: int, field: str, value: Any, status: str,
        at: datetime,
    ) -> None:  # fmt: skip
        own = slug(value) if isinstance(value, str) else None
        rows[tables.detail].append({
            "thread": thread, "n": n, "field": field, "label": field.replace("_", " ").capitalize(),
            "value": value, "bound": None, "status": status, "asserter": None, "since": at,
            "note": None, "slug": own, "lead_article": article, "lead_claim": n,
        })  # fmt: skip
        if field not in PARTIES:
            return
        sector: dict[str, Any] | None = None
        if field == "victim" and self._rng.random() < SECTORED:
            evidence = {"article": article, "where": "text", "start": 0, "end": 0, "quote": ""}
            chosen = str(self._rng.choice(SECTORS))
            sector = {"value": chosen, "basis": "name", "words": "", "evidence": evidence}
        rows[tables.party].append({
            "thread": thread, "detail": n, "kind": field, "main": own, "key": value,
            "forms": (value,), "first_said": at, "last_said": at, "sector": sector,
            "country": None, "sector_key": sector and sector["value"].lower(),
        })  # fmt: skip
        rows[tables.party_form].append({
            "kind": field, "slug": own, "thread": thread, "detail": n,
        })  # fmt: skip

    def _row(self, number: int, thread: _Open, last: datetime) -> dict[str, Any]:
        kind, section, _ = KINDS[self._plan.kind[number]]
        return {
            "id": thread.id, "headline": thread.headline, "kind": kind, "section": section,
            "first_at": thread.first, "last_at": last, "updated_at": last,
            "articles": thread.seen, "origins": thread.seen, "merged_into": None, "stale": False,
            "brief_version": 0, "ledger_version": 1,
        }  # fmt: skip


def _shares(counts: Sequence[int]) -> Numbers:
    weights = np.array(counts, dtype=float)
    return weights / weights.sum()
