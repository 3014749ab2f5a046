"""Claims and the details consolidated from them: LedgerClaim, Detail → rows → the same, equal.

A claim is its article's n-th row. A detail's rows point at claims in order, so a claim stands once
and a detail can't say what the ledger doesn't: one whose leading claim is deleted goes with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select, union, update

from breachwire.errors import StoreError
from breachwire.model import Change, Claim, Correction, Detail, Evidence, LedgerClaim
from breachwire.store import documents, entities, happenings, history
from breachwire.store.columns import clean
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.tables import article, claim, detail, detail_claim, thread
from breachwire.store.words import slug_key

Key = tuple[int, int]
"""A claim's (article, n)."""


def ledger(connection: Connection, threads: Sequence[str]) -> dict[str, list[LedgerClaim]]:
    """All claims by thread, in the order they were said; threads without any have an empty list."""
    found: dict[str, list[LedgerClaim]] = {id: [] for id in threads}
    for one in _claims(connection, threads).values():
        found.setdefault(one.thread, []).append(one)
    return found


def details(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]:
    """The consolidated facts by thread, leading first; threads without any have an empty tuple."""
    claims = _claims(connection, threads)
    theirs: dict[tuple[str, int], list[LedgerClaim]] = defaultdict(list)
    for row in _rows(connection, detail_claim, threads, "thread", "detail", "n"):
        thread_id, n, _, article_id, claim_n = row
        theirs[thread_id, n].append(claims[article_id, claim_n])
    parties = entities.parties(connection, threads)
    found: dict[str, list[Detail]] = {id: [] for id in threads}
    for row in _rows(connection, detail, threads, "thread", "n"):
        thread_id, n, *fact, note, _, lead_article, lead_claim = row
        rest = (
            tuple(theirs[thread_id, n]),
            claims[lead_article, lead_claim],
            note,
            parties.get((thread_id, n)),
        )
        found.setdefault(thread_id, []).append(Detail(*[*fact, *rest]))
    return {id: tuple(some) for id, some in found.items()}


def save(
    connection: Connection,
    articles: Sequence[int],
    claims: Sequence[LedgerClaim],
    details_of: Mapping[str, Sequence[Detail]],
    read: Mapping[int, str] | None = None,
    changes: Sequence[Change] = (),
    corrections: Sequence[Correction] = (),
) -> None:
    """Replace the claims of these articles and the details of these threads (`Store.save_ledger`).

    Raises StoreError for a detail that rests on a claim the ledger doesn't have.
    """
    texts = _texts(connection, articles) | dict(read or {})
    history.mark_reread(connection, _read_otherwise(connection, texts, claims))
    replaced = {*articles, *(one.claim.evidence.article for one in claims)}
    drop_details(connection, details_of)
    touched = {*details_of, *(one.thread for one in claims)}
    for ids in chunks(replaced):
        touched |= _resting_on(connection, ids)
        connection.execute(delete(claim).where(claim.c.article.in_(ids)))
    insert_rows(connection, claim, _numbered(claims))
    save_details(connection, details_of)
    history.read(connection, texts)
    history.save(connection, changes, corrections)
    history.touch(connection, touched)
    move_on(connection, touched)
    happenings.changed(connection, changes, corrections)
    documents.write(connection, touched)


def _read_otherwise(
    connection: Connection, texts: Mapping[int, str], claims: Sequence[LedgerClaim]
) -> list[int]:
    """Of articles whose very text was read before: those whose claims are others now."""
    again = history.read_before(connection, texts)
    said: dict[int, list[set[tuple[Any, ...]]]] = {id: [set(), set()] for id in again}
    for ids in chunks(again):
        rows = connection.execute(select(claim).where(claim.c.article.in_(ids)))
        for one in map(_ledger_claim, rows):
            said[one.claim.evidence.article][0].add(_content(one))
    for one in claims if again else ():
        if one.claim.evidence.article in said:
            said[one.claim.evidence.article][1].add(_content(one))
    return [id for id, (before, now) in said.items() if before != now]


def _texts(connection: Connection, articles: Sequence[int]) -> dict[int, str]:
    """The hashes of the articles' texts as they are."""
    found: dict[int, str] = {}
    for ids in chunks(articles):
        query = select(article.c.id, article.c.content_hash).where(article.c.id.in_(ids))
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def drop_details(connection: Connection, threads: Iterable[str]) -> None:
    """The threads' details go."""
    for thread_ids in chunks(threads):
        connection.execute(delete(detail).where(detail.c.thread.in_(thread_ids)))


def follow(connection: Connection, moves: Mapping[int, str | None]) -> None:
    """The articles' claims go to the thread given; those of an article in none are dropped.

    Details that rest on them must be dropped before.
    """
    to: dict[str | None, list[int]] = defaultdict(list)
    for id, thread_id in moves.items():
        to[thread_id].append(id)
    for thread_id, all_ids in to.items():
        for ids in chunks(all_ids):
            theirs = claim.c.article.in_(ids)
            if thread_id is None:
                connection.execute(delete(claim).where(theirs))
            else:
                connection.execute(update(claim).where(theirs).values(thread=thread_id))


def move_on(connection: Connection, threads: Iterable[str]) -> None:
    """The threads' ledgers are other ones from now on, and their briefs behind."""
    for thread_ids in chunks(threads):
        happenings.opened(connection, thread_ids)
        connection.execute(
            update(thread)
            .where(thread.c.id.in_(thread_ids))
            .values(stale=True, ledger_version=thread.c.ledger_version + 1)
        )


def _resting_on(connection: Connection, articles: Sequence[int]) -> set[str]:
    """Threads that have claims of these articles or details that rest on them."""
    theirs = select(claim.c.thread).where(claim.c.article.in_(articles))
    links = select(detail_claim.c.thread).where(detail_claim.c.article.in_(articles))
    return set(connection.execute(union(theirs, links)).scalars())


def save_details(connection: Connection, details_of: Mapping[str, Sequence[Detail]]) -> None:
    """Write the details of threads that have none. Raises StoreError, as `save`."""
    with_details = [id for id, some in details_of.items() if some]
    stored = _Stored(_claims(connection, with_details))
    rows: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for thread_id in with_details:
        for n, one in enumerate(details_of[thread_id]):
            rows.append(_detail_row(thread_id, n, one, stored.key(one.lead)))
            links += [
                {"thread": thread_id, "detail": n, "n": i, "article": key[0], "claim": key[1]}
                for i, key in enumerate(map(stored.key, one.claims))
            ]
    insert_rows(connection, detail, rows)
    insert_rows(connection, detail_claim, links)
    for thread_id in with_details:
        entities.save(connection, thread_id, details_of[thread_id])


class _Stored:
    """The stored claims' keys by what they say."""

    def __init__(self, claims: Mapping[Key, LedgerClaim]) -> None:
        self._places: dict[tuple[Any, ...], list[tuple[LedgerClaim, Key]]] = defaultdict(list)
        for key, one in claims.items():
            self._places[_place(one)].append((one, key))

    def key(self, one: LedgerClaim) -> Key:
        """Raises StoreError for a claim that is not there."""
        near = self._places.get(_place(one), ())
        for known, key in near:
            if known == one:
                return key
        for known, key in near:  # the same but for what storing cleans
            if _content(known) == _content(one):
                return key
        raise StoreError(
            f"a detail of thread {one.thread} rests on a claim that the ledger does not have:"
            f" {one.claim.field} {one.claim.value!r} of article {one.claim.evidence.article}"
        )


def _place(one: LedgerClaim) -> tuple[Any, ...]:
    words = one.claim.evidence
    return one.thread, words.article, one.claim.field, words.start, words.end


def _content(one: LedgerClaim) -> tuple[Any, ...]:
    """Everything a claim says, hashable: what two claims are the same by."""
    row = _claim_row(one)
    row["value"] = json.dumps(row["value"], ensure_ascii=False)
    return tuple(clean(value) if isinstance(value, str) else value for value in row.values())


def _numbered(claims: Sequence[LedgerClaim]) -> list[dict[str, Any]]:
    counts: dict[int, int] = defaultdict(int)
    rows = []
    for one in claims:
        row = _claim_row(one)
        row["n"] = counts[row["article"]]
        counts[row["article"]] += 1
        rows.append(row)
    return rows


def _claim_row(one: LedgerClaim) -> dict[str, Any]:
    said, words, sentence = one.claim, one.claim.evidence, one.claim.sentence
    return {
        "article": words.article,
        "thread": one.thread,
        "field": said.field,
        "value": said.value,
        "bound": said.bound,
        "status": said.status,
        "asserter": said.asserter,
        "asserter_kind": said.asserter_kind,
        "basis": said.basis,
        "where": words.where,
        "start": words.start,
        "end": words.end,
        "quote": words.quote,
        "sentence_article": sentence.article,
        "sentence_where": sentence.where,
        "sentence_start": sentence.start,
        "sentence_end": sentence.end,
        "sentence_quote": sentence.quote,
        "said_at": one.said_at,
        "first_seen_at": one.first_seen_at,
    }


def _claims(connection: Connection, threads: Sequence[str]) -> dict[Key, LedgerClaim]:
    rows = _rows(connection, claim, threads, "said_at", "article", "n")
    return {(row[0], row[1]): _ledger_claim(row) for row in rows}


def _rows(
    connection: Connection, table: Table, threads: Sequence[str], *order: str
) -> Iterator[Any]:
    for some in chunks(dict.fromkeys(threads)):
        query = select(table).where(table.c.thread.in_(some))
        yield from connection.execute(query.order_by(*(table.c[name] for name in order))).all()


def _ledger_claim(row: Any) -> LedgerClaim:
    """From a row of the whole table, in its columns' order."""
    article_id, _, thread_id, *fact = row
    words, sentence, times = fact[7:11], fact[11:16], fact[16:]
    said = Claim(*[*fact[:7], Evidence(article_id, *words), Evidence(*sentence)])
    return LedgerClaim(said, thread_id, *times)


def _detail_row(thread_id: str, n: int, one: Detail, lead: Key) -> dict[str, Any]:
    return {
        "thread": thread_id,
        "n": n,
        "field": one.field,
        "label": one.label,
        "value": one.value,
        "bound": one.bound,
        "status": one.status,
        "asserter": one.asserter,
        "since": one.since,
        "note": one.note,
        "slug": slug_key(one.value),
        "lead_article": lead[0],
        "lead_claim": lead[1],
    }
