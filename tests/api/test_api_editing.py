"""Editors at work on a real store: what is shown, what each form does, what is told when not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.editing import Editors
from breachwire.model import Proposal, Token
from breachwire.model.tokens import digest, new_secret
from breachwire.store import Store
from nlp import calibration

BROWSER = {"Accept": "text/html"}
REASON = "Tidewater Sync in both; cosine .71"


@dataclass
class Room:
    """An editor's browser at the filled store."""

    client: TestClient
    store: Store
    material: Any
    csrf: str

    def id(self, nick: str) -> str:
        return str(self.material.threads[nick].id)

    def article(self, slug: str) -> int:
        return int(self.material.articles[slug].id)

    def get(self, path: str) -> str:
        answer = self.client.get(path, headers=BROWSER)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def post(self, path: str, **fields: Any) -> Any:
        data = {"csrf": self.csrf, **fields}
        return self.client.post(path, data=data, headers=BROWSER)

    def done(self, path: str, **fields: Any) -> str:
        """The page that a form leads to, its confirmation line read aloud."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, told(answer.text)
        return self.get(answer.headers["location"])

    def where(self, *slugs: str) -> list[str | None]:
        """The thread each article stands in."""
        at = self.store.threads_of([self.article(slug) for slug in slugs])
        return [at.get(self.article(slug)) for slug in slugs]


def told(text: str) -> str:
    """The line that a screen reader reads first, without tags."""
    found = re.search(r'role="(?:alert|status)">(.*?)</(?:p|div)>', text, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split())) if found else ""


@pytest.fixture
def room(store: Store, fill: Callable[..., Any], tmp_path: Path) -> Room:
    material = fill(store)
    origin = {"model": material.model, "origin": "the shipped parameters"}
    own = calibration.folder_of(material.model, tmp_path)
    calibration.write(calibration.shipped(), origin, own)
    bank, supplier, flaw = (material.threads[n].id for n in ("bank", "supplier", "flaw"))
    copy = material.articles["quarrybank-wire-copy"].id
    now = datetime.now(UTC)
    store.save_proposals(
        [
            Proposal(0, "merge", (bank, supplier), (), 0.62, REASON, now),
            Proposal(0, "split", (bank,), (copy,), 0.41, "another day's text", now),
            Proposal(0, "merge", (supplier, flaw), (), 0.55, "<b>both name a CVE</b>", now),
        ]
    )
    services = Services(
        store=store,
        config=Config(base_url="https://wire.example"),
        editing=Editors(store, lambda: material.model, lambda: datetime.now(UTC), tmp_path),
    )
    app = create_app(lambda: services)
    client = TestClient(app, base_url="https://wire.example", follow_redirects=False)
    secret = new_secret()
    store.add_token(Token(0, "Ida Okafor", "edit", now), digest(secret))
    client.post("/edit/login", data={"token": secret})
    csrf = re.findall(r'name="csrf" value="(\w+)"', client.get("/edit").text)[0]
    return Room(client, store, material, csrf)


# what is shown


def test_unsure_joins_stand_with_both_sides_the_surest_first(room: Room) -> None:
    text = room.get("/edit")
    assert "3 proposals wait" in text
    scores = re.findall(r"(\d+) % likely", text)
    assert scores == ["62", "55", "41"]
    for said in (
        REASON,
        "Quarrybank confirms theft of 1.9 million customer records",
        "Tidewater Sync shipped a poisoned update for six hours",
        "https://harborledger.example/tidewater-poisoned",
        "Harbor Ledger",
        "Accept: one thread",
        "Keep apart",
        "Would leave",
    ):
        assert said in text
    assert "&lt;b&gt;both name a CVE" in text
    assert "<b>both" not in text


def test_a_thread_shows_why_each_article_stands_there(room: Room) -> None:
    text = room.get(f"/edit/thread/{room.id('bank')}")
    assert text.count("made by hand") == 3
    assert "0.90" in text
    assert text.count('type="checkbox"') == 3
    assert "Tidewater Sync was the way in at both" in text
    assert f"/edit/explain?a={room.id('bank')}&amp;b={room.id('supplier')}" in text
    assert 'Edits of this thread</h2>\n<p class="notice">None.</p>' in text


@pytest.mark.parametrize(
    "typed", ["{id}", " {id} ", "https://wire.example/wire/{id}/x", "/wire/{id}"]
)
def test_a_thread_is_found_by_what_people_paste(room: Room, typed: str) -> None:
    asked = {"id": typed.format(id=room.id("bank"))}
    answer = room.client.get("/edit/thread", params=asked)
    assert answer.headers["location"] == f"/edit/thread/{room.id('bank')}"


def test_every_control_has_a_name(room: Room) -> None:
    paths = ("/edit", f"/edit/thread/{room.id('bank')}", "/edit/log", "/edit/explain")
    for path in paths:
        text = room.get(path)
        labels = set(re.findall(r'<label for="([^"]+)"', text))
        for tag in re.findall(r"<(?:input|select)\b[^>]*>", text):
            if 'type="hidden"' not in tag and "aria-label=" not in tag:
                assert re.findall(r'id="([^"]+)"', tag)[0] in labels, tag
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert text.count("<h1") == 1


# acts


def test_accepting_a_merge(room: Room) -> None:
    (first, *_) = room.store.proposals()
    text = room.done(f"/edit/proposal/{first.id}", do="accept", why="")
    bank, supplier = room.id("bank"), room.id("supplier")
    assert told(text).startswith(f"Merged: 1 article from {supplier} to {bank}")
    assert room.where("tidewater-poisoned") == [bank]
    assert REASON not in text
    (edit,) = room.store.edits()
    assert (edit.who, edit.why) == ("Ida Okafor", REASON)
    assert room.client.get(f"/wire/{supplier}").headers["location"].startswith(f"/wire/{bank}/")


def test_refusing_a_merge_is_for_good(room: Room) -> None:
    (first, *_) = room.store.proposals()
    text = room.done(f"/edit/proposal/{first.id}", do="refuse", why="two victims")
    kept = f"Kept apart: {' and '.join(first.threads)}"
    assert set(first.threads) == {room.id("bank"), room.id("supplier")}
    assert told(text).startswith(kept)
    for thread in first.threads:
        assert f"<strong>{kept}</strong>" in room.get(f"/edit/thread/{thread}")
    assert "2 proposals wait" in text
    assert [p.id for p in room.store.proposals("refused")] == [first.id]
    rules = room.store.link_rules()
    assert len(rules) == 3
    assert not any(rule.must for rule in rules)
    undone = room.done(f"/edit/undo/{room.store.edits()[0].id}", next="/edit")
    assert "3 proposals wait" in undone
    assert room.store.link_rules() == []
    assert f"<strong>{kept}</strong>" in room.get("/edit/log")


def test_accepting_a_split(room: Room) -> None:
    split = next(p for p in room.store.proposals() if p.what == "split")
    assert told(room.done(f"/edit/proposal/{split.id}", do="accept")).startswith("Split off: 1")
    (home,) = room.where("quarrybank-wire-copy")
    assert home not in (None, room.id("bank"))


def test_refusing_a_split_keeps_them_together(room: Room) -> None:
    split = next(p for p in room.store.proposals() if p.what == "split")
    text = room.done(f"/edit/proposal/{split.id}", do="refuse")
    assert told(text).startswith(f"Kept together: {room.id('bank')}.")


def test_splitting_merging_moving_and_undoing_by_hand(room: Room) -> None:
    bank, page = room.id("bank"), f"/edit/thread/{room.id('bank')}"
    late, copy = "quarrybank-confirms", "quarrybank-wire-copy"
    text = room.done(f"{page}/split", article=[room.article(late)], why="another day")
    (new,) = room.where(late)
    assert new not in (None, bank)
    assert told(text).startswith(f"Split off: 1 article from {bank} to {new}")
    assert "another day" in text

    room.done(f"{page}/move", article=room.article(copy), to=f"/wire/{new}/x", why="goes there")
    assert room.where(copy, late) == [new, new]

    merged = room.done(f"{page}/merge", other=new, why="one after all")
    assert room.where(copy, late) == [bank, bank]
    assert told(merged).startswith(f"Merged: 2 articles from {new} to {bank}")
    assert room.client.get(f"/edit/thread/{new}").headers["location"] == page

    last = room.store.edits()[0]
    back = room.done(f"/edit/undo/{last.id}", next=page, why="")
    assert told(back).startswith(f"Undone: 2 articles from {bank} to {new}")
    assert room.where(copy, late) == [new, new]
    assert [e.what for e in room.store.edits()] == ["undo", "merge", "move", "split"]
    assert {e.who for e in room.store.edits()} == {"Ida Okafor"}


def test_a_related_thread_is_chosen_from_the_list(room: Room) -> None:
    page = f"/edit/thread/{room.id('bank')}"
    assert f'<option value="{room.id("supplier")}">' in room.get(page)
    room.done(f"{page}/merge", other="", other_chosen=room.id("supplier"), why="one campaign")
    assert room.where("tidewater-poisoned") == [room.id("bank")]


def test_what_readers_get_follows(room: Room) -> None:
    reader = TestClient(room.client.app, base_url="https://wire.example", follow_redirects=True)
    before = reader.get(f"/wire/{room.id('bank')}")
    assert "3 articles" in before.text
    late = room.article("quarrybank-confirms")
    room.done(f"/edit/thread/{room.id('bank')}/split", article=late, why="another day")
    after = reader.get(f"/wire/{room.id('bank')}")
    assert "2 articles" in after.text
    assert after.headers["etag"] != before.headers["etag"]


# the audit log, explain


def test_the_log_says_who_when_what_why_and_undone(room: Room) -> None:
    page = f"/edit/thread/{room.id('bank')}"
    room.done(f"{page}/merge", other=room.id("flaw"), why='because <i>"so"</i>')
    text = room.get("/edit/log")
    for said in (
        "Ida Okafor", "Merged: 1 article", "because &lt;i&gt;", 'aria-label="Undo edit 1"',
        "Orrery Gateway flaw lets anyone in without a password",
    ):  # fmt: skip
        assert said in text
    assert "<i>" not in text
    room.done("/edit/undo/1")
    text = room.get("/edit/log")
    assert '<span class="tag">undone</span>' in text
    assert "Undo edit" not in text


def test_the_log_is_paged(room: Room) -> None:
    bank, flaw = room.id("bank"), room.id("flaw")
    for _ in range(30):
        done = room.post(f"/edit/thread/{bank}/merge", other=flaw, why="to and fro")
        room.post("/edit/undo/" + done.headers["location"].partition("done=")[2])
    first = room.get("/edit/log")
    (before,) = re.findall(r'href="/edit/log\?before=(\d+)"', first)
    second = room.get(f"/edit/log?before={before}")
    numbers = [int(n) for n in re.findall(r"No\. (\d+)", first + second)]
    assert numbers == list(range(60, 0, -1))


def test_explain_says_why_apart_and_why_together(room: Room) -> None:
    bank, supplier = room.id("bank"), room.id("supplier")
    asked = f"/edit/explain?a={bank}&b={supplier}"
    text = room.get(asked)
    assert f"{bank} and {supplier} are two threads" in text
    assert "Proposal to merge (open): Tidewater Sync in both" in text
    assert "The closest two articles" in text
    assert re.search(r"class=\"score\">[+-]\d+\.\d<", text)
    (first, *_) = room.store.proposals()
    room.done(f"/edit/proposal/{first.id}", do="refuse", why="two victims")
    assert "Ida Okafor said that 3 pairs of articles must not stand together" in room.get(asked)
    room.done(f"/edit/thread/{bank}/merge", other=supplier, why="changed my mind")
    text = room.get(asked)
    assert f"{bank} and {supplier} are one thread" in text
    assert "a merge by Ida Okafor: changed my mind" in text
    unknown = room.client.get(f"/edit/explain?a={bank}&b=nope")
    assert unknown.status_code == 404
    assert told(unknown.text) == "no thread 'nope'"


# what can't be done


@pytest.mark.parametrize(
    ("path", "fields", "status", "says"),
    [
        ("/edit/thread/{bank}/split", {"why": "x"}, 400, "Tick the articles"),
        ("/edit/thread/{bank}/split", {"article": "{late}", "why": " "}, 400, "Say why"),
        ("/edit/thread/{bank}/split", {"article": "{flawed}", "why": "x"}, 400, "does not stand"),
        ("/edit/thread/{bank}/split", {"article": "x", "why": "x"}, 404, "no article 'x'"),
        ("/edit/thread/{bank}/split", {"article": "{late}", "why": "x" * 501}, 400, "500 char"),
        ("/edit/thread/{bank}/merge", {"why": "x"}, 400, "Name the other thread"),
        ("/edit/thread/{bank}/merge", {"other": "nope", "why": "x"}, 404, "no thread 'nope'"),
        ("/edit/thread/{bank}/merge", {"other": "{bank}", "why": "x"}, 400, "one thread already"),
        ("/edit/thread/{bank}/move", {"to": "{flaw}", "why": "x"}, 400, "Choose one article"),
        ("/edit/thread/{bank}/move", {"article": "9" * 18, "to": "{flaw}", "why": "x"}, 404, "no"),
        ("/edit/proposal/1", {"do": "perhaps"}, 400, "accept it or"),
        ("/edit/proposal/99", {"do": "accept"}, 404, "no proposal '99'"),
        ("/edit/undo/99", {}, 404, "no edit '99'"),
        ("/edit/undo/" + "9" * 30, {}, 404, "no edit"),
    ],
)
def test_what_can_not_be_done_is_one_line_on_the_page(
    room: Room, path: str, fields: dict[str, str], status: int, says: str
) -> None:
    names = {
        "bank": room.id("bank"), "flaw": room.id("flaw"),
        "late": room.article("quarrybank-confirms"), "flawed": room.article("orrery-patch"),
    }  # fmt: skip
    before = room.store.changed()
    answer = room.post(
        path.format(**names), **{name: value.format(**names) for name, value in fields.items()}
    )
    assert answer.status_code == status, told(answer.text)
    assert says in told(answer.text)
    assert "Ida Okafor" in answer.text
    assert room.store.changed() == before


def test_what_moved_on_is_a_conflict(room: Room) -> None:
    (first, *_) = room.store.proposals()
    path = f"/edit/proposal/{first.id}"
    room.done(path, do="accept")
    again = room.post(path, do="accept")
    assert again.status_code == 409
    assert "is accepted already; nothing was changed" in told(again.text)
    edit = room.store.edits()[0]
    room.done(f"/edit/undo/{edit.id}")
    twice = room.post(f"/edit/undo/{edit.id}")
    assert twice.status_code == 409
    assert "is undone already" in told(twice.text)


def test_an_error_keeps_what_was_typed(room: Room) -> None:
    page = f"/edit/thread/{room.id('bank')}"
    late = room.article("quarrybank-confirms")
    text = room.post(f"{page}/move", article=late, to="nope", why="a long reason").text
    assert 'name="to" autocomplete="off" spellcheck="false" required value="nope"' in text
    assert f'value="{late}" checked' in text
    assert 'value="a long reason"' in text


def test_the_line_of_what_was_done_is_the_logs_own(room: Room) -> None:
    for done in ("1", "99", "x", "<b>", "9" * 40):
        assert told(room.get(f"/edit?done={done}")) == ""
    room.done(f"/edit/proposal/{room.store.proposals()[0].id}", do="refuse")
    assert told(room.get("/edit?done=1")).startswith("Kept apart")


def test_a_server_without_editing_has_no_acts(store: Store, room: Room) -> None:
    bare = Services(store=store, config=Config(base_url="https://wire.example"))
    client = TestClient(create_app(lambda: bare), base_url="https://wire.example")
    client.cookies = room.client.cookies
    answer = client.post("/edit/proposal/1", data={"csrf": room.csrf, "do": "accept"})
    assert answer.status_code == 404
    assert room.store.edits() == []
