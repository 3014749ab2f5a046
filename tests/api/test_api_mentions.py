"""Roundups that speak of a thread: export, JSON, Markdown, page; counted nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import exports, threads
from api.app import create_app
from api.services import Services
from api.wire_schema import WireThread
from breachwire.config import Config
from breachwire.model import Draft, Mention
from breachwire.store import Store

ADDRESS = "https://weekly.example/in-review"
TEXT = "A week. At Quarrybank <1.9 million> customers lost their data. Also, rain."
PASSAGE = "At Quarrybank <1.9 million> customers lost their data."


@dataclass
class Wire:
    store: Store
    thread: str


@pytest.fixture
def wire(empty: Store, fill: Callable[[Store], Any]) -> Wire:
    material = fill(empty)
    thread = material.threads["bank"]
    at = thread.last_at + timedelta(hours=1)
    draft = Draft(ADDRESS, "Week in Review: Quarrybank Robbed, Rain", TEXT, ("weekly",),
                  source="Weekly", family="Weekly", published=at)  # fmt: skip
    roundup = empty.take([(draft, None)], at)[0].article
    start = TEXT.index(PASSAGE)
    title = roundup.title.index("Quarrybank Robbed")
    empty.save_mentions([roundup.id], [
        Mention(roundup.id, thread.id, title, title + 17, 0.8, "shares quarrybank", "title"),
        Mention(roundup.id, thread.id, start, start + len(PASSAGE), 0.9, "shares quarrybank"),
    ])  # fmt: skip
    return Wire(empty, thread.id)


def test_the_export_lists_the_roundup_once_and_apart(wire: Wire) -> None:
    rows = {row["id"]: row for row in exports.threads(wire.store)}
    assert rows[wire.thread]["mentions"] == [ADDRESS]
    assert ADDRESS not in rows[wire.thread]["articles"]
    assert all(not row["mentions"] for id_, row in rows.items() if id_ != wire.thread)


def test_the_document_quotes_the_surest_passage(wire: Wire) -> None:
    found = threads.wire(wire.store, wire.thread, base_url="https://wire.example")
    last = found["original_reporting"][-1]
    assert (last["role"], last["url"], last["outlet"]) == ("mention", ADDRESS, "Weekly")
    passage = last["passage"]
    assert (passage["quote"], passage["in"]) == (PASSAGE, "text")
    assert TEXT[passage["start"] : passage["end"]] == PASSAGE
    assert [r["passage"] for r in found["original_reporting"][:-1]] == [None, None, None]
    WireThread.model_validate(found)


def test_a_mention_counts_nowhere(wire: Wire) -> None:
    found = threads.wire(wire.store, wire.thread)
    assert (found["articles"], found["origins"]) == (3, 2)
    assert "Weekly" not in {source["outlet"] for source in found["sources"]}
    assert found["key_details"]
    assert all(
        claim["evidence"]["url"] != ADDRESS
        for detail in found["key_details"]
        for claim in detail["claims"]
    )


def test_people_read_it_on_the_page_and_in_markdown(wire: Wire) -> None:
    found = threads.wire(wire.store, wire.thread)
    line = threads.markdown(found).split("(mentioned in: “")[1].split("\n")[0]
    assert line == r"At Quarrybank \<1.9 million\> customers lost their data.”)"
    with TestClient(create_app(lambda: Services(store=wire.store, config=Config()))) as client:
        page = client.get(f"/wire/{wire.thread}/any").text
    assert "<q>At Quarrybank &lt;1.9 million&gt; customers lost their data.</q>" in page
    assert "mentioned in" in page
    assert f'href="{ADDRESS}"' in page
