"""What tests of pages share: a window that notes what it asked for, axe, measures in the page.

In: a browser, a `Site`. Out: pages, lists of what is wrong, a line each.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {
    "runOnly": {"type": "tag", "values": RULES},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
OPEN = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"
WIDE = "() => document.documentElement.scrollWidth"
COVERED = """() => {
  // A line of text that another line lies on: their boxes share more than a hair.
  const texts = 'main :is(h1, h2, h3, p, dt, dd, td, th, summary), .mast a';
  const clipped = e => e && (getComputedStyle(e).clipPath !== 'none' || clipped(e.parentElement));
  const own = [...document.querySelectorAll(texts)]
    .filter(e => e.checkVisibility() && !e.closest('svg, details:not([open])') && !clipped(e)
      && getComputedStyle(e).display !== 'inline'
      && ![...e.children].some(c => c.matches('p, div, dl, ol, ul, details, h1, h2, h3, table')));
  const boxes = own.map(e => [e, e.getBoundingClientRect()])
    .filter(([_, b]) => b.width > 2 && b.height > 2);
  const found = [];
  for (const [i, [a, p]] of boxes.entries()) for (const [b, q] of boxes.slice(i + 1, i + 40)) {
    if (a.contains(b) || b.contains(a)) continue;
    const x = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (x > 2 && y > 2) found.push([a.outerHTML.slice(0, 70), b.outerHTML.slice(0, 70)]);
  }
  return found.slice(0, 5);
}"""
INLINE = """() => [...document.querySelectorAll('script:not([src]), style, [style]')]
  .filter(e => e.type !== 'application/ld+json')
  .concat([...document.querySelectorAll('*')].filter(e =>
    [...e.attributes].some(a => a.name.startsWith('on'))))
  .map(e => e.outerHTML.slice(0, 80))"""


@dataclass
class Site:
    """A running server, and the paths of its pages by kind."""

    url: str
    paths: dict[str, str]
    cookies: list[dict[str, str]]
    """An editor's session."""

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Name and path of each page, once: one thread may be the longest and have a map."""
        return [(name, path) for path, name in {p: n for n, p in self.paths.items()}.items()]


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body, errors' too."""
    asked = urllib.request.Request(url, headers={"Accept": "text/html", **headers})
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


@contextmanager
def window(browser: Any, site: Site, **options: Any) -> Iterator[Any]:
    """A page that notes what it asked for and what its console said."""
    context = browser.new_context(**options)
    context.set_default_timeout(60_000)
    context.add_cookies(site.cookies)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda one: page.asked.append(one.url))
    page.on("console", lambda one: page.said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


def violations(page: Any) -> list[str]:
    """What axe finds, a line each: rule, first element."""
    api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    found = api.Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def weight(site: Site, path: str) -> int:
    """Bytes of a page and its style as they go over the wire."""
    style = re.search(rb"/static/style\.css\?v=\w+", get(site.url + path)[1])
    assert style is not None
    return _sent(site.url + path) + _sent(site.url + style[0].decode())


def _sent(url: str) -> int:
    _, body = get(url, **{"Accept-Encoding": "gzip"})
    assert body[:2] == b"\x1f\x8b", url
    return len(body)
