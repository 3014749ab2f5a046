"""The keyboard on the wire: everything is reached, and what has focus is seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.looking import Site, window

pytestmark = pytest.mark.browser


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Any, site: Site) -> None:
    """The skip link first, then in the order of the page; what has focus is in view and ringed."""
    in_view = """() => { const b = document.activeElement.getBoundingClientRect();
      return b.left >= -1 && b.right <= innerWidth + 1 && b.top >= -1
        && b.bottom <= innerHeight + 1; }"""
    ringed = """() => { const e = document.activeElement, s = getComputedStyle(e);
      return [s.outlineStyle, parseFloat(s.outlineWidth), e.textContent.trim().slice(0, 40)]; }"""
    with window(browser, site, viewport={"width": 320, "height": 640}) as page:
        page.goto(site.url + "/")
        page.keyboard.press("Tab")
        assert page.evaluate(ringed)[2] == "Skip to content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.reload()
        names = []
        for _ in range(24):
            page.keyboard.press("Tab")
            page.wait_for_function(in_view)  # a smooth scroll takes its time
            style, width, name = page.evaluate(ringed)
            assert (style, width >= 2) == ("solid", True), name
            names.append(name)
        assert names[:3] == ["Skip to content", "Breachwire", "Wire"]
        assert "Everything" in names  # the last section, scrolled to
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        assert dialog.evaluate("d => d.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert dialog.is_hidden()
