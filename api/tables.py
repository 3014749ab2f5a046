"""Threads, claims, entities and timelines as flat rows: a selection of threads → a table.

In: a store and threads. Out: rows of the columns that `TABLES` names, for CSV, JSON Lines and
Parquet alike. A claim's row has its quote and address; no row has an article's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

import orjson

from api.briefs import disclosed, outlet
from api.links import entity_path, thread_path
from api.rows import PARTIES, row
from api.values import in_words
from breachwire.model import Article, Claim, Detail, Entity, LedgerClaim, PartyKind, Thread
from breachwire.store import Store, slug

Type = Literal["text", "number", "integer", "time", "list"]
Row = dict[str, Any]
What = Literal["threads", "claims", "entities", "timelines"]
BATCH: Final = 200
"""Threads read at a time."""
_BATCHED = Callable[[Store, Sequence[Thread], str], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """Its columns, and what makes rows of some threads."""

    columns: Mapping[str, Type]
    rows: _BATCHED


def rows(store: Store, what: What, threads: Iterable[Thread], base_url: str = "") -> Iterator[Row]:
    """Every row of a selection; an entity that several threads name has one."""
    if what == "entities":
        yield from _entities(store, threads, base_url)
        return
    ahead = iter(threads)
    while batch := list(islice(ahead, BATCH)):
        yield from TABLES[what].rows(store, batch, base_url)


def _threads(store: Store, threads: Sequence[Thread], base_url: str) -> Iterator[Row]:
    ids = [thread.id for thread in threads]
    details, members = store.details(ids), store.members(ids)
    lines = store.storylines_of(ids)
    for thread in threads:
        own = details.get(thread.id, ())
        found = row(thread, own, base_url=base_url, now=thread.updated_at)
        yield {
            "id": thread.id,
            "url": base_url + thread_path(thread.id, thread.headline),
            "headline": thread.headline,
            "kind": thread.kind,
            "section": thread.section,
            "status": found["status"],
            **{f"{field}s": _values(own, field) for field in ("victim", "actor", "cve")},
            "suppliers": _values(own, "third_party"),
            "attack_types": _values(own, "attack_type"),
            "storylines": [line.id for line in lines.get(thread.id, ())],
            "articles": thread.articles,
            "origins": thread.origins,
            "sources": [member.article.url for member in members.get(thread.id, ())],
            "first_at": thread.first_at,
            "last_at": thread.last_at,
            "updated_at": thread.updated_at,
        }


def _values(details: Sequence[Detail], field: str) -> list[str]:
    """What is not only denied."""
    own = (str(d.value) for d in details if d.field == field and d.status != "denied")
    return list(dict.fromkeys(own))


def _claims(store: Store, threads: Sequence[Thread], base_url: str) -> Iterator[Row]:  # noqa: ARG001
    ledger = store.ledger([thread.id for thread in threads])
    cited = {c.claim.evidence.article for some in ledger.values() for c in some}
    articles = store.articles(sorted(cited))
    for thread in threads:
        for said in ledger.get(thread.id, ()):
            yield _claim(said, articles[said.claim.evidence.article])


def _claim(said: LedgerClaim, article: Article) -> Row:
    claim = said.claim
    return {
        "thread": said.thread,
        "article": article.url,
        "outlet": outlet(article),
        "published": article.published,
        "field": claim.field,
        "value": _plain(claim.value),
        **_measured(claim),
        "words": in_words(claim.field, claim.value, claim.bound),
        "bound": claim.bound,
        "status": claim.status,
        "asserter": claim.asserter,
        "asserter_kind": claim.asserter_kind,
        "basis": claim.basis,
        "text": claim.evidence.quote,
        "in": claim.evidence.where,
        "start": claim.evidence.start,
        "end": claim.evidence.end,
        "quote": claim.sentence.quote,
        "said_at": said.said_at,
        "first_seen_at": said.first_seen_at,
    }


def _plain(value: Any) -> str:
    """A value as text: a name or code as it is, a measure as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _measured(claim: Claim) -> Row:
    """A count, an amount of data or a sum as a number with its unit; nothing for the rest."""
    value = claim.value if isinstance(claim.value, Mapping) else {}
    if "bytes" in value:
        return {"number": value["bytes"], "unit": "bytes"}
    if "amount" in value:
        return {"number": value["amount"], "unit": value.get("currency")}
    return {"number": value.get("number"), "unit": value.get("unit")}


def _timelines(store: Store, threads: Sequence[Thread], base_url: str) -> Iterator[Row]:  # noqa: ARG001
    ids = [thread.id for thread in threads]
    briefs, signed = store.briefs(ids), store.signoffs(ids)
    cited = {e.article for b in briefs.values() for s in b.statements for e in s.evidence}
    articles = store.articles(sorted(cited))
    for id_ in ids:
        brief = briefs.get(id_)
        said = [s for s in brief.statements if s.section == "timeline" and s.at] if brief else []
        made = disclosed(brief, signed.get(id_, ()))
        for statement in sorted(said, key=lambda s: s.at or ""):
            yield {
                "thread": id_,
                "at": statement.at,
                "text": statement.text,
                "kind": statement.kind,
                "author": statement.author,
                "digital_source_type": made.iptc,
                "articles": [articles[e.article].url for e in statement.evidence],
                "quotes": [e.quote for e in statement.evidence],
            }


def _entities(store: Store, threads: Iterable[Thread], base_url: str) -> Iterator[Row]:
    """Each party that the threads name, once, as it is across all threads."""
    asked: set[tuple[str, str]] = set()
    told: set[tuple[str, str]] = set()
    ahead = iter(threads)
    while batch := list(islice(ahead, BATCH)):
        found = store.details([thread.id for thread in batch])
        for thread in batch:
            for detail in found.get(thread.id, ()):
                key = (detail.field, slug(str(detail.value)))
                if detail.party is None or detail.field not in PARTIES or key in asked:
                    continue
                asked.add(key)
                kind: PartyKind = detail.field
                entity = store.entity(kind, key[1])
                if entity and (kind, entity.slug) not in told:
                    told.add((kind, entity.slug))
                    yield _entity(entity, base_url)


def _entity(entity: Entity, base_url: str) -> Row:
    return {
        "kind": entity.kind,
        "slug": entity.slug,
        "url": base_url + entity_path(entity.kind, entity.slug),
        "name": entity.name,
        "forms": list(entity.forms),
        "sector": entity.sector.value if entity.sector else None,
        "country": entity.country.value if entity.country else None,
        "threads": list(entity.threads),
        "first_said": entity.first_said,
        "last_said": entity.last_said,
    }


def _none(store: Store, threads: Sequence[Thread], base_url: str) -> Iterator[Row]:  # noqa: ARG001
    """Entities are told across batches."""
    return iter(())


TABLES: Final[Mapping[What, Table]] = {
    "threads": Table(
        {
            "id": "text", "url": "text", "headline": "text", "kind": "text", "section": "text",
            "status": "text", "victims": "list", "actors": "list", "cves": "list",
            "suppliers": "list", "attack_types": "list", "storylines": "list",
            "articles": "integer", "origins": "integer", "sources": "list", "first_at": "time",
            "last_at": "time", "updated_at": "time",
        },
        _threads,
    ),
    "claims": Table(
        {
            "thread": "text", "article": "text", "outlet": "text", "published": "time",
            "field": "text", "value": "text", "number": "number", "unit": "text", "words": "text",
            "bound": "text", "status": "text", "asserter": "text", "asserter_kind": "text",
            "basis": "text", "text": "text", "in": "text", "start": "integer", "end": "integer",
            "quote": "text", "said_at": "time", "first_seen_at": "time",
        },
        _claims,
    ),
    "entities": Table(
        {
            "kind": "text", "slug": "text", "url": "text", "name": "text", "forms": "list",
            "sector": "text", "country": "text", "threads": "list", "first_said": "time",
            "last_said": "time",
        },
        _none,
    ),
    "timelines": Table(
        {
            "thread": "text", "at": "text", "text": "text", "kind": "text", "author": "text",
            "digital_source_type": "text", "articles": "list", "quotes": "list",
        },
        _timelines,
    ),
}  # fmt: skip
"""A list is a JSON array where a format has none (CSV)."""
