"""A dead network is told from dead feeds, and lines about it are few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from breachwire.config import Config
from breachwire.errors import FetchError, FetchKind
from breachwire.model import Feed, FeedSpec, FeedState
from breachwire.pipeline.outage import PROBES, UNHEARD, HearingClient, Outage
from breachwire.pipeline.poll import Polled, Poller
from breachwire.pipeline.told import Told
from breachwire.store import Store
from breachwire.testing import FakeClock, ScriptedResolver, ScriptedServer

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def feeds(count: int, state: FeedState = "failing", first: int = 1) -> list[Feed]:
    return [
        Feed(id=n, spec=FeedSpec(f"https://o{n}.example/feed", outlet=f"Outlet {n}"), state=state)
        for n in range(first, first + count)
    ]


def ids(some: list[Feed]) -> set[int]:
    return {feed.id for feed in some}


def test_while_nothing_answers_a_few_are_tried_ever_more_slowly_then_all() -> None:
    fresh, lost = feeds(20, "new"), feeds(20)
    outage = Outage(fresh)
    assert outage.due(fresh, NOW) == []
    outage.ended(lost, False, NOW)
    assert outage.due(lost, NOW + timedelta(seconds=14)) == []
    tries = outage.due(lost, NOW + timedelta(seconds=15))
    assert len(tries) == PROBES
    outage.ended(tries, False, NOW + timedelta(seconds=15))
    assert outage.due(lost, NOW + timedelta(seconds=44)) == []
    at = NOW + timedelta(seconds=45)
    (answered, *others) = outage.due(lost, at)
    outage.ended([replace(answered, state="ok"), *others], True, at)
    now = [replace(f, state="ok") if f.id == answered.id else f for f in lost]
    # The two that were asked beside it had their chance while the network was there.
    assert ids(outage.due(now, at)) == ids(lost) - ids([answered, *others])


def test_dead_feeds_among_living_ones_wait_for_their_own_time() -> None:
    living, dead = feeds(3, "ok"), feeds(2, first=4)
    outage = Outage([*living, *dead])
    outage.ended(dead, False, NOW)
    assert outage.due([*living, *dead], NOW + timedelta(hours=1)) == []


def test_a_store_whose_feeds_all_fail_is_asked_at_once_when_started() -> None:
    assert len(Outage(feeds(5)).due(feeds(5), NOW)) == 5
    mixed = [*feeds(5), *feeds(1, "ok", first=6)]
    assert Outage(mixed).due(mixed, NOW) == []


def test_any_answer_is_heard_and_silence_is_not() -> None:
    assert set(get_args(FetchKind)) > UNHEARD
    with ScriptedServer() as server:
        resolver = ScriptedResolver({"here.example": [["127.0.0.1"]]})
        local = {"here.example": ("127.0.0.1", server.port)}
        client = HearingClient("Breachwire tests", resolver=resolver, local=local)
        with pytest.raises(FetchError):
            client.get("https://gone.example/feed")
        assert not client.heard.is_set()
        assert client.get("http://here.example/nothing").status == 404
        assert client.heard.is_set()
        client.close()


def test_many_failures_are_three_lines_and_a_count() -> None:
    lines: list[str] = []
    before = feeds(10, "new")
    told = Told(lines.append, before)
    polls = [Polled(replace(f, state="failing", error="no address"), False) for f in before]
    for polled in polls:
        told(polled)
    told.end(polls)
    assert lines[0] == "polling 10 feeds"
    assert lines[1:4] == [f"  failed: Outlet {n}: no address" for n in (1, 2, 3)]
    assert lines[4] == "  7 more failed; `breachwire feeds list` shows each with its error"
    assert lines[5] == "polled: 0 of 10 answered, 0 unchanged; 0 new articles"


def test_another_try_in_vain_is_not_told_but_an_answer_is() -> None:
    lines: list[str] = []
    before = feeds(2)
    told = Told(lines.append, before)
    silent = [Polled(feed, False) for feed in before]
    for polled in silent:
        told(polled)
    told.end(silent)
    assert lines == []
    told = Told(lines.append, before)
    back = Polled(replace(before[0], state="ok"), True, new=4, left_out=1)
    told(back)
    told.end([back, silent[1]])
    assert lines == [
        "  Outlet 1: 4 new, 0 revised, 1 left out",
        "polled: 1 of 2 answered, 0 unchanged; 4 new articles",
    ]


def test_in_small_rounds_dead_feeds_are_not_asked_whenever_another_answers() -> None:
    living, dead = feeds(90, "ok"), feeds(10, first=91)
    everyone, outage = [*living, *dead], Outage([*living, *dead])
    for n in range(200):
        at = NOW + timedelta(seconds=10 * n)
        one = [dead[n % 10]] if n % 3 == 0 else [living[n % 90]]
        outage.ended(one, one[0].state == "ok", at)
        assert outage.due(everyone, at) == []


def test_a_silence_in_small_rounds_is_found_and_its_feeds_are_asked_once_when_it_ends() -> None:
    lost, dead, rest = feeds(10), feeds(5, first=11), feeds(85, "ok", first=16)
    everyone, outage = [*lost, *dead, *rest], Outage([*lost, *dead, *rest])
    outage.ended(rest[:1], True, NOW)
    for n, one in enumerate([*lost, *dead]):
        outage.ended([one], False, NOW + timedelta(seconds=10 * n))
        outage.due(everyone, NOW + timedelta(seconds=10 * n))
    at = NOW + timedelta(minutes=10)
    assert len(outage.due(everyone, at)) == PROBES
    outage.ended(rest[:1], True, at)
    assert ids(outage.due(everyone, at)) == ids([*lost, *dead])
    # Those that fail again, with nothing heard beside them, are dead, and wait for their time.
    back = [*(replace(feed, state="ok") for feed in lost), *dead, *rest]
    outage.ended(back[:10], True, at)
    outage.due(back, at)
    outage.ended(dead, False, at)
    for n in range(5):
        assert outage.due(back, at + timedelta(seconds=200 * n)) == []
        outage.ended(rest[:1], True, at)


def test_of_many_small_rounds_only_news_is_told() -> None:
    lines: list[str] = []
    before = feeds(3, "ok")
    told = Told(lines.append, before, whole=False)
    polls = [
        Polled(before[0], True, new=2),
        Polled(before[1], False),
        Polled(replace(before[2], state="failing", error="no address"), False),
    ]
    for polled in polls:
        told(polled)
    told.end(polls)
    assert lines == ["  Outlet 1: 2 new, 0 revised", "  failed: Outlet 3: no address"]


def test_who_plans_for_others_reads_an_outage_and_its_end_in_the_store(
    store: Store,
) -> None:
    clock = FakeClock(NOW)
    specs = [FeedSpec(f"https://o{n}.example/feed") for n in range(8)]
    store.add_feeds(specs)
    heard: list[bool] = []
    client = HearingClient("Breachwire tests")
    poller = Poller(store, client, Config(), now=lambda: clock.now)
    poller.follow(lambda: bool(heard and heard.pop()))
    assert len(poller.due()) == 8

    def polled(some: list[Feed], state: FeedState) -> None:
        """By another worker; the next time is hours away."""
        later = clock.now + timedelta(hours=6)
        for feed in some:
            store.save_feed(
                replace(feed, state=state, last_fetch_at=clock.now, next_fetch_at=later)
            )

    clock.pass_(5)
    polled(store.feeds(), "failing")
    assert poller.due() == []
    clock.pass_(15)
    tried = poller.due()
    assert len(tried) == PROBES
    polled(tried[:1], "ok")
    polled(tried[1:], "failing")
    heard.append(True)
    clock.pass_(5)
    # The two that failed beside it had their chance while the network was there.
    assert ids(poller.due()) == ids(store.feeds()) - ids(tried)
    client.close()
