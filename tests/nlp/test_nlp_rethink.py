"""Second thoughts: an article is looked at once, and weighed again where something has changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Embedder, LinkRule, Placement, thread_id
from breachwire.testing import an_article
from nlp import embed
from nlp.features import Traits
from nlp.rethink import NEAREST, Looks, Move, rethink, union
from nlp.rules import Rules
from nlp.thread import Threader
from nlp.train.placing import moved

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
NEWS = (
    (
        "Quellmark Clinics says patient files were stolen",
        "Files of 41,000 patients are gone.",
    ),
    ("Borvane firewalls under attack", "CVE-2027-10234 in Borvane firewalls is exploited."),
    ("Quellmark Clinics breach: 41,000 patients", "Quellmark Clinics said that files were stolen."),
    ("Patch Borvane firewalls now, agency says", "CVE-2027-10234 lets intruders into Borvane."),
    (
        "Quellmark Clinics sued over stolen files",
        "Patients of Quellmark Clinics sue over it.",
    ),
    ("Parliament debates school phones", "Members spoke for the bill on Tuesday."),
)


@pytest.fixture
def apart(embedder: Embedder) -> Threader:
    """A threader that holds every article in a thread of its own."""
    threader = Threader()
    vectors = embedder.encode([embed.text_of(*item) for item in NEWS])
    for number, (item, vector) in enumerate(zip(NEWS, vectors, strict=True), 1):
        at = START + timedelta(hours=number)
        article = an_article(number, *item, source=f"Outlet {number}", at=at)
        placement = Placement(number, thread_id(number), "report", 1.0, "opens", "", "breach")
        threader.accept(article, vector, placement)
    return threader


def test_what_is_one_event_comes_together_and_the_rest_stays(apart: Threader) -> None:
    def make(move: Move) -> None:
        assert move.whole
        _follow(apart, move)

    rethink(apart, [1, 2, 3, 4, 5, 6], make)
    at = [apart.memory.thread_of(number) for number in range(1, 7)]
    assert at[0] == at[2] == at[4]
    assert at[1] == at[3]
    assert len(set(at)) == 3


def test_every_article_is_looked_at_once(apart: Threader, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    candidates = apart.memory.candidates

    def counted(traits: Traits) -> dict[int, float]:
        looked.append(traits.id)
        return candidates(traits)

    monkeypatch.setattr(apart.memory, "candidates", counted)
    rethink(apart, [1, 2, 3, 4, 5, 6], lambda move: _follow(apart, move))
    assert sorted(looked) == [1, 2, 3, 4, 5, 6]


def test_a_move_is_seen_by_whoever_is_near(apart: Threader) -> None:
    looks = Looks(apart)
    before = looks.sides(5)
    assert before.here is None
    move = Move(3, thread_id(3), thread_id(1), True, "")
    _follow(apart, move)
    assert looks.sides(5) is before
    looks.moved(move)
    known, fresh = looks.sides(5), Looks(apart).sides(5)
    assert known.there is not None
    assert fresh.there is not None
    assert len(known.there.thread.members) == 2
    assert known.there.value == fresh.there.value
    assert known.threads == fresh.threads == before.threads - {thread_id(3)}


IN_TWO = (
    ("Quellmark Clinics says patient files were stolen", "Files of 41,000 patients are gone."),
    ("Quellmark Clinics breach: 41,000 patients", "Quellmark Clinics said that files were stolen."),
    ("Quellmark Clinics hacked, 41,000 patients hit", "Patient files of Quellmark were stolen."),
    ("41,000 patients hit by Quellmark Clinics hack", "Files were stolen from Quellmark Clinics."),
    ("Borvane firewalls under attack", "CVE-2027-10234 in Borvane firewalls is exploited."),
    ("Patch Borvane firewalls now, agency says", "CVE-2027-10234 lets intruders into Borvane."),
)


@pytest.fixture
def in_two(embedder: Embedder) -> Threader:
    """A threader that holds one event in two threads of two articles each, and another event."""
    threader = Threader()
    vectors = embedder.encode([embed.text_of(*item) for item in IN_TWO])
    for number, (item, vector) in enumerate(zip(IN_TWO, vectors, strict=True), 1):
        at = START + timedelta(hours=number)
        article = an_article(number, *item, source=f"Outlet {number}", at=at)
        first = thread_id(number - 1 + number % 2)
        placement = Placement(number, first, "report", 1.0, "opens", "", "breach")
        threader.accept(article, vector, placement)
    return threader


def test_two_threads_on_one_event_become_one_the_older(in_two: Threader) -> None:
    move = union(Looks(in_two), 4)
    assert move is not None
    assert (move.old, move.thread, move.whole) == (thread_id(3), thread_id(1), True)
    moved(in_two, move)
    assert {in_two.memory.thread_of(n) for n in (1, 2, 3, 4)} == {thread_id(1)}
    assert union(Looks(in_two), 4) is None


def test_two_threads_on_two_events_stay_two(in_two: Threader) -> None:
    assert union(Looks(in_two), 6) is None
    one, other = (in_two.memory.thread(thread_id(n)) for n in (1, 5))
    whole, nearest = in_two.alike(one, other)
    assert whole < in_two.parameters.stay
    assert nearest < NEAREST


def test_a_thread_that_holds_strangers_is_no_more_like_another(in_two: Threader) -> None:
    one, other = (in_two.memory.thread(thread_id(n)) for n in (1, 3))
    whole, nearest = in_two.alike(one, other)
    in_two.move(5, thread_id(3))
    mixed = in_two.memory.thread(thread_id(3))
    assert in_two.alike(one, mixed) < (whole, nearest)
    assert in_two.alike(one, mixed)[1] < nearest


def test_threads_that_an_editor_parted_stay_two(in_two: Threader) -> None:
    in_two.rules = Rules([LinkRule(low=2, high=3, must=False, edit=1)])
    assert union(Looks(in_two), 4) is None


def _follow(threader: Threader, move: Move) -> None:
    threader.move(move.article, move.thread or f"{move.old}-{move.article}")
