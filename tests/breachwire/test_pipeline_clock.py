"""The clock is set back and forward: polls keep their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from breachwire.config import Config
from breachwire.model import FeedSpec
from breachwire.pipeline.clock import Steps
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Poller
from breachwire.store import Store
from breachwire.testing import FakeClock

MINUTE = 60.0


def test_a_step_is_told_once_and_drift_never() -> None:
    clock = FakeClock()
    steps = Steps(lambda: clock.now, clock)
    clock.pass_(40_000)
    assert steps() == timedelta(0)
    clock.now += timedelta(seconds=20)
    assert steps() == timedelta(0)
    clock.now -= timedelta(hours=5)
    clock.pass_(7)
    assert steps() == timedelta(seconds=20, hours=-5)
    assert steps() == timedelta(0)


@pytest.fixture
def poller(store: Store, clock: FakeClock) -> Iterator[Poller]:
    """Of a feed that can't be reached; it was just asked."""
    client = HearingClient("Breachwire tests", resolver=lambda *_: ["192.0.2.1"])
    store.add_feeds([FeedSpec("https://herald.example/feed")])
    steps = Steps(lambda: clock.now, clock)
    poller = Poller(store, client, Config(), now=lambda: clock.now, steps=steps)
    poller.due()  # the outage is told from the feed
    poller.run()
    yield poller
    client.close()


@pytest.mark.parametrize("hours", [-20, -1, 1, 20])
def test_a_feed_is_asked_after_its_interval_however_the_clock_was_set(
    store: Store, clock: FakeClock, poller: Poller, hours: int
) -> None:
    (feed,) = store.feeds()
    assert feed.next_fetch_at is not None
    wait = (feed.next_fetch_at - clock.now).total_seconds()
    assert wait >= 30 * MINUTE
    poller._outage = None  # what follows is about the feed's own time
    clock.pass_(10 * MINUTE)
    clock.now += timedelta(hours=hours)
    assert not _due(poller)
    clock.pass_(wait - 11 * MINUTE)
    assert not _due(poller)
    clock.pass_(MINUTE)
    assert _due(poller)


def _due(poller: Poller) -> bool:
    from ingest.schedule import is_due

    poller.due()
    (feed,) = poller._store.feeds()
    return is_due(feed, poller._now())
