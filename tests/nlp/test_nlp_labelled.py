"""Labelled windows on disk: kinds of single items come from a labelling of their own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from breachwire.model import KINDS, Embedder
from evals.threads import LABELS
from nlp import train


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_kinds_are_given_to_items_alone_that_have_none(tmp_path: Path, embedder: Embedder) -> None:
    plain = {"summary": "", "source": "Outlet", "published": "2026-05-04T08:00:00+00:00"}
    alone = {**plain, "title": "A plan", "thread": None}
    items = [
        {**alone, "url": "https://outlet.example/1"},
        {**alone, "url": "https://outlet.example/2", "kind": "law"},
        {**alone, "url": "https://outlet.example/3", "thread": "Elm Clinic", "kind": "breach"},
        {**alone, "url": "https://outlet.example/4"},
    ]
    _lines(tmp_path / "threads" / "2026-05-04.jsonl", items)
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "items.jsonl.gz").write_bytes(gzip.compress(b""))
    kinds = [{"url": item["url"], "kind": "policy"} for item in items[:3]]
    _lines(tmp_path / "labels" / "kinds" / "2026-05-04.jsonl", kinds)
    (window,) = train.read_windows(tmp_path, tmp_path / "labels", embedder)
    assert [item.kind for item in window.items] == ["policy", "law", "breach", None]


def test_the_projects_own_kinds_are_labels_and_addresses_alone() -> None:
    rows = [row for path in (LABELS / "kinds").glob("*.jsonl") for row in train.read_items(path)]
    assert len({row["url"] for row in rows}) == len(rows) == 1307
    assert all(row.keys() == {"url", "kind"} and row["kind"] in KINDS for row in rows)
