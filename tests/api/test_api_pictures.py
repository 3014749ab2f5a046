"""Pictures say what the lists beside them say; what programs read of a page."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from api import pictures


def events(*days: str) -> list[dict[str, Any]]:
    return [{"at": day} for day in days]


def test_events_stand_to_scale() -> None:
    line = pictures.line(events("2026-01-01", "2026-01-11", "2026-01-21"))
    assert line is not None
    assert [mark.x for mark in line.marks] == [8.0, 320.0, 632.0]
    assert [mark.anchor for mark in line.marks] == ["start", "middle", "end"]
    assert line.summary == "3 dated events from 1 January 2026 to 21 January 2026"


def test_dates_in_words_never_run_into_one_another() -> None:
    days = [f"2026-03-{day:02d}" for day in range(1, 31)]
    line = pictures.line(events(*days))
    assert line is not None
    shown = [mark.x for mark in line.marks if mark.label]
    assert len(shown) > 3
    assert all(b - a >= 76 for a, b in itertools.pairwise(shown))


@pytest.mark.parametrize("days", [[], ["2026-01-01"], ["2026-01-01", "2026-01-01T09:00:00+00:00"]])
def test_a_single_day_is_no_line(days: list[str]) -> None:
    assert pictures.line(events(*days)) is None


def test_months_and_years_stand_at_their_first_day() -> None:
    line = pictures.line(events("2025", "2025-07", "2026-01-01"))
    assert line is not None
    assert line.marks[0].x == 8.0
    assert line.marks[1].x == pytest.approx(8 + 181 / 365 * 624, abs=0.1)


def test_the_map_ties_actor_supplier_and_victim(material: Any) -> None:
    ids = [material.threads[nick].id for nick in ("bank", "supplier")]
    found = pictures.storyline(material.store, ids)
    assert found is not None
    assert {(node.column, node.name) for node in found.nodes} == {
        ("actor", "Salt Heron"), ("third_party", "Tidewater Sync"), ("victim", "Quarrybank"),
        ("victim", "Tidewater Sync"),
    }  # fmt: skip
    assert len(found.lines) == 2  # actor to supplier, supplier to the bank
    assert [thread.id for thread, _ in found.rows] == ids[::-1]
    assert found.rows[1][1]["victim"] == [("Quarrybank", "/victim/quarrybank")]
    assert pictures.storyline(material.store, []) is None


def test_a_storylines_page_has_map_and_list(client: TestClient) -> None:
    text = client.get("/storyline/s1").text
    assert 'aria-label="Map of the storyline Tidewater Sync"' in text
    assert text.count("/victim/quarrybank") >= 2
    assert "One supplier." in text
    assert 'style="' not in text


def test_a_thread_is_told_to_programs(client: TestClient, material: Any) -> None:
    path = client.get(f"/wire/{material.threads['bank'].id}").headers["location"]
    text = client.get(path).text
    assert '<meta property="og:title" content="Quarrybank confirms theft' in text
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0])
    assert data["isBasedOn"][0].startswith("https://harborledger.example/")
    assert data["description"]
    assert data["publisher"]["name"] == "Breachwire"
    assert "mailto:?subject=Quarrybank%20confirms" in text


def test_the_sitemap_names_every_thread(client: TestClient, material: Any) -> None:
    robots = client.get("/robots.txt").text
    assert "Sitemap: https://wire.example/sitemap.xml" in robots
    root = ET.fromstring(client.get("/sitemap.xml").content)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = [loc.text or "" for loc in root.iter(f"{space}loc")]
    for thread in material.threads.values():
        assert any(f"/wire/{thread.id}/" in loc for loc in found)
    for loc in found:
        assert client.get(loc.removeprefix("https://wire.example")).status_code == 200
