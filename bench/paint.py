"""First paint, bytes and requests of each kind of page, in Debian's Chromium, of a running server.

In: the address of a wire (`breachwire demo`, `serve`). Out: a JSON line a kind of page, the median
of five visits with an empty cache: milliseconds to the first contentful paint and from the request
to the answer's last byte, requests, bytes of the page alone and of all as they were sent. On this
machine: no network is in the figure.

    python -m bench.paint http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
import urllib.request
from typing import Any

VISITS = 5
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
MEASURE = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const all = [page, ...performance.getEntriesByType('resource')];
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  return {paint: paint ? paint.startTime : null, answer: page.responseEnd - page.requestStart,
    requests: all.length, page: page.encodedBodySize,
    all: all.reduce((sum, one) => sum + one.encodedBodySize, 0)};
}"""
PAINTED = """() => new Promise(done => { const look = () =>
  performance.getEntriesByName('first-contentful-paint').length
    ? done() : requestAnimationFrame(look);
  look(); })"""
STANDING = {
    "wire": "/",
    "section": "/?section=Breaches",
    "search": "/search?q=ransomware",
    "trends": "/trends",
    "sources": "/sources",
    "corrections": "/corrections",
    "about": "/about",
    "watch": "/watch",
    "not here": "/nothing/here",
}


def pages(base: str) -> dict[str, str]:
    """The path of each kind: the longest of twenty threads, and entities that it leads to."""
    with urllib.request.urlopen(f"{base}/api/v1/threads?limit=20") as answer:
        rows = json.load(answer)["threads"]
    texts = {}
    for row in rows:
        path = "/" + row["url"].split("/", 3)[3]
        with urllib.request.urlopen(base + path) as answer:
            texts[path] = answer.read().decode()
    longest = max(texts, key=lambda path: len(texts[path]))
    found = {**STANDING, "thread (the longest)": longest}
    for kind in ("victim", "actor", "third-party", "cve", "storyline"):
        if linked := re.search(rf"/{kind}/[\w.-]+", "".join(texts.values())):
            found[kind] = linked[0]
    return found


def visit(browser: Any, url: str) -> dict[str, float]:
    """One visit with nothing cached."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.evaluate(PAINTED)
    measured: dict[str, float] = page.evaluate(MEASURE)
    context.close()
    return measured


def main(base: str) -> None:
    """Visit and print."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for kind, path in pages(base).items():
            visits = [visit(browser, base + path) for _ in range(VISITS)]
            median = {key: statistics.median(one[key] for one in visits) for key in visits[0]}
            print(json.dumps({
                "bench": kind, "first_paint_ms": round(median["paint"]),
                "answer_ms": round(median["answer"], 1), "requests": int(median["requests"]),
                "page_bytes": int(median["page"]), "all_bytes": int(median["all"]),
            }), flush=True)  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
