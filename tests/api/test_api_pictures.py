"""Pictures say what the lists beside them say; what programs read of a page."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from api import lines, pictures


def events(*days: str) -> list[dict[str, Any]]:
    return [{"at": day} for day in days]


def test_events_stand_to_scale() -> None:
    wide, phone = lines.lines(events("2026-01-01", "2026-01-11", "2026-01-21"))
    assert [mark.x for mark in wide.marks] == [8.0, 320.0, 632.0]
    assert [mark.x for mark in phone.marks] == [8.0, 160.0, 312.0]
    assert [mark.anchor for mark in wide.marks] == ["start", "middle", "end"]
    assert wide.summary == "3 dated events from 1 January 2026 to 21 January 2026"


def test_dates_in_words_never_run_into_one_another() -> None:
    days = [f"2026-03-{day:02d}" for day in range(1, 31)]
    for line, most in zip(lines.lines(events(*days)), (4, 2), strict=True):
        assert line.marks[0].label == "1 March 2026"
        assert line.marks[-1].label == "30 March 2026"
        shown = [extent(mark) for mark in line.marks if mark.label]
        assert len(shown) >= most
        assert all(b[0] > a[1] for a, b in itertools.pairwise(shown))
        assert all(a >= 0 and b <= line.width for a, b in shown)


def extent(mark: lines.Mark) -> tuple[float, float]:
    """Where its date begins and ends, seven units a letter."""
    long = 7 * len(mark.label or "")
    left = mark.x - {"start": 0.0, "middle": long / 2, "end": long}[mark.anchor]
    return left, left + long


@pytest.mark.parametrize("days", [[], ["2026-01-01"], ["2026-01-01", "2026-01-01T09:00:00+00:00"]])
def test_a_single_day_is_no_line(days: list[str]) -> None:
    assert lines.lines(events(*days)) == ()


def test_months_and_years_stand_at_their_first_day() -> None:
    line, _ = lines.lines(events("2025", "2025-07", "2026-01-01"))
    assert line.marks[0].x == 8.0
    assert line.marks[1].x == pytest.approx(8 + 181 / 365 * 624, abs=0.1)


def test_the_map_ties_actor_supplier_and_victim(material: Any) -> None:
    ids = [material.threads[nick].id for nick in ("bank", "supplier")]
    found = pictures.storyline(material.store, ids)
    assert found is not None
    for drawing in (found.wide, found.phone):
        assert {(node.column, node.name) for node in drawing.nodes} == {
            ("actor", "Salt Heron"), ("third_party", "Tidewater Sync"), ("victim", "Quarrybank"),
            ("victim", "Tidewater Sync"),
        }  # fmt: skip
        assert len(drawing.ties) == 2  # actor to supplier, supplier to the bank
    assert [thread.id for thread, _ in found.rows] == ids[::-1]
    assert found.rows[1][1]["victim"] == [("Quarrybank", "/victim/quarrybank")]
    assert pictures.storyline(material.store, []) is None


def test_the_maps_names_and_arcs_stay_inside_it(material: Any) -> None:
    found = pictures.storyline(material.store, [t.id for t in material.threads.values()])
    assert found is not None
    for drawing in (found.wide, found.phone):
        assert all(n.x >= 0 and n.end <= drawing.width for n in drawing.nodes)
        assert all(n.y < drawing.height for n in drawing.nodes)
        places = [(n.x, n.y) for n in drawing.nodes]
        assert len(set(places)) == len(places)
    for path in found.phone.ties:
        x, out = (float(n) for n in re.findall(r"[MC]([\d.-]+)", path))
        assert x - (x - out) * 0.75 >= 0


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
