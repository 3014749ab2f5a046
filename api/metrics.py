"""/metrics: what the store counts → Prometheus's text format.

In: a store. Out: bytes. The counters of language-model use are the store's own, of all processes
and days, so that `serve` shows what `work` did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

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


class _Collector:
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Families, read at this moment."""
        counts = self._store.counts()
        for name in ("articles", "threads", "feeds", "unplaced", "stale"):
            family = GaugeMetricFamily(f"breachwire_{name}", f"{name} in the store")
            family.add_metric([], getattr(counts, name))
            yield family
        yield from _used(self._store.model_used_ever())


def _used(counters: Mapping[str, int]) -> Iterator[Metric]:
    for kind, (name, about, label) in _FAMILIES.items():
        family = CounterMetricFamily(name, about, labels=[label] if label else [])
        own = {key: n for key, n in counters.items() if key.partition(":")[0] == kind}
        for key, number in sorted(own.items()) or ([] if label else [(kind, 0)]):
            family.add_metric([key.partition(":")[2]] if label else [], number)
        yield family


def exposition(store: Store) -> bytes:
    """The whole text."""
    registry = CollectorRegistry()
    registry.register(_Collector(store))
    return generate_latest(registry)
