"""Changes, corrections, charts and readers' reports: what the API and the pages say of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.chart import chart
from api.links import thread_path
from api.services import Services
from api.wire_schema import ChangeList, CorrectionList, WireThread
from breachwire.config import Config
from breachwire.model import Change, Correction, Evidence, Stand, Token
from breachwire.model.tokens import digest, new_secret
from breachwire.store import Store
from breachwire.testing import FakeClock

SEEN = datetime(2026, 5, 4, 9, tzinfo=UTC)
SAID = datetime(2026, 5, 3, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert(1)</script> "quoted" \u202egnorw\u2066 & \x07more'
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def people(number: int, status: str, **more: Any) -> Stand:
    value = {"number": number, "unit": "people"}
    values = {"asserter": None, "basis": None, "quote": f"{number} people", "bound": None}
    return Stand(value=value, status=status, said_at=SAID, **values | more)  # type: ignore[arg-type]


@dataclass
class Wire:
    """A reader's browser at the filled store, whose bank has a history."""

    client: TestClient
    store: Store
    material: Any
    clock: FakeClock

    @property
    def bank(self) -> str:
        return str(self.material.threads["bank"].id)

    def page(self) -> str:
        """Its page."""
        thread = self.store.thread(self.bank)
        return str(self.client.get(thread_path(thread.id, thread.headline)).text)

    def report(self, **fields: str) -> Any:
        return self.client.post("/report", data={"thread": self.bank, **fields}, headers=BROWSER)


@pytest.fixture
def wire(store: Store, fill: Callable[..., Any]) -> Wire:
    material = fill(store)
    early, late = (
        material.articles[slug].id for slug in ("quarrybank-offline", "quarrybank-confirms")
    )
    words = Evidence(late, "title", 0, 10, material.articles["quarrybank-confirms"].title[:10])
    opening = people(500, "reported", bound="placeholder")
    count = people(24_937, "confirmed", basis="filing")
    denied = people(24_937, "disputed", asserter="the bank")
    changes = [
        Change(early, SEEN, "affected", "People affected", None, opening, ()),
        Change(late, SEEN + timedelta(days=1), "affected", "People affected", opening, count,
               (words,)),
        Change(late, SEEN + timedelta(days=1), "affected", "People affected", count, denied,
               (words,)),
        Change(early, SEEN + timedelta(days=2), "affected", "People affected", denied, None, (),
               edited=True),
    ]  # fmt: skip
    corrections = [
        Correction(late, SEEN, "notice", None, "", None, None, (words,)),
        Correction(early, SEEN, "edited", "affected", "People <b>", opening, None, ()),
    ]
    store.save_ledger([], [], {}, changes=changes, corrections=corrections)
    services = Services(store=store, config=Config(base_url="https://wire.example"))
    clock = FakeClock()
    app = create_app(lambda: services, clock=clock)
    client = TestClient(app, base_url="https://wire.example", follow_redirects=False)
    return Wire(client, store, material, clock)


# changes


def test_changes_are_told_in_words_newest_first(wire: Wire) -> None:
    answer = wire.client.get(f"/api/v1/threads/{wire.bank}/changes").json()
    ChangeList.model_validate(answer)
    assert [c["text"] for c in answer["changes"]] == [
        "People affected: 24,937 people (disputed, denied by the bank) → withdrawn",
        "People affected: 24,937 people (confirmed) →"
        " 24,937 people (disputed, denied by the bank), said 3 May 2026",
        "People affected: 500 people (a placeholder in a filing, not a count) (reported) →"
        " 24,937 people (confirmed), filed 3 May 2026",
        "New: People affected: 500 people (a placeholder in a filing, not a count) (reported),"
        " said 3 May 2026",
    ]
    assert [c["after"] is None for c in answer["changes"]] == [True, False, False, False]
    assert [c["before"] is None for c in answer["changes"]] == [False, False, False, True]


def test_changes_since_a_time(wire: Wire) -> None:
    def found(since: str) -> int:
        answer = wire.client.get(f"/api/v1/threads/{wire.bank}/changes", params={"since": since})
        assert answer.status_code == 200, answer.text
        return len(answer.json()["changes"])

    assert [found(s) for s in ("2026-05-01", SEEN.isoformat(), "2026-05-05T09:00Z")] == [4, 3, 1]
    assert found((SEEN + timedelta(days=2)).isoformat()) == 0


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "0000"])
def test_a_bad_time_is_a_problem_document(wire: Wire, since: str) -> None:
    answer = wire.client.get(f"/api/v1/threads/{wire.bank}/changes?since={since}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "since" in answer.json()["detail"]


def test_changes_page_by_page(wire: Wire) -> None:
    path, seen, cursor = f"/api/v1/threads/{wire.bank}/changes?limit=3", [], ""
    while True:
        answer = wire.client.get(path + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [c["id"] for c in answer["changes"]]
        if not (cursor := answer["next"] or ""):
            break
    assert seen == ["4", "3", "2", "1"]


def test_a_merged_threads_changes_are_where_it_is(wire: Wire) -> None:
    assert wire.client.get("/api/v1/threads/nope/changes").status_code == 404
    other = wire.material.threads["supplier"]
    bank = wire.store.thread(wire.bank)
    members = wire.store.members([wire.bank])[wire.bank]
    places = wire.store.placements([m.article.id for m in members])
    moved = [replace(p, thread=other.id) for p in places.values()]
    stood: dict[int, str | None] = dict.fromkeys(places, wire.bank)
    wire.store.regroup(
        "merge", "Ida", "one", SEEN, moved, [replace(other, articles=4), bank], {}, stood=stood
    )
    answer = wire.client.get(f"/api/v1/threads/{wire.bank}/changes?since=2026-05-01")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"/api/v1/threads/{other.id}/changes?since=2026-05-01"
    assert len(wire.client.get(answer.headers["location"]).json()["changes"]) == 4


def test_the_page_and_its_other_forms_list_what_changed(wire: Wire) -> None:
    text = wire.page()
    changed = text[text.index('id="changed"') : text.index('id="more"')]
    assert re.findall(r'<time datetime="([\d-]+)">', changed) == ["2026-05-06", "2026-05-03"]
    assert changed.index("withdrawn") < changed.index("3 May 2026") < changed.index("filed")
    assert "denied by the bank)</strong></li>" in changed
    assert changed.count("article edited") == 1
    assert "/about#states" in changed
    document = wire.client.get(f"/api/v1/threads/{wire.bank}").json()
    WireThread.model_validate(document)
    assert [c["id"] for c in document["changes"]] == ["4", "3", "2", "1"]
    path = document["url"].removeprefix("https://wire.example")
    marked = wire.client.get(f"{path}.md?full").text
    assert "## What changed" in marked
    assert marked.index("## Timeline") < marked.index("## What changed")


def test_the_feed_has_a_notice_for_each_article_that_changed_the_ledger(wire: Wire) -> None:
    path = wire.client.get(f"/api/v1/threads/{wire.bank}").json()["url"]
    feed = ET.fromstring(
        wire.client.get(f"{path.removeprefix('https://wire.example')}.atom").content
    )
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    own = f"tag:wire.example,2026:{wire.bank}"
    change = own.replace(own.rpartition(":")[2], "change")
    assert ids == [own, f"{change}/4", f"{change}/2", f"{change}/1"]
    title = entries[2].findtext(f"{ATOM}title") or ""
    assert title.endswith("and 1 more")
    assert entries[0].findtext(f"{ATOM}updated") == (SEEN + timedelta(days=2)).isoformat()


# corrections


def test_corrections_are_listed_with_what_was_said(wire: Wire) -> None:
    answer = wire.client.get("/api/v1/corrections?limit=1").json()
    CorrectionList.model_validate(answer)
    (first,) = answer["corrections"]
    assert (first["kind"], first["before_quote"], first["after"]) == ("edited", "500 people", None)
    assert first["thread"]["id"] == wire.bank
    rest = wire.client.get(f"/api/v1/corrections?limit=1&cursor={answer['next']}").json()
    assert [c["kind"] for c in rest["corrections"]] == ["notice"]
    assert rest["next"] is None


def test_the_corrections_page(wire: Wire) -> None:
    assert 'href="/corrections"' in wire.client.get("/").text
    text = wire.client.get("/corrections").text
    assert "It does not say this any more." in text
    assert "People &lt;b&gt;" in text
    assert "Edited without a notice" in text
    assert "being written anew" not in text
    wire.store.save_ledger([], [], {wire.bank: ()})
    assert "being written anew" in wire.client.get("/corrections").text
    assert wire.client.get("/corrections?cursor=x").status_code == 400


def test_a_page_behind_its_sources_says_so(wire: Wire) -> None:
    told = "it is being written anew"
    wire.store.save_briefs([wire.store.briefs([wire.bank])[wire.bank]])
    assert told not in wire.page()
    wire.store.save_ledger([], [], {wire.bank: ()})
    assert told in wire.page()


# charts


def detail(*figures: tuple[int, int, str]) -> dict[str, Any]:
    claims = [
        {
            "value": {"number": number, "unit": "people"},
            "first_said": (SAID + timedelta(days=day)).isoformat(),
            "status": status,
            "asserter": None,
            "evidence": {"outlet": "Harbor Ledger", "url": "https://ledger.example/1"},
        }
        for day, number, status in figures
    ]
    lead = claims[-1]["value"] if claims else None
    return {"field": "affected", "label": "People affected", "value": lead, "bound": None,
            "claims": claims[::-1]}  # fmt: skip


def test_one_figure_has_no_chart() -> None:
    assert chart(detail((0, 500, "reported"), (3, 500, "confirmed"))) is None
    assert chart({**detail((0, 1, "reported"), (1, 2, "reported")), "field": "victim"}) is None


def test_a_chart_is_true_to_scale() -> None:
    drawn = chart(detail((0, 500, "reported"), (5, 1_000, "claimed"), (10, 2_000, "confirmed")))
    assert drawn is not None
    left, middle, right = drawn.points
    assert middle.x - left.x == right.x - middle.x
    heights = [round(104 - point.y) for point in drawn.points]
    assert heights == [20, 40, 80]
    assert [p.label for p in drawn.points] == ["500", "1,000", "2,000"]
    assert drawn.summary == "People affected: from 500 people to 2,000 people, 3 figures"


def test_figures_of_one_moment_do_not_run_into_each_other() -> None:
    drawn = chart(detail((0, 500, "reported"), (0, 900, "claimed"), (90, 2_000, "confirmed"),
                         (91, 0, "reported")))  # fmt: skip
    assert drawn is not None
    assert [p.label for p in drawn.points] == ["500", None, None, "0"]
    assert all(10 <= p.x <= 310 and 24 <= p.y <= 104 for p in drawn.points)


def test_the_page_draws_figures_and_lists_them(wire: Wire) -> None:
    text = wire.page()
    (svg,) = re.findall(r'<svg viewBox="0 0 320 132".*?</svg>', text, re.DOTALL)
    assert 'role="img"' in svg
    assert re.search(r"<title id=\"c[\d-]+t\">Affected: from 2,500,000 customers", svg)
    table = text[text.index("<caption>") :]
    assert "2,500,000 customers" in table
    assert "1,900,000 customers" in table


# reports


def test_a_report_reaches_the_editors_as_text(wire: Wire) -> None:
    assert f'href="/report?thread={wire.bank}"' in wire.page()
    answer = wire.report(text=HOSTILE, contact="ann@reader.example")
    assert answer.status_code == 303
    assert "with the editors" in wire.client.get(answer.headers["location"]).text
    (kept,) = wire.store.reports()
    assert kept.text == '<script>alert(1)</script> "quoted"  gnorw  &  more'
    assert (kept.contact, kept.version) == ("ann@reader.example", 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "  \u202e "}, "Say what is wrong"),
        ({"text": "x" * 2_001}, "longer than 2,000"),
        ({"text": "wrong", "contact": "x" * 201}, "longer than 200"),
    ],
)
def test_what_can_not_be_taken_is_said_above_the_form(
    wire: Wire, fields: dict[str, str], said: str
) -> None:
    answer = wire.report(**fields)
    assert answer.status_code == 400
    alert = re.search(r'role="alert">(.*?)</p>', answer.text)
    assert alert is not None
    assert said in html.unescape(alert[1])
    assert wire.store.reports() == []


def test_what_was_typed_stands_in_the_form_as_text(wire: Wire) -> None:
    text = wire.report(text="</textarea><script>" + "x" * 2_000).text
    assert "&lt;/textarea&gt;&lt;script&gt;" in text
    assert "</textarea><script>" not in text


def test_another_site_can_not_send_one_nor_a_program_that_fills_every_field(wire: Wire) -> None:
    data = {"thread": wire.bank, "text": "wrong"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert wire.client.post("/report", data=data, headers=headers).status_code == 403
    assert wire.report(text="buy", name="spam").status_code == 303
    assert wire.client.post("/report", data={**data, "thread": "nope"}).status_code == 404
    assert wire.client.get("/report").status_code == 404
    assert wire.store.reports() == []


def test_many_reports_from_one_address_have_to_wait(wire: Wire) -> None:
    assert [wire.report(text=f"no. {n}").status_code for n in range(6)] == [303] * 5 + [429]
    refused = wire.report(text="kept in the form")
    assert "kept in the form" in refused.text
    assert int(refused.headers["retry-after"]) <= 3600
    wire.clock.pass_(3601)
    assert wire.report(text="later").status_code == 303
    assert len(wire.store.reports()) == 6


def test_editors_settle_reports_in_the_audit_log(wire: Wire) -> None:
    wire.report(text=HOSTILE, contact="<b>ann</b>")
    wire.report(text="the date is wrong")
    assert wire.client.get("/edit/reports").status_code == 303  # to the login
    secret = new_secret()
    wire.store.add_token(Token(0, "Ida Okafor", "edit", SEEN), digest(secret))
    wire.client.post("/edit/login", data={"token": secret})
    text = wire.client.get("/edit/reports").text
    assert "2 reports wait" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "from &lt;b&gt;ann&lt;/b&gt;" in text
    assert "<script>" not in text
    csrf = re.findall(r'name="csrf" value="(\w+)"', text)[0]

    def settle(id_: int, do: str, csrf: str = csrf) -> Any:
        data = {"csrf": csrf, "do": do, "why": "as the court says"}
        return wire.client.post(f"/edit/report/{id_}", data=data)

    assert settle(1, "resolve", "0" * 64).status_code == 403
    assert settle(1, "resolve").status_code == 303
    assert settle(2, "dismiss").status_code == 303
    assert settle(2, "dismiss").status_code == 409
    assert settle(9, "dismiss").status_code == 404
    assert settle(2, "burn").status_code == 400
    assert wire.store.reports() == []
    assert [wire.store.report(id_).contact for id_ in (1, 2)] == ["", ""]
    log = wire.client.get("/edit/log").text
    assert "Resolved error report no. 1" in log
    assert "Dismissed error report no. 2" in log
    assert "as the court says" in log
    assert 'action="/edit/undo/' not in log
    edit = wire.store.edits(thread=wire.bank)[0]
    assert (edit.what, edit.who, edit.settles) == ("dismiss", "Ida Okafor", 2)
