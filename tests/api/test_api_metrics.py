"""/metrics: the store's counters in Prometheus's format."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from api import metrics
from breachwire.store import Store


def samples(store: Store) -> dict[tuple[str, str], float]:
    text = metrics.exposition(store).decode()
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_an_unused_model_counts_nothing(store: Store) -> None:
    found = samples(store)
    assert found["breachwire_model_sentences_kept_total", ""] == 0
    assert found["breachwire_articles", ""] == 0
    assert not [name for name, _ in found if "dropped" in name]


def test_the_model_writers_counters_add_up_over_days(store: Store) -> None:
    store.count_model_use("2026-11-01", {"kept": 3, "dropped:number": 2, "tokens:prompt": 900})
    store.count_model_use("2026-11-02", {"kept": 4, "dropped:form": 1, "failed:429": 1})
    found = samples(store)
    assert found["breachwire_model_sentences_kept_total", ""] == 7
    assert found["breachwire_model_sentences_dropped_total", "number"] == 2
    assert found["breachwire_model_sentences_dropped_total", "form"] == 1
    assert found["breachwire_model_tokens_total", "prompt"] == 900
    assert found["breachwire_model_failures_total", "429"] == 1
    assert store.model_used("2026-11-02") == {"kept": 4, "dropped:form": 1, "failed:429": 1}
