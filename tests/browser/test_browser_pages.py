"""Every kind of page: axe, 320 pixels, 200 % zoom, no request to anyone else, paper, no scripts.

In: the demonstration's stories behind `breachwire serve`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.looking import COVERED, INLINE, OPEN, WIDE, Site, violations, weight, window

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page(browser: Any, site: Site) -> None:
    """Light and dark, 1200 and 320 pixels, everything unfolded; nothing hangs out of the page."""
    wrong = []
    with window(browser, site) as page:
        for name, path in site.pages:
            page.goto(site.url + path)
            page.evaluate(OPEN)
            wrong += [f"{name}, {one}" for one in looked_at(page)]
    assert wrong == []


def test_axe_finds_nothing_on_the_wire_of_one_who_comes_back(browser: Any, site: Site) -> None:
    """What developed since the last visit stands first; then the help with the keys over it."""
    with window(browser, site) as page:
        page.goto(site.url)
        page.evaluate("localStorage.setItem('breachwire.before', String(Date.now() - 864e5 * 4))")
        page.reload()
        page.get_by_role("heading", name="Since your last visit").wait_for()
        assert list(looked_at(page)) == []
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keys").wait_for()
        assert list(looked_at(page)) == []


def looked_at(page: Any) -> Iterator[str]:
    """What is wrong with a page at both widths, in both schemes."""
    for width, scheme in ((1200, "light"), (1200, "dark"), (320, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if page.evaluate(WIDE) > width:
            yield f"{width} px: {page.evaluate(WIDE)} wide"
        yield from (f"{width} px, {scheme}: {one}" for one in violations(page))


def test_nothing_but_the_pages_own_and_no_word_on_the_console(browser: Any, site: Site) -> None:
    """No request to another host, no inline script or style, nothing that the policy forbids; at
    200 % zoom (640 CSS pixels, two device pixels each) no scrolling sideways, no lines covered."""
    wrong = []
    zoomed = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
    with window(browser, site, **zoomed) as page:
        for name, path in site.pages:
            page.goto(site.url + path)
            wrong += [f"{name}, inline: {one}" for one in page.evaluate(INLINE)]
            if page.evaluate(WIDE) > 640:
                wrong.append(f"{name}: {page.evaluate(WIDE)} wide")
            wrong += [f"{name}, covered: {one}" for one in page.evaluate(COVERED)]
            # The browser notes each error page itself; anything else is ours.
            own = [line for line in page.said if "status of 4" not in line]
            wrong += [f"{name}, console: {line}" for line in own]
            page.said.clear()
        hosts = {urlsplit(one).netloc for one in page.asked if not one.startswith("data:")}
    assert wrong == []
    assert hosts == {urlsplit(site.url).netloc}


def test_a_thread_is_small_on_its_way(site: Site) -> None:
    """HTML and style together under 60 kB as they are sent, the demonstration's longest too."""
    assert weight(site, site.paths["longest thread"]) < 60_000


def test_without_javascript_everything_can_be_read(browser: Any, site: Site) -> None:
    """Evidence unfolds, the search answers, sections change, buttons that need it are absent."""
    with window(browser, site, java_script_enabled=False) as page:
        page.goto(site.url + site.paths["thread with chart"])
        assert page.locator(".copy").is_hidden()
        first = page.locator(".signal .ev").first
        assert first.locator("blockquote").first.is_hidden()
        first.locator("summary").click()
        assert first.locator("blockquote").first.is_visible()
        page.get_by_role("link", name="Back to Wire").click()
        page.get_by_role("link", name="Ransomware", exact=True).click()
        page.get_by_role("heading", name="Ransomware", level=1).wait_for()
        page.get_by_label("Search the wire").fill("Spindlewick")
        page.get_by_role("button", name="Search").click()
        page.locator(".found a").first.wait_for()


def test_who_wants_no_motion_gets_none(browser: Any, site: Site) -> None:
    moves = """() => [getComputedStyle(document.documentElement).scrollBehavior,
      [...document.querySelectorAll('body :not(source)')].map(e => getComputedStyle(e))
        .filter(s => parseFloat(s.transitionDuration) || s.animationName !== 'none').length]"""
    with window(browser, site, reduced_motion="reduce") as page:
        page.goto(site.url + site.paths["thread with chart"])
        assert page.evaluate(moves) == ["auto", 0]


def test_paper_has_the_sources_and_no_buttons(browser: Any, site: Site) -> None:
    """Printed from the dark scheme: dark on white, nothing cut, each report with its address."""
    shade = """() => [getComputedStyle(document.body).backgroundColor,
      ...['.facts', '.badge'].map(s => getComputedStyle(document.querySelector(s)).color)]"""
    with window(browser, site, color_scheme="dark", viewport={"width": 700, "height": 990}) as page:
        page.goto(site.url + site.paths["thread with chart"])
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(WIDE) <= 700
        white, *inks = page.evaluate(shade)
        assert white == "rgb(255, 255, 255)"
        assert all(max(map(int, re.findall(r"\d+", ink)[:3])) < 140 for ink in inks)
        for unused in (".mast nav", ".copy", ".listen", ".foot", ".toc"):
            assert page.locator(unused).first.is_hidden(), unused
        report = page.locator(".reports .title a").first
        printed = report.evaluate("a => getComputedStyle(a, '::after').content")
        assert report.get_attribute("href") is not None
        assert printed.startswith('" <" attr(href)') or "http" in printed
        assert page.locator(".signal .ev summary").first.is_visible()  # whose words they are
