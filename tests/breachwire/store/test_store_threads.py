"""Placement, members, lists of threads, related threads and storylines."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from breachwire.errors import NotFoundError, StoreError, UsageError
from breachwire.model import Member, Placed, Related, Storyline
from breachwire.store import ThreadFilter


def ids(page):
    return [thread.id for thread in page.threads]


def test_a_placement_comes_back_whole(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread = make.thread([first, second])
    vectors = [make.vector(1), make.vector(2)]
    opens = make.placement(
        first, thread.id, role="first_report", score=1.0, method="opens", reason=""
    )
    copies = make.placement(second, thread.id, role="copy", copy_of=first.id, score=0.123456789)
    token = store.changed()
    store.place(make.model, [(opens, vectors[0]), (copies, vectors[1])], [thread])
    assert store.changed() != token
    first, second = (replace(article, state="threaded") for article in (first, second))
    assert store.thread(thread.id) == thread
    assert store.members([thread.id, "nowhere"]) == {
        thread.id: (
            Member(first, "first_report", 1.0, "opens", ""),
            Member(second, "copy", 0.123456789, "joins", "Acme; cosine .81", first.id),
        ),
        "nowhere": (),
    }
    assert store.threads_of([first.id, second.id, 7]) == {first.id: thread.id, second.id: thread.id}
    placed = list(store.placed(make.model))
    assert [replace(one, vector=None) for one in placed] == [
        Placed(first, thread.id, "first_report", "breach", False, None, None),
        Placed(second, thread.id, "copy", "breach", False, first.id, None),
    ]
    for one, vector in zip(placed, vectors, strict=True):
        assert one.vector.dtype == np.float32
        assert np.allclose(one.vector, vector, atol=1e-3)
        assert np.isclose(np.linalg.norm(one.vector), 1, atol=1e-6)


def test_a_roundup_stands_in_no_thread(store, make):
    (article,) = make.take(store, make.draft(0))
    alone = make.placement(article, None, method="roundup", roundup=True, kind="other")
    store.place(make.model, [(alone, make.vector(1))], [])
    assert store.threads_of([article.id]) == {}
    assert store.counts().unplaced == 0
    (placed,) = store.placed(make.model)
    assert (placed.thread, placed.roundup, placed.kind) == (None, True, "other")


def test_placing_twice_is_placing_once(store, make):
    articles = make.take(store, make.draft(0), make.draft(1))
    thread = make.place(store, *articles)
    make.place(store, *articles)
    assert len(store.members([thread.id])[thread.id]) == 2
    assert len(list(store.placed(make.model))) == 2


def test_placed_begins_where_asked(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(4)))
    make.place(store, *articles)
    found = [one.article.id for one in store.placed(make.model, since=articles[2].at)]
    assert found == [articles[2].id, articles[3].id]
    assert list(store.placed("another-model")) == []


def test_a_revised_article_waits_to_be_placed_anew(store, make):
    (article,) = make.take(store, make.draft(0))
    thread = make.place(store, article)
    make.take(store, make.draft(0, text="Edited."))
    assert list(store.placed(make.model)) == []
    assert [one.id for one in store.articles_in("stored", 5)] == [article.id]
    assert store.members([thread.id])[thread.id][0].article.text == "Edited."


def test_an_article_moves(store, make):
    one, two, three = make.take(store, *(make.draft(n) for n in range(3)))
    old = make.place(store, one, two, origins=2)
    store.save_briefs([])
    new = make.thread([three, two])
    pairs = [(make.placement(each, new.id), make.vector(1)) for each in (two, three)]
    store.place(make.model, pairs, [new])
    assert [member.article.id for member in store.members([old.id])[old.id]] == [one.id]
    assert (store.thread(old.id).articles, store.thread(old.id).origins) == (1, 1)
    assert old.id in store.stale_threads(5)


def test_a_thread_that_loses_its_last_article_is_merged(store, make):
    one, two = make.take(store, make.draft(0), make.draft(1))
    old, new = make.place(store, one), make.place(store, two)
    both = make.thread([two, one])
    store.place(make.model, [(make.placement(one, new.id), make.vector(1))], [both])
    assert store.thread(old.id).merged_into == new.id
    assert ids(store.threads(ThreadFilter())) == [new.id]
    assert [thread.id for thread in store.all_threads()] == [new.id]
    assert store.counts().threads == 1
    assert store.stale_threads(5) == [new.id]


def test_a_placement_in_a_thread_that_is_not_there_is_refused_whole(store, make):
    one, two = make.take(store, make.draft(0), make.draft(1))
    thread = make.thread([one])
    pairs = [(make.placement(one, thread.id), make.vector(1)),
             (make.placement(two, "nowhere"), make.vector(2))]  # fmt: skip
    with pytest.raises(StoreError):
        store.place(make.model, pairs, [thread])
    assert store.counts().unplaced == 2
    with pytest.raises(NotFoundError):
        store.thread(thread.id)


def test_vectors_are_found_by_article_and_by_content(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    make.place(store, *articles)
    by_article = store.vectors_of(make.model, [articles[0].id, 5])
    by_hash = store.vectors_by_hash(make.model, [articles[0].content_hash, "none"])
    assert list(by_article) == [articles[0].id]
    assert list(by_hash) == [articles[0].content_hash]
    assert np.array_equal(*by_article.values(), *by_hash.values()) is True
    assert store.vectors_of("another-model", [articles[0].id]) == {}


@pytest.mark.parametrize("sort", ["updated", "first", "articles", "origins"])
def test_pages_neither_skip_nor_repeat_while_threads_come_in(store, make, sort):
    def open_thread(n):
        (article,) = make.take(store, make.draft(n))
        return make.place(store, article, origins=1 + n % 3).id

    before = [open_thread(n) for n in range(23)]
    seen, cursor, n = [], None, 100
    while True:
        page = store.threads(ThreadFilter(), sort=sort, limit=5, cursor=cursor)
        seen += ids(page)
        cursor = page.next
        if cursor is None:
            break
        open_thread(n := n + 1)
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_lists_are_sorted_newest_or_most_first(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(6)))
    a = make.place(store, *articles[:3], updated_at=make.now, origins=1)
    b = make.place(store, *articles[3:5], updated_at=make.now + timedelta(1), origins=2)
    c = make.place(store, articles[5], updated_at=make.now - timedelta(1), origins=1)
    sorts = {"updated": [b, a, c], "first": [c, b, a], "articles": [a, b, c], "origins": [b, c, a]}
    for sort, expected in sorts.items():
        page = store.threads(ThreadFilter(), sort=sort)
        assert page.threads == tuple(expected)
        assert page.next is None
        assert store.thread_ids(ThreadFilter(), sort=sort) == [one.id for one in expected]
        assert store.thread_ids(ThreadFilter(), sort=sort, limit=2) == [o.id for o in expected[:2]]
    assert list(store.all_threads()) == [a, b, c]


BAD = ["", "x", "é", "AAAA", "\x00", "=" * 9, "W10=", "bnVsbA==", "🎉"]


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "bad",
    [*BAD, cursor("articles", 3, "a"), cursor("updated", "yesterday", "a"),
     cursor("updated", 3, "a"), cursor("updated", "2026-01-01T00:00:00+00:00", 3),
     cursor("updated", "0001-01-01T00:00:00+14:00", "a"),
     base64.urlsafe_b64encode(b"[" * 100_000).decode()],
)  # fmt: skip
def test_a_cursor_that_no_list_gave_is_refused_in_one_line(store, bad):
    with pytest.raises(UsageError) as raised:
        store.threads(ThreadFilter(), cursor=bad)
    assert "\n" not in str(raised.value)


def test_a_number_out_of_range_in_a_cursor_is_refused(store):
    for value in (True, 1 << 70, 1.5, None):
        with pytest.raises(UsageError):
            store.threads(ThreadFilter(), sort="articles", cursor=cursor("articles", value, "a"))
    with pytest.raises(UsageError, match="sort"):
        store.threads(ThreadFilter(), sort="colour")


@pytest.fixture
def ledgered(store, make):
    """Two threads with details, by name."""
    texts = {
        "acme": "Jürgen Klärwerk GmbH was hit by Night Owl. CVE-2026-3055 names ransomware.",
        "depot": "Яндекс was hit. Depot says names were taken.",
    }
    found = {}
    for n, (name, text) in enumerate(texts.items()):
        (article,) = make.take(store, make.draft(n, text=text, source=f"Outlet {name}"))
        section = "Ransomware" if name == "acme" else "Breaches"
        kind = "malware" if name == "acme" else "breach"
        found[name] = make.place(store, article, section=section, kind=kind).id
        store.save_ledger([article.id], *facts(make, name, article, found[name]))
    return found


def facts(make, name, article, thread):
    said = {
        "acme": [
            ("victim", "Jürgen Klärwerk GmbH", "Jürgen Klärwerk", "claimed"),
            ("actor", "Night Owl", "Night Owl", "claimed"),
            ("cve", "CVE-2026-3055", "CVE-2026-3055", "reported"),
            ("attack_type", "ransomware", "ransomware", "reported"),
            ("affected", "names", {"number": 3, "unit": "people"}, "denied"),
        ],
        "depot": [
            ("victim", "Яндекс", "Яндекс", "confirmed"),
            ("third_party", "Depot", "Depot", "confirmed"),
            ("data_type", "names", "ssn_or_id", "confirmed"),
        ],
    }[name]
    claims = [
        make.claim(article, thread, quote, field=field, value=value, status=status)
        for field, quote, value, status in said
    ]
    return claims, {thread: [make.detail(claim) for claim in claims]}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, {"acme", "depot"}),
        ({"kinds": ("malware", "law")}, {"acme"}),
        ({"section": "Breaches"}, {"depot"}),
        ({"victim": "jurgen-klarwerk"}, {"acme"}),
        ({"victim": "Jürgen Klärwerk"}, {"acme"}),
        ({"victim": "яндекс"}, {"depot"}),
        ({"victim": "中文"}, set()),
        ({"victim": ""}, set()),
        ({"actor": "night owl"}, {"acme"}),
        ({"actor": "Depot"}, set()),
        ({"third_party": "depot"}, {"depot"}),
        ({"attack_type": "ransomware"}, {"acme"}),
        ({"data_type": "ssn_or_id"}, {"depot"}),
        ({"cve": "cve-2026-3055"}, {"acme"}),
        ({"status": "denied"}, {"acme"}),
        ({"status": "disputed"}, set()),
        ({"source": "outlet depot"}, {"depot"}),
        ({"source": "Outlet", "victim": "яндекс"}, set()),
        ({"victim": "яндекс", "data_type": "SSN or ID", "status": "confirmed"}, {"depot"}),
        ({"ids": ()}, set()),
    ],
)
def test_filters(store, ledgered, where, found):
    names = {id: name for name, id in ledgered.items()}
    assert {names[id] for id in ids(store.threads(ThreadFilter(**where)))} == found
    assert {names[id] for id in store.thread_ids(ThreadFilter(**where))} == found


def test_filters_by_time_and_id(store, ledgered, make):
    acme, depot = ledgered["acme"], ledgered["depot"]  # at 12:00 and 13:00
    hour = timedelta(hours=1)
    assert ids(store.threads(ThreadFilter(since=make.now + hour))) == [depot]
    assert ids(store.threads(ThreadFilter(until=make.now + hour))) == [acme]
    assert ids(store.threads(ThreadFilter(since=make.now, until=make.now + hour))) == [acme]
    assert ids(store.threads(ThreadFilter(ids=(acme, "nowhere")))) == [acme]
    many = tuple(f"id{n}" for n in range(5_000))
    assert ids(store.threads(ThreadFilter(ids=(*many, depot)))) == [depot]


def test_related_threads_keep_their_order(store, make):
    a, b, c = (make.place(store, one).id for one in make.take(store, *map(make.draft, range(3))))
    related = {
        a: [Related(c, "same_actor", "both by Night Owl", 0.7), Related(b, "similar", "", 0.1)],
        b: [],
    }
    store.save_related(related)
    token = store.changed()
    store.save_related(related)
    assert store.changed() == token
    assert store.related([a, b, "x"]) == {a: tuple(related[a]), b: (), "x": ()}
    store.save_related({a: related[a][1:]})
    assert store.related([a])[a] == tuple(related[a][1:])


def test_storylines_are_replaced_and_keep_their_address(store, make):
    a, b, c = (make.place(store, one).id for one in make.take(store, *map(make.draft, range(3))))
    lines = [Storyline("s2", "Relay", (c, a), "one supplier"), Storyline("s1", "Owl", (a, b))]
    store.save_storylines(lines)
    token = store.changed()
    store.save_storylines(lines)
    assert store.changed() == token
    assert store.storylines() == lines[::-1]
    assert store.storylines_of([a, c, "x"]) == {
        a: (lines[1], lines[0]), c: (lines[0],), "x": (),
    }  # fmt: skip
    store.save_storylines([replace(lines[0], label="Relay again")])
    assert store.storyline("s2").label == "Relay again"
    with pytest.raises(NotFoundError, match="storyline 's1'"):
        store.storyline("s1")


def test_placed_articles_come_back_with_the_victims_of_their_claims(store, make):
    first, second, third = make.take(store, *(make.draft(n) for n in range(3)))
    thread = make.place(store, first, second, third)
    said = [
        make.claim(first, thread.id, "Acme said", value="Acme"),
        make.claim(first, thread.id, "Acme confirms", value="Acme"),
        make.claim(first, thread.id, "intruders", field="actor", value="Intruders"),
        make.claim(first, thread.id, "file 0", value="Intruders"),
    ]
    store.save_ledger([first.id, second.id], said, {})
    found = store.placed_among(make.model, [third.id, first.id, second.id, 7])
    assert [one.article.id for one in found] == [first.id, second.id, third.id]
    assert [one.victims for one in found] == [((None, "Acme"), (0, "Acme")), (), None]
    assert [one.victims for one in store.placed(make.model)] == [one.victims for one in found]


def test_articles_by_thread_span_and_vectors_of_a_time(store, make):
    assert store.placed_span() is None
    one, two, three = make.take(store, *(make.draft(n) for n in range(3)))
    both, alone = make.place(store, two, one), make.place(store, three)
    assert store.articles_of([both.id, alone.id, "nowhere"]) == {
        both.id: [one.id, two.id],
        alone.id: [three.id],
    }
    assert store.placed_span() == (one.at, three.at)
    ids, vectors = store.vectors_between(make.model, one.at, three.at)
    assert ids == [one.id, two.id]
    assert np.allclose(vectors, [make.vector(one.id), make.vector(two.id)], atol=1e-3)
    assert store.vectors_between("another-model", one.at, three.at)[0] == []
