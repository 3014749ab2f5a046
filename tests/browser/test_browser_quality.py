"""Every kind of page: axe, the HTML validator, 320 pixels, 200 % zoom, no request to anyone else.

In: the demonstration's stories, an empty wire, and a crowd (a thousand threads, a thread of a
thousand reports, names without blanks, a title in Arabic), each behind `breachwire serve`.
The validator is vnu's jar (`make vnu`); its test is skipped where Java or the jar is missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

import numpy as np
import pytest

from breachwire.demo import corpus
from breachwire.model import Claim, Detail, Draft, Evidence, LedgerClaim, Placement, Thread
from breachwire.model import thread_id as id_of
from breachwire.store import Store
from nlp import entities

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
VNU = Path(os.environ.get("BREACHWIRE_VNU", ROOT / ".venv" / "vnu" / "vnu.jar"))
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
MAIL = {
    "base_url": "https://wire.example",
    "smtp_host": "127.0.0.1",
    "smtp_port": "2525",
    "mail_from": "Wire <wire@wire.example>",
    "mail_imprint": "Breachwire, 1 Example Street, Vienna",
}
"""Nothing is sent: with a mail server named, the pages on mail are whole."""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "بنك كواري يؤكد سرقة سجلات ١٫٩ مليون عميل عبر المورد Tidewater Sync"
THOUSAND = 1000


@dataclass
class Site:
    """A running server, and the paths of its pages by kind."""

    url: str
    paths: dict[str, str]
    cookies: list[dict[str, str]]
    """An editor's session."""


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body, errors' too."""
    asked = urllib.request.Request(url, headers={"Accept": "text/html", **headers})
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


@pytest.fixture(scope="module")
def site(browser: Any, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's stories, with every kind of page."""
    db = tmp_path_factory.mktemp("demonstration") / "wire.sqlite3"
    with serving(db, **MAIL) as wire:
        lines = [json.dumps(one) + "\n" for one in corpus.items() if told_of(one)]
        for part in (lines[:-15], lines[-15:]):  # the second lets briefs have two versions
            (db.parent / "items.jsonl").write_text("".join(part), "utf-8")
            wire.run("import", str(db.parent / "items.jsonl"))
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{wire.url}/edit")
        secret = wire.run("token", "create", "Ida", "--scope", "edit", "--expires", "1d").strip()
        page.get_by_label("Token").fill(secret)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name="Unsure joins").wait_for()
        page.goto(f"{wire.url}/watch")
        page.locator("#names").fill("Spindlewick, supplier\nGilt Magpie\nNobody Known\n!!!")
        page.get_by_role("button", name="Watch these").click()
        watched = urlsplit(page.locator("a.hash").first.get_attribute("href")).path
        yield Site(wire.url, {**paths(wire.url), "watch list": watched}, context.cookies())
        context.close()


def told_of(item: dict[str, Any]) -> bool:
    """Storylines and flaws: half the corpus has every kind of page."""
    return bool(item["storylines"]) or "CVE-" in item["title"] + item["content"]


def paths(url: str) -> dict[str, str]:
    """A path of each kind of page, found in what the server says of itself."""
    _, body = get(f"{url}/api/v1/threads?limit=50", Accept="application/json")
    pages = {}
    for row in json.loads(body)["threads"]:
        path = urlsplit(row["url"]).path
        pages[path] = get(url + path)[1].decode()
    signs = {"chart": 'class="chart"', "map": 'class="map"', "timeline": 'class="line-of"',
             "indicators": 'class="iocs"'}  # fmt: skip
    found = {
        f"thread with {name}": max(
            (p for p, text in pages.items() if sign in text), key=lambda p: len(pages[p])
        )
        for name, sign in signs.items()
    }
    found["longest thread"] = max(pages, key=lambda p: len(pages[p]))
    found["shortest thread"] = min(pages, key=lambda p: len(pages[p]))
    text = "".join(pages.values())
    for kind in ("victim", "actor", "third-party", "cve", "storyline"):
        linked = re.search(rf"/{kind}/[\w.-]+", text)
        assert linked is not None, kind
        found[kind] = linked[0]
    read = next(filter(told_of, corpus.items()))["url"]
    changed = re.search(r"/wire/[\w-]+/v/\d+\.\.\d+", text)
    assert changed is not None
    found["difference"] = changed[0]
    id_ = found["thread with chart"].split("/")[2]
    other = found["shortest thread"].split("/")[2]
    return found | {
        "wire": "/", "everything": "/?kind=all", "section": "/?section=Ransomware",
        "search": "/search", "results": "/search?q=ransomware",
        "nothing found": "/search?q=zzyzx+quux", "wrong search": "/search?q=a&since=soon",
        "trends": "/trends", "sources": "/sources", "corrections": "/corrections",
        "about": "/about", "versions": f"/wire/{id_}/v/all", "version": f"/wire/{id_}/v/1",
        "report": f"/report?thread={id_}",
        "related": "/related", "related to": f"/related?url={quote(read)}",
        "subscribe": "/subscribe", "newsletter": "/newsletter",
        "watch": "/watch", "log in": "/edit/login", "unsure": "/edit",
        "editor's thread": f"/edit/thread/{id_}", "sign off": f"/edit/brief/{id_}",
        "explain": f"/edit/explain?a={id_}&b={other}", "audit log": "/edit/log",
        "error reports": "/edit/reports", "not here": "/nothing/here", "wrong": "/?kind=nonsense",
    }  # fmt: skip


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


def test_axe_finds_nothing_on_any_page(browser: Any, site: Site) -> None:
    """Light and dark, 1200 and 320 pixels, everything unfolded; nothing hangs out of the page."""
    wrong = []
    with window(browser, site) as page:
        for name, path in site.paths.items():
            page.set_viewport_size({"width": 1200, "height": 900})
            page.goto(site.url + path)
            page.evaluate(OPEN)
            for width, scheme in ((1200, "light"), (1200, "dark"), (320, "dark"), (320, "light")):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                if page.evaluate(WIDE) > width:
                    wrong.append(f"{name}, {width} px: {page.evaluate(WIDE)} wide")
                wrong += [f"{name}, {width} px, {scheme}: {one}" for one in violations(page)]
            if path == "/":
                page.keyboard.press("?")
                wrong += [f"keys: {one}" for one in violations(page)]
    assert wrong == []


def test_nothing_but_the_pages_own_and_no_word_on_the_console(browser: Any, site: Site) -> None:
    """No request to another host, no inline script or style, nothing that the policy forbids; at
    200 % zoom (640 CSS pixels, two device pixels each) no scrolling sideways, no lines covered."""
    wrong = []
    zoomed = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
    with window(browser, site, **zoomed) as page:
        for name, path in site.paths.items():
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


def test_the_validator_finds_nothing(site: Site, tmp_path: Path) -> None:
    """HTML, CSS and SVG by vnu, offline, in one call each."""
    if shutil.which("java") is None or not VNU.exists():
        pytest.skip("no Java or no vnu.jar: `make vnu` fetches the jar")
    for name, path in site.paths.items():
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in site.cookies)
        _, body = get(site.url + path, Cookie=cookie)
        (tmp_path / f"{re.sub('[^a-z]+', '-', name)}.html").write_bytes(body)
    static = ROOT / "api" / "static"
    calls = {
        "html": ["--skip-non-html", str(tmp_path)],
        "css": ["--css", *map(str, static.glob("*.css"))],
        "svg": ["--svg", *map(str, static.glob("*.svg"))],
    }
    wrong = {}
    for kind, args in calls.items():
        done = subprocess.run(
            ["java", "-Xmx512m", "-jar", str(VNU), "--errors-only", "--format", "json", *args],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        told = json.loads(done.stderr)["messages"]
        wrong[kind] = [(one["url"].rpartition("/")[2], one["message"]) for one in told]
    assert wrong == {"html": [], "css": [], "svg": []}


def test_a_thread_is_small_on_its_way(site: Site) -> None:
    """HTML and style together under 60 kB as they are sent, the demonstration's longest too."""
    path = site.paths["longest thread"]
    page = sent(site.url + path)
    style = re.search(rb"/static/style\.css\?v=\w+", get(site.url + path)[1])
    assert style is not None
    assert page + sent(site.url + style[0].decode()) < 60_000


def sent(url: str) -> int:
    """Bytes of a body as they go over the wire."""
    _, body = get(url, **{"Accept-Encoding": "gzip"})
    assert body[:2] == b"\x1f\x8b", url
    return len(body)


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


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Any, site: Site) -> None:
    """The skip link first, then in the order of the page; what has focus is in view and ringed."""
    ringed = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
      const s = getComputedStyle(e);
      return [s.outlineStyle, parseFloat(s.outlineWidth), b.left >= -1 && b.right <= innerWidth + 1,
        b.top >= -1 && b.bottom <= innerHeight + 1, e.textContent.trim().slice(0, 40)]; }"""
    with window(browser, site, viewport={"width": 320, "height": 640}) as page:
        page.goto(site.url + "/")
        page.keyboard.press("Tab")
        assert page.evaluate(ringed)[4] == "Skip to content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.reload()
        names = []
        for _ in range(24):
            page.keyboard.press("Tab")
            page.wait_for_timeout(60)
            style, width, across, down, name = page.evaluate(ringed)
            for _ in range(50):  # on a busy machine a smooth scroll takes its time
                if across and down:
                    break
                page.wait_for_timeout(60)
                style, width, across, down, name = page.evaluate(ringed)
            assert (style, width >= 2, across, down) == ("solid", True, True, True), name
            names.append(name)
        assert names[:3] == ["Skip to content", "Breachwire", "Wire"]
        assert "Everything" in names  # the last section, scrolled to
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        assert dialog.evaluate("d => d.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert dialog.is_hidden()


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


@pytest.fixture(scope="module")
def crowd(browser: Any, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A thousand threads; the newest have hostile headlines, one has a thousand reports."""
    db = tmp_path_factory.mktemp("crowd") / "wire.sqlite3"
    with serving(db) as wire:
        big, odd = fill(wire.store)
        yield Site(
            wire.url,
            {"crowded wire": "/", "everything": "/?kind=all", "thousand reports": f"/wire/{big}",
             "trends": "/trends", "search": "/search?q=breached",
             **{f"odd name {n}": f"/wire/{id_}" for n, id_ in enumerate(odd)},
             "long victim": f"/victim/{LONG.lower().replace('ä', 'a')}"},
            [],
        )  # fmt: skip


def fill(store: Store) -> tuple[str, list[str]]:
    """Write the crowd; the id of the thread of a thousand, those of the odd names."""
    now = datetime.now(UTC).replace(microsecond=0)
    titles = [f"Company number {n} was breached" for n in range(THOUSAND - 2)] + [ARABIC, LONG]
    singles = take(store, titles, now - timedelta(days=40), "single")
    counts = [f"Quarrybank says {n + 1:,} customers were affected" for n in range(THOUSAND)]
    many = take(store, counts, now - timedelta(days=41), "many")
    threads = [
        Thread(id_of(a.id), a.title, "breach", "Breaches", a.at, a.at, a.at, 1, 1) for a in singles
    ]
    big = Thread(
        id_of(many[0].id), many[-1].title, "breach", "Breaches", many[0].at, now, now,
        THOUSAND, THOUSAND,
    )  # fmt: skip
    rows = [(placed(a, t.id, "opens"), vector(a.id)) for a, t in zip(singles, threads, strict=True)]
    rows += [(placed(a, big.id, "joins" if n else "opens"), vector(a.id))
             for n, a in enumerate(many)]  # fmt: skip
    store.place("hand-made", rows, [*threads, big])
    odd = threads[-2:]
    told = {big.id: [affected(a, n, big.id) for n, a in enumerate(many)]}
    told |= {t.id: [named(a, t.id)] for a, t in zip(singles[-2:], odd, strict=True)}
    details = {id_: [one_detail(own)] for id_, own in told.items()}
    claims = [claim for own in told.values() for claim in own]
    store.save_ledger([a.id for a in (*many, *singles[-2:])], claims, details)
    return big.id, [t.id for t in odd]


def take(store: Store, titles: list[str], start: datetime, kind: str) -> list[Any]:
    """An article a title, an hour apart."""
    drafts = [
        Draft(
            url=f"https://outlet{n}.example/{kind}", title=title, text=f"{title}. {words_of(n)}.",
            keys=(f"outlet{n}.example/{kind}",), lead=title, source=f"Outlet {n}",
            published=start + timedelta(minutes=50 * n),
        )
        for n, title in enumerate(titles)
    ]  # fmt: skip
    return [one.article for one in store.take([(draft, None) for draft in drafts], start)]


def words_of(n: int) -> str:
    """Sixty words that hardly two articles have in a row."""
    return " ".join(f"word{(n * 37 + i * i) % 4999}" for i in range(60))


def vector(number: int) -> Any:
    return np.random.default_rng(number).normal(size=384).astype(np.float32)


def placed(article: Any, thread: str, method: str) -> Placement:
    role: Any = "first_report" if method == "opens" else "follow_up"
    return Placement(article.id, thread, role, 1.0, method, "made by hand", "breach")


def affected(article: Any, n: int, thread: str) -> LedgerClaim:
    value = {"number": n + 1, "unit": "customers"}
    return claimed(article, thread, "affected", value, f"{n + 1:,} customers")


def named(article: Any, thread: str) -> LedgerClaim:
    name = article.title.split(" ")[0] if article.title == LONG else article.title[:13]
    return claimed(article, thread, "victim", name, name)


def claimed(article: Any, thread: str, field: Any, value: Any, words: str) -> LedgerClaim:
    start = article.title.index(words)
    quote = Evidence(article.id, "title", start, start + len(words), words)
    whole = Evidence(article.id, "title", 0, len(article.title), article.title)
    claim = Claim(field, value, None, "confirmed", None, None, None, quote, whole)
    return LedgerClaim(claim, thread, article.at, article.first_seen_at)


def one_detail(claims: list[LedgerClaim]) -> Detail:
    """The newest claim leads."""
    newest = claims[-1]
    label = "People affected" if newest.claim.field == "affected" else "Victim"
    party = (
        entities.party("victim", claims, str(newest.claim.value), "confirmed")
        if newest.claim.field == "victim" else None
    )  # fmt: skip
    return Detail(
        newest.claim.field, label, newest.claim.value, None, "confirmed", None,
        newest.said_at,
        tuple(reversed(claims)), newest, None, party,
    )  # fmt: skip


def test_a_thousand_of_anything_and_odd_names_fit(browser: Any, crowd: Site) -> None:
    """At 320 pixels and in wide windows; axe finds nothing; pages stay small enough to be sent."""
    wrong = []
    with window(browser, crowd) as page:
        for name, path in crowd.paths.items():
            for width in (1200, 320):
                page.set_viewport_size({"width": width, "height": 900})
                answer = page.goto(crowd.url + path)
                assert answer.status == 200, (name, path)
                if page.evaluate(WIDE) > width:
                    wrong.append(f"{name}, {width} px: {page.evaluate(WIDE)} wide")
                wrong += [f"{name}, covered: {one}" for one in page.evaluate(COVERED)]
                if name != "thousand reports":  # the same elements, and a minute of axe's time
                    wrong += [f"{name}, {width} px: {one}" for one in violations(page)]
    assert wrong == []


def test_a_title_in_arabic_reads_from_the_right(browser: Any, crowd: Site) -> None:
    with window(browser, crowd) as page:
        page.goto(crowd.url)
        row = page.locator(".row h3").filter(has_text=ARABIC)
        assert row.evaluate("e => getComputedStyle(e).direction") == "rtl"
        row.locator("a").click()
        heading = page.get_by_role("heading", level=1)
        assert heading.evaluate("e => getComputedStyle(e).direction") == "rtl"
        # The page around it stays as it is.
        assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "ltr"


def test_an_empty_wire_is_a_whole_page(browser: Any, serving: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "wire.sqlite3") as wire:
        site = Site(wire.url, {}, [])
        with window(browser, site, viewport={"width": 320, "height": 640}) as page:
            for path in ("/", "/?kind=all", "/trends", "/sources", "/corrections", "/search?q=a"):
                page.goto(wire.url + path)
                assert page.evaluate(WIDE) <= 320, path
                assert violations(page) == [], path
