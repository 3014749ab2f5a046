"""What the threads near a text know of its campaign takes its place beside what the text says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from breachwire.model import Draft, Placement, Related, Relation, Thread, thread_id
from breachwire.pipeline.seen import Order
from breachwire.store import Store
from nlp.compare import Judged

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAYS = {"breach": 0, "package": 1, "victim": 2, "older": -14, "unlike": 3}
Ids = dict[str, str]


@pytest.fixture
def ids(store: Store) -> Ids:
    """A thread for each name, of its day."""
    return {name: _thread(store, name, NOW + timedelta(days=day)) for name, day in DAYS.items()}


def _thread(store: Store, name: str, at: datetime) -> str:
    draft = Draft(url=f"https://a.example/{name}", title=name, text=name, keys=(name,))
    article = store.take([(draft, None)], at)[0].article
    row = Thread(thread_id(article.id), name, "breach", "Breaches", at, at, at, 1, 1)
    placement = Placement(article.id, row.id, "first_report", 1.0, "opens", "", "breach")
    store.place("m", [(placement, np.ones(4, dtype=np.float32) / 2)], [row])
    return row.id


def _related(store: Store, ids: Ids, found: dict[str, dict[str, float]]) -> None:
    store.save_related(
        {
            ids[name]: [Related(ids[o], "same_actor", "same actor: Gloamcrew", s) for o, s in own]
            for name, own in ((name, pairs.items()) for name, pairs in found.items())
        }
    )


def _judged(thread: str, score: float, relation: Relation = "similar") -> Judged:
    return Judged(thread, relation, "both name Zephyrlint", score, ())


def test_a_thread_next_to_the_first_leads_to_its_campaign(store: Store, ids: Ids) -> None:
    """Also where the text was taken for the wrong one of two."""
    _related(store, ids, {"package": {"victim": 0.9, "older": 0.9, "breach": 0.9}})
    found = [
        _judged(ids["breach"], 0.9, "same_incident"),
        _judged(ids["package"], 0.95),
        _judged(ids["unlike"], 0.01),
    ]
    order = Order(store, found).judged()
    by_thread = {one.thread: one for one in order}
    names = ("breach", "package", "victim", "older")
    assert [one.thread for one in order] == [ids[name] for name in (*names, "unlike")]
    far = by_thread[ids["victim"]]
    assert far.relation == "similar"
    assert far.reason == "seen from another thread here: same actor: Gloamcrew"
    assert by_thread[ids["older"]].score < far.score < 0.9


def test_what_is_found_both_ways_stands_as_it_is_surer(store: Store, ids: Ids) -> None:
    _related(store, ids, {"breach": {"victim": 0.8, "package": 0.1}})
    found = [
        _judged(ids["breach"], 0.9, "same_incident"),
        _judged(ids["package"], 0.6),
        _judged(ids["unlike"], 0.02),
    ]
    order = Order(store, found).judged()
    by_thread = {one.thread: one for one in order}
    assert by_thread[ids["package"]].reason == "both name Zephyrlint"
    assert by_thread[ids["victim"]].relation == "same_actor"
    assert by_thread[ids["victim"]].reason.startswith("seen from the incident above")
    assert order[-1].thread == ids["unlike"]


def test_incidents_of_the_text_keep_their_place(store: Store, ids: Ids) -> None:
    _related(store, ids, {"breach": {"package": 0.99}})
    sure = [_judged(ids[name], 0.8, "same_incident") for name in ("breach", "victim")]
    order = Order(store, sure).judged()
    assert [one.thread for one in order] == [ids[name] for name in ("breach", "victim", "package")]
    alone = _judged(ids["unlike"], 0.4)
    assert Order(store, [alone]).judged() == [alone]
