"""A reader comes back to the wire: what developed since, and the keys; without JavaScript, days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOUR = 3_600_000


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window with JavaScript."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_what_developed_since_the_last_visit_stands_first(page: Any, wire: Any) -> None:
    page.goto(wire.url)
    since = page.locator("#since")
    assert since.is_hidden()  # a first visit has none before it
    # The last visit ended between two of the stories.
    page.evaluate(
        "localStorage.setItem('breachwire.seen', String(Date.parse('2026-11-05T00:00:00Z')))"
    )
    page.reload()
    headings = since.locator("h3").all_inner_texts()
    page.get_by_role("heading", name="Since your last visit").wait_for()
    assert len(headings) == len(page.locator("main .row").all())  # all were seen by us since then
    before = page.evaluate("localStorage.getItem('breachwire.before')")
    page.reload()  # the same visit goes on
    assert page.evaluate("localStorage.getItem('breachwire.before')") == before
    assert since.locator("h3").all_inner_texts() == headings
    page.evaluate("localStorage.setItem('breachwire.before', String(Date.now()))")
    page.reload()
    page.get_by_role("heading", name="Nothing has developed since your last visit").wait_for()
    assert page.locator(".day-of .row").count() == len(headings)


def test_keys_move_search_and_can_be_turned_off(page: Any, wire: Any) -> None:
    page.goto(wire.url)
    links = page.locator("main .row h3 a")
    focused = "document.activeElement.textContent"
    page.keyboard.press("j")
    assert page.evaluate(focused) == links.nth(0).inner_text()
    page.keyboard.press("j")
    assert page.evaluate(focused) == links.nth(1).inner_text()
    page.keyboard.press("k")
    assert page.evaluate(focused) == links.nth(0).inner_text()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jk/?")  # in a field, keys are letters
    assert page.locator("#q").input_value() == "jk/?"
    page.locator("#q").blur()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.get_by_label("Single keys work").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") != "A"
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") != "A"


def test_without_javascript_the_wire_goes_by_days(browser: Any, wire: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(wire.url)
    assert page.locator("#since").is_hidden()
    assert page.get_by_role("button", name="Keys").is_hidden()
    assert page.locator(".day-of .row").count() > 0
    page.get_by_role("link", name="Trends").click()
    page.get_by_role("heading", name="New incidents", exact=False).first.or_(
        page.get_by_text("New incidents a day")
    ).first.wait_for()
    page.get_by_text("The numbers, day by day").click()
    page.get_by_role("columnheader", name="Confirmed").wait_for()
    context.close()
