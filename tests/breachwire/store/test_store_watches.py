"""What readers watch: kept, replaced, erased; many names' threads and changes in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Change, Detail, Stand, Thread, Watch, WatchEntry
from breachwire.store import Store
from breachwire.store.engine import path_of
from breachwire.testing import set_back
from nlp import entities

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DIGEST = "d" * 64
ROOM = {"most": 100, "most_entries": 1000}
LIST = Watch(
    "My suppliers", {}, (WatchEntry("Tidewater Sync"), WatchEntry("Grüne Logistik", "third_party")),
    NOW, NOW,
)  # fmt: skip
SEARCH = Watch("hospital", {"q": "hospital", "section": "Breaches"}, (), NOW, NOW)


def test_a_watch_comes_back_as_it_was_and_by_its_digest_alone(store: Store) -> None:
    made = store.add_watch(LIST, DIGEST, **ROOM)
    other = store.add_watch(SEARCH, "e" * 64, **ROOM)
    assert made == replace(LIST, id=made.id)
    assert store.watch(DIGEST) == made
    assert store.watch("e" * 64) == other == store.watch_by_id(other.id)
    assert store.watch("f" * 64) is None
    assert [(w.id, w.search, w.entries) for w in store.watches()] == [
        (made.id, False, 2),
        (other.id, True, 0),
    ]


def test_entries_keep_their_order_and_are_replaced_whole(store: Store) -> None:
    made = store.add_watch(LIST, DIGEST, **ROOM)
    entries = [WatchEntry(f"Name {n}", "actor") for n in range(700, 0, -1)]
    store.save_watch(made.id, "Actors", {}, entries, NOW + timedelta(1), most_entries=1000)
    now = store.watch(DIGEST)
    assert now is not None
    assert now.entries == tuple(entries)
    assert (now.label, now.created_at, now.changed_at) == ("Actors", NOW, NOW + timedelta(1))
    with pytest.raises(NotFoundError):
        store.save_watch(99, "", {}, [], NOW, most_entries=1000)


def test_there_is_an_end_to_what_is_kept(store: Store) -> None:
    made = store.add_watch(LIST, DIGEST, most=2, most_entries=3)
    with pytest.raises(ConflictError, match="shorter"):
        store.add_watch(LIST, "e" * 64, most=2, most_entries=3)
    store.add_watch(SEARCH, "e" * 64, most=2, most_entries=3)
    with pytest.raises(ConflictError, match="another day"):
        store.add_watch(SEARCH, "f" * 64, most=2, most_entries=3)
    with pytest.raises(ConflictError, match="shorter"):
        store.save_watch(made.id, "", {}, [*LIST.entries, *LIST.entries], NOW, most_entries=3)
    assert store.watch(DIGEST) == made
    assert len(store.watches()) == 2


def test_no_page_changes_with_a_watch(store: Store) -> None:
    before = store.changed()
    made = store.add_watch(LIST, DIGEST, **ROOM)
    store.touch_watch(made.id, NOW + timedelta(2))
    assert store.changed() == before
    used = store.watch(DIGEST)
    assert used is not None
    assert used.last_used_at == NOW + timedelta(2)


@pytest.mark.sqlite
def test_deleting_leaves_nothing_in_the_file(url: str, opened: Callable[[], Store]) -> None:
    store = opened()
    entries = tuple(WatchEntry(f"Zyxomma Freight {n}") for n in range(300))
    kept = store.add_watch(LIST, "e" * 64, **ROOM)
    made = store.add_watch(replace(LIST, label="Quillwort", entries=entries), DIGEST, **ROOM)
    store.save_watch(made.id, "Quillwort", {}, entries[:200], NOW, most_entries=1000)
    store.close()
    assert b"Zyxomma Freight 199" in path_of(url).read_bytes()
    assert b"Zyxomma Freight 200" not in path_of(url).read_bytes()
    store = opened()
    store.delete_watch(made.id)
    assert store.watch(DIGEST) is None
    with pytest.raises(NotFoundError):
        store.delete_watch(made.id)
    with pytest.raises(NotFoundError):
        store.watch_by_id(made.id)
    store.close()
    left = path_of(url).read_bytes()
    assert b"Zyxomma" not in left
    assert b"Quillwort" not in left
    assert DIGEST.encode() not in left
    assert kept.entries[0].name.encode() in left
    again = opened().add_watch(SEARCH, DIGEST, **ROOM)
    assert again.id > made.id  # an id in the operator's notes never means another


def test_purging_takes_what_nobody_used(store: Store) -> None:
    old = store.add_watch(LIST, DIGEST, **ROOM)
    used = store.add_watch(SEARCH, "e" * 64, **ROOM)
    store.touch_watch(used.id, NOW + timedelta(days=5))
    assert store.purge_watches(NOW) == 0
    assert store.purge_watches(NOW + timedelta(days=5)) == 1
    assert store.watch(DIGEST) is None
    assert [w.id for w in store.watches()] == [used.id]
    assert old.id != used.id


@pytest.mark.sqlite
def test_a_store_of_the_revision_before_is_brought_up(
    url: str, opened: Callable[[], Store]
) -> None:
    opened().close()
    set_back(path_of(url), "0010")
    store = opened()
    assert store.watches() == []
    assert store.add_watch(LIST, DIGEST, **ROOM).entries == LIST.entries


# many names at once


@pytest.fixture
def named(store: Store, make: Any) -> Callable[..., Thread]:
    """A thread with an article that names somebody as something."""
    numbers = iter(range(1000))

    def one(*pairs: tuple[str, str], text: str = "") -> Thread:
        n = next(numbers)
        said = ". ".join(name for _, name in pairs)
        (article,) = make.take(store, make.draft(n, text=f"{said}. {text}"))
        thread: Thread = make.place(store, article)
        details = []
        for field, name in pairs:
            claim = make.claim(article, thread.id, name, field=field, value=name)
            lead = claim.claim
            details.append(
                Detail(
                    lead.field, field, lead.value, None, lead.status, lead.asserter,
                    claim.said_at, (claim,), claim, None,
                    entities.party(lead.field, [claim], name, lead.status),
                )
            )  # fmt: skip
        store.save_ledger(
            [article.id], [c for d in details for c in d.claims], {thread.id: details}
        )
        return thread

    return one


def test_names_find_threads_by_kind_and_any_spelling(
    store: Store, named: Callable[..., Thread]
) -> None:
    bank = named(("victim", "Quarrybank"), ("third_party", "Tidewater Sync"))
    port = named(("victim", "Tidewater Sync"))
    group = named(("actor", "Salt Heron"), ("cve", "CVE-2026-90001"))
    asked: list[Any] = [
        ("third_party", "tidewater-sync"), ("victim", "tidewater-sync"), ("actor", "salt-heron"),
        ("cve", "cve-2026-90001"), ("victim", "nobody"), ("actor", "quarrybank"),
    ]  # fmt: skip
    assert store.threads_by_names(asked) == {
        ("third_party", "tidewater-sync"): (bank.id,),
        ("victim", "tidewater-sync"): (port.id,),
        ("actor", "salt-heron"): (group.id,),
        ("cve", "cve-2026-90001"): (group.id,),
    }
    assert store.threads_by_names([]) == {}


def test_thousands_of_names_are_one_question(store: Store, named: Callable[..., Thread]) -> None:
    bank = named(("victim", "Quarrybank"))
    asked: list[Any] = [("victim", f"supplier-{n}") for n in range(6000)]
    found = store.threads_by_names([*asked, ("victim", "quarrybank")])
    assert found == {("victim", "quarrybank"): (bank.id,)}


def people(number: int) -> Stand:
    return Stand({"number": number}, None, "reported", None, None, NOW, "words")


def test_changes_of_many_threads_come_together_newest_first(
    store: Store, named: Callable[..., Thread]
) -> None:
    threads = [named(("victim", f"Victim {n}")) for n in range(3)]
    articles = [store.articles_of([t.id])[t.id][0] for t in threads]
    order = [0, 1, 0, 2, 1]
    changes = [
        Change(
            articles[which], NOW + timedelta(minutes=n), "affected", "People", None, people(n), ()
        )
        for n, which in enumerate(order)
    ]
    store.save_ledger([], [], {}, changes=changes)

    def found(ids: Sequence[str], limit: int = 10) -> list[tuple[int, int]]:
        pairs = store.changes_in(ids, limit)
        return [([t.id for t in threads].index(home), c.id) for home, c in pairs]

    ids = [t.id for t in threads]
    assert found(ids) == [(1, 5), (2, 4), (0, 3), (1, 2), (0, 1)]
    assert found(ids, 2) == [(1, 5), (2, 4)]
    assert found(ids[:1]) == [(0, 3), (0, 1)]
    assert found([]) == found(["none"]) == []
    (_, newest), *_ = store.changes_in(ids, 1)
    assert newest == replace(changes[-1], id=5)


def test_what_was_merged_is_known_by_where_it_is(
    store: Store, make: Any, named: Callable[..., Thread]
) -> None:
    first, second, third = (named(("victim", f"Victim {n}")) for n in range(3))

    def merge(gone: Thread, into: Thread) -> None:
        places = store.placements(store.articles_of([gone.id])[gone.id])
        moved = [replace(p, thread=into.id) for p in places.values()]
        stood: dict[int, str | None] = dict.fromkeys(places, gone.id)
        whole = replace(into, articles=store.thread(into.id).articles + len(moved))
        store.regroup("merge", "Ida", "one", NOW, moved, [whole, gone], {}, stood=stood)

    assert store.absorbed([first.id]) == {}
    merge(third, second)
    merge(second, first)
    assert store.absorbed([first.id]) == {second.id: first.id, third.id: first.id}
    assert store.absorbed([]) == {}


def test_when_articles_were_first_seen(store: Store, make: Any) -> None:
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    found = store.first_seen([a.id for a in articles] + [404])
    assert found == {a.id: a.first_seen_at for a in articles}
