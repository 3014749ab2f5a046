"""/metrics: what the store counts → Prometheus's text format.

In: a store, the time. Out: bytes. What the store counts is of all processes and days, so that
`serve` shows what `fetch` and `work` did; how long searches took is this process's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)

from breachwire.model import Feed
from breachwire.model.jobs import Jobs
from breachwire.model.webhooks import DELIVERY_STATES, WebhookState
from breachwire.store import Store

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_FAMILIES: Final = {
    "kept": ("breachwire_model_sentences_kept", "Model-written sentences that stood", ""),
    "rewritten": ("breachwire_model_sentences_rewritten", "Of these, on the second try", ""),
    "dropped": ("breachwire_model_sentences_dropped", "By what was wrong", "reason"),
    "sections": ("breachwire_model_sections", "Sections of tried briefs by their writer", "by"),
    "unwritten": ("breachwire_model_briefs_unwritten", "Briefs a model gave nothing for", "reason"),
    "requests": ("breachwire_model_requests", "Questions sent to the endpoint", ""),
    "retries": ("breachwire_model_retries", "Of these, sent again", ""),
    "failed": ("breachwire_model_failures", "By status or kind of failure", "reason"),
    "cached": ("breachwire_model_cached", "Questions answered from the store", ""),
    "tokens": ("breachwire_model_tokens", "By side", "side"),
}
"""The store's counter "name:label" → name, help and label of a family."""

_STATES: Final = ("new", "ok", "failing", "gone")
_QUANTILES: Final = (0.5, 0.9)
SEARCHES: Final = Histogram(
    "breachwire_search_seconds",
    "Searches of this process, pages and API, from question to answer",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
    registry=None,
)


class _Collector:
    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Families, read at this moment."""
        counts = self._store.counts()
        for name in ("articles", "threads", "feeds", "unplaced", "stale"):
            family = GaugeMetricFamily(f"breachwire_{name}", f"{name} in the store")
            family.add_metric([], getattr(counts, name))
            yield family
        yield from _feeds(self._store.feeds(), self._now)
        yield from _delay(self._store.delays(self._now - timedelta(days=1)))
        letters = GaugeMetricFamily("breachwire_letters", "Letters by state", labels=["state"])
        for state, number in sorted(self._store.posted().items()):
            letters.add_metric([state], number)
        yield letters
        yield from _jobs(self._store.jobs())
        alerts = GaugeMetricFamily(
            "breachwire_alert_letters", "Letters of alerts by state", labels=["state"]
        )
        for state, number in sorted(self._store.alerts_posted().items()):
            alerts.add_metric([state], number)
        yield alerts
        yield from _webhooks(self._store)
        yield from _used(self._store.model_used_ever())


def _webhooks(store: Store) -> Iterator[Metric]:
    """Numbers alone: where they lead is between the operator and their owners."""
    states = Counter(hook.state for hook in store.webhooks())
    family = GaugeMetricFamily("breachwire_webhooks", "Webhooks by state", labels=["state"])
    for state in get_args(WebhookState):
        family.add_metric([state], states[state])
    yield family
    counts = Counter[str]()
    for own in store.deliveries_counted().values():
        counts.update(own)
    family = GaugeMetricFamily(
        "breachwire_webhook_deliveries",
        "Deliveries of the last 30 days by state",
        labels=["state"],
    )
    for state in DELIVERY_STATES:
        family.add_metric([state], counts[state])
    yield family


def _jobs(queues: Sequence[Jobs]) -> Iterator[Metric]:
    """Nothing where one process works alone."""
    if not queues:
        return
    family = GaugeMetricFamily(
        "breachwire_jobs", "Jobs that workers share, by queue and state", labels=["queue", "state"]
    )
    oldest = GaugeMetricFamily(
        "breachwire_oldest_job_seconds",
        "For how long the job that waits longest could have been done; 0: none could",
        labels=["queue"],
    )
    for one in queues:
        for state in ("waiting", "doing", "failed"):
            family.add_metric([one.queue, state], getattr(one, state))
        oldest.add_metric([one.queue], one.oldest or 0.0)
    yield family
    yield oldest


def _feeds(feeds: Sequence[Feed], now: datetime) -> Iterator[Metric]:
    states = Counter(feed.state for feed in feeds)
    family = GaugeMetricFamily("breachwire_feeds_by_state", "Feeds by state", labels=["state"])
    for state in _STATES:
        family.add_metric([state], states[state])
    yield family
    due = [f.next_fetch_at for f in feeds if f.next_fetch_at and f.state != "gone"]
    late = (now - min(due)).total_seconds() if due else 0.0
    yield GaugeMetricFamily(
        "breachwire_poll_overdue_seconds",
        "How long the poll that is most overdue is; 0: none is",
        value=max(0.0, late),
    )
    asked = [feed.last_fetch_at for feed in feeds if feed.last_fetch_at]
    if asked:
        yield GaugeMetricFamily(
            "breachwire_last_poll_timestamp_seconds",
            "When a feed was asked last (Unix time)",
            value=max(asked).timestamp(),
        )


def _delay(seconds: Sequence[float]) -> Iterator[Metric]:
    """As a gauge by quantile: a day's window slides, which a summary's counters must not."""
    family = GaugeMetricFamily(
        "breachwire_article_delay_seconds",
        "From publication to first sight, of articles published in the last 24 hours",
        labels=["quantile"],
    )
    order = sorted(seconds)
    for quantile in _QUANTILES if order else ():
        family.add_metric([str(quantile)], order[int(quantile * (len(order) - 1))])
    yield family


def _used(counters: Mapping[str, int]) -> Iterator[Metric]:
    for kind, (name, about, label) in _FAMILIES.items():
        family = CounterMetricFamily(name, about, labels=[label] if label else [])
        own = {key: n for key, n in counters.items() if key.partition(":")[0] == kind}
        for key, number in sorted(own.items()) or ([] if label else [(kind, 0)]):
            family.add_metric([key.partition(":")[2]] if label else [], number)
        yield family


def exposition(store: Store, now: datetime | None = None) -> bytes:
    """The whole text."""
    registry = CollectorRegistry()
    registry.register(_Collector(store, now or datetime.now(UTC)))
    registry.register(SEARCHES)
    return generate_latest(registry)
