"""A list of suppliers in a real browser without JavaScript: made, read, changed, erased; and one
article that changes a ledger while the list is watched."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

FOLLOW_UP = {
    "url": "https://harbor.example/quarrybank-count",
    "title": "Quarrybank says 2.2 million customers were affected by the intrusion",
    "summary": "Quarrybank raised its count.",
    "content": "Quarrybank said on Friday that 2.2 million customers were affected by the intrusion"
    " at its supplier Tidewater Sync, up from 1.9 million. Names and payment cards were stolen, the"
    " bank said. It has notified the people affected.",
    "source": "Harbor Ledger",
    "published": "2026-11-13T09:00:00+00:00",
}
WIDE = "() => document.documentElement.scrollWidth"


@pytest.fixture(params=[320, 1100])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A window without JavaScript."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": request.param, "height": 900}
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def items(address: str) -> dict[str, dict[str, Any]]:
    """A JSON Feed's entries by id."""
    with urllib.request.urlopen(address) as answer:
        return {one["id"]: one for one in json.load(answer)["items"]}


def test_a_list_from_birth_to_end(page: Any, wire: Any, tmp_path: Path) -> None:
    page.goto(f"{wire.url}/watch")
    page.locator("#names").fill("Tidewater Sync Ltd\nNobody\n!!!")
    file = tmp_path / "more.csv"
    file.write_text("company;country\nMillbrook General Hospital;NO\n", "utf-8")
    page.get_by_label("a text or CSV file").set_input_files(file)
    page.get_by_label("Your name for it").fill("Mine")
    page.get_by_role("button", name="Watch these").click()
    page.get_by_text("Line 3, “!!!”: no name in it.").wait_for()
    page.get_by_text("3 names; 2 of them in 2 threads now.").wait_for()
    assert page.evaluate(WIDE) <= page.viewport_size["width"]
    address = page.locator("a.hash").get_attribute("href")
    before = items(f"{address}.json")

    line = tmp_path / "follow-up.jsonl"
    line.write_text(json.dumps(FOLLOW_UP) + "\n", "utf-8")
    wire.run("import", str(line))
    after = items(f"{address}.json")
    (new,) = (one for id, one in after.items() if id not in before)
    assert "2,200,000 customers (confirmed)" in new["content_html"]
    assert "Watched for: Tidewater Sync Ltd: " in new["content_html"]
    assert {id: after[id]["date_modified"] for id in before} == {
        id: one["date_modified"] for id, one in before.items()
    }

    page.goto(address)
    page.locator("#names").fill("Quarrybank")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 name; 1 of them in 1 thread now.").wait_for()
    page.get_by_label("Delete this for good").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Deleted, for good.").wait_for()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        items(f"{address}.json")


def test_a_search_is_saved_where_it_was_made(page: Any, wire: Any) -> None:
    page.goto(f"{wire.url}/search?q=hospital+ransomware")
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("link", name="Millbrook hospital diverts").first.wait_for()
    assert page.evaluate(WIDE) <= page.viewport_size["width"]
    assert len(items(page.locator("a.hash").get_attribute("href") + ".json")) == 1
