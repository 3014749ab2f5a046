"""A thousand of anything, odd names, an empty wire: pages stay whole, and small enough to be sent.

In: a thousand threads, a thread of a thousand reports and changes, names without blanks, a title in
Arabic, written to a store by hand, behind `breachwire serve`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.history import SHOWN
from api.views import REPORTS
from breachwire.model import (
    Change,
    Claim,
    Detail,
    Draft,
    Evidence,
    LedgerClaim,
    Placement,
    Stand,
    Thread,
)
from breachwire.model import thread_id as id_of
from breachwire.store import Store
from nlp import entities
from tests.browser.looking import COVERED, WIDE, Site, violations, weight, window

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "بنك كواري يؤكد سرقة سجلات ١٫٩ مليون عميل عبر المورد Tidewater Sync"
THOUSAND = 1000


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
    changes = [changed(a, n, now) for n, a in enumerate(many)]
    store.save_ledger([a.id for a in (*many, *singles[-2:])], claims, details, changes=changes)
    return big.id, [t.id for t in odd]


def changed(article: Any, n: int, now: datetime) -> Change:
    """The count goes up by one, with each report."""
    quote = Evidence(article.id, "title", 0, len(article.title), article.title)
    before, after = (
        Stand({"number": number, "unit": "customers"}, None, "confirmed", None, None, article.at,
              article.title) if number else None
        for number in (n, n + 1)
    )  # fmt: skip
    at = now - timedelta(minutes=THOUSAND - n)
    return Change(article.id, at, "affected", "People affected", before, after, (quote,))


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


def test_a_thread_of_a_thousand_changes_is_small_and_folds(browser: Any, crowd: Site) -> None:
    """The newest facts, reports and claims stand open; what is older is a click away."""
    path = crowd.paths["thousand reports"]
    assert weight(crowd, path) < 60_000
    with window(browser, crowd, viewport={"width": 320, "height": 640}) as page:
        page.goto(crowd.url + path)
        assert page.locator(".reports > li").locator("visible=true").count() == REPORTS
        page.get_by_text("988 more reports").click()
        page.get_by_text("800 further reports in").wait_for()
        facts = page.locator(".change li")
        assert page.evaluate("document.documentElement.scrollHeight") < 60_000
        shown, all_ = facts.locator("visible=true").count(), facts.count()
        assert 0 < shown < all_ == SHOWN
        page.get_by_text("more facts").first.click()
        assert facts.locator("visible=true").count() > shown
        page.get_by_text("all of them as JSON").wait_for()
        page.locator(".ledger .ev summary").click()
        page.get_by_text("960 older claims in").wait_for()


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
