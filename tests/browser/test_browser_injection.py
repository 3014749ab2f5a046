"""The whole corpus in a real browser: nothing runs, nobody else is asked.

In: a store in which every word of others is hostile (`tests.injected`), behind `breachwire serve`;
a mail made of the same words. Out: what ran, and who was asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.browser.looking import OPEN, Site, window
from tests.injected import PAYLOADS, filled

pytestmark = pytest.mark.browser

PLANT = "window.ran = () => { ran_in(location.href); };"
WAIT = "() => new Promise(done => setTimeout(done, 50))"
"""Handlers of images and of focus come after the page has loaded."""


def test_nothing_runs_and_nobody_else_is_asked(browser: Any, serving: Any, tmp_path: Path) -> None:
    ran: list[str] = []
    with serving(tmp_path / "wire.sqlite3") as wire:
        threads = filled(wire.store)
        site = Site(wire.url, {}, [])
        paths = ["/", "/?kind=all", "/sources", "/storyline/s1", "/corrections", "/trends"]
        paths += [f"/wire/{t.id}" for t in threads]
        paths += [f"/wire/{t.id}/v/1" for t in threads[:1]]
        paths += [f"/search?q={quote(p)}" for p in PAYLOADS[::6]]
        paths += [f"/related?url={quote(p)}" for p in PAYLOADS[::12]]
        paths += [f"/victim/{quote(p, safe='')}" for p in PAYLOADS[::12]]
        with window(browser, site) as page:
            page.expose_function("ran_in", lambda where: ran.append(where))
            page.add_init_script(PLANT)
            page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
            for path in paths:
                page.goto(wire.url + path)
                page.evaluate(OPEN)
                page.evaluate(WAIT)
            hosts = {urlsplit(one).netloc for one in page.asked if not one.startswith("data:")}
    assert ran == []
    assert hosts == {urlsplit(site.url).netloc}


def test_the_trap_works(browser: Any) -> None:
    """A page that escapes nothing is found out by the same means."""
    ran: list[str] = []
    with window(browser, Site("", {}, [])) as page:
        page.expose_function("ran_in", lambda where: ran.append(where))
        page.add_init_script(PLANT)
        page.goto("about:blank")
        page.set_content("<img src=x onerror=ran()><script>ran()</script>")
        page.evaluate(WAIT)
    assert len(ran) == 2
