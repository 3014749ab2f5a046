"""A brief by version, signed and voided: what pages, API, feeds and Markdown say, over HTTP."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.differences import word_by_word
from api.links import thread_path
from api.services import Services
from api.version_schema import BriefVersion, VersionDifference, VersionList
from api.wire_schema import WireThread
from breachwire.config import Config
from breachwire.model import Brief, Placement, Token
from breachwire.model.tokens import digest, new_secret
from breachwire.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SAID = {
    "reviewer": "Ida <b>Okafor</b>", "role": "editor", "competence": "ten years of reporting",
    "facts": "victim, counts", "sources": "all three articles", "changed": "",
    "responsible": "Harbor Media", "contact": "desk@harbor.example", "confirm": "yes",
}  # fmt: skip


@dataclass
class Room:
    """An editor's browser, and readers', at the filled store."""

    client: TestClient
    store: Store
    csrf: str
    id: str

    def brief(self) -> Brief:
        return self.store.briefs([self.id])[self.id]

    def path(self) -> str:
        return thread_path(self.id, self.store.thread(self.id).headline)

    def text(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def json(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def form(self) -> dict[str, str]:
        """The hidden fields of the form as the page gives them, and what a person types."""
        page = self.client.get(f"/edit/brief/{self.id}").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', page))
        return {**SAID, **{k: hidden[k] for k in ("csrf", "version", "sha256")}}

    def sign(self, **changes: str) -> Any:
        return self.client.post(f"/edit/brief/{self.id}/sign", data={**self.form(), **changes})

    def rewrite(self, **changes: Any) -> Brief:
        """What a pipeline would store after another article."""
        now = datetime.now(UTC)
        values = {"input_hash": f"h{now.timestamp()}", "made_at": now, **changes}
        self.store.save_briefs([replace(self.brief(), **values)])
        return self.brief()

    def reword(self, text: str) -> Brief:
        """Another headline, a sentence less."""
        first, *rest = self.brief().statements
        return self.rewrite(statements=(replace(first, text=text), *rest[:-1]))


@pytest.fixture
def room(store: Store, fill: Callable[..., Any]) -> Iterator[Room]:
    material = fill(store)
    services = Services(store=store, config=Config(base_url="https://wire.example"))
    app = create_app(lambda: services)
    with TestClient(app, base_url="https://wire.example", follow_redirects=False) as client:
        secret = new_secret()
        store.add_token(Token(0, "Bo Marsh", "edit", datetime.now(UTC)), digest(secret))
        client.post("/edit/login", data={"token": secret})
        csrf = re.findall(r'name="csrf" value="(\w+)"', client.get("/edit").text)[0]
        yield Room(client, store, csrf, str(material.threads["bank"].id))


# versions


def test_an_old_version_stays_and_says_what_superseded_it(room: Room) -> None:
    old = room.brief().statements[0].text
    room.reword("Quarrybank confirms theft of 2 million customer records")
    answer = room.client.get(f"/wire/{room.id}/v/1")
    text = html.unescape(answer.text)
    assert f'<h1 dir="auto">{old}</h1>' in text
    assert "Version 1, superseded." in text
    assert f'href="https://wire.example/wire/{room.id}/v/2"' in text
    assert f"/wire/{room.id}/v/1..2" in text
    assert '<meta name="robots" content="noindex">' in text
    assert answer.headers["x-robots-tag"] == "noindex"
    assert f'rel="canonical" href="https://wire.example{room.path()}"' in text
    latest = room.text(f"/wire/{room.id}/v/2")
    assert "superseded" not in latest
    assert "Version 2 is the latest" in latest
    assert "noindex" not in room.client.get(room.path()).headers.get("x-robots-tag", "")
    for wrong in ("3", "0", "x", "1" * 30):
        assert room.client.get(f"/wire/{room.id}/v/{wrong}").status_code == 404


def test_versions_and_their_difference_are_as_openapi_says(room: Room) -> None:
    room.reword("Quarrybank confirms theft of 2 million customer records")
    api = f"/api/v1/threads/{room.id}/briefs"
    listed = room.json(api)
    VersionList.model_validate(listed)
    assert [(v["version"], v["difference"] and v["difference"]["removed"])
            for v in listed["versions"]] == [(2, 1), (1, None)]  # fmt: skip
    first = room.json(f"{api}?limit=1")
    assert [v["version"] for v in room.json(f"{api}?before={first['next']}")["versions"]] == [1]
    one = room.json(f"{api}/1")
    BriefVersion.model_validate(one)
    assert (one["superseded"]["version"], one["analysis"]["version"]) == (2, 1)
    found = room.json(f"{api}/2/difference")
    VersionDifference.model_validate(found)
    head, time = found["sections"]
    assert (head["section"], time["section"]) == ("headline", "timeline")
    assert [(w["op"], w["text"].strip()) for w in head["changed"][0]["words"]] == [
        ("same", "Quarrybank confirms theft of"), ("gone", "1.9"), ("new", "2"),
        ("same", "million customer records"),
    ]  # fmt: skip
    assert len(time["removed"]) == 1
    raw = room.client.get(f"{api}/1/bytes").content
    assert hashlib.sha256(raw).hexdigest() == one["analysis"]["sha256"]
    for wrong, status in (("2/difference?since=2", 400), ("9", 404), ("0", 400), ("x", 400)):
        assert room.client.get(f"{api}/{wrong}").status_code == status
    assert room.client.get("/api/v1/threads/nope/briefs").status_code == 404


def test_the_pages_of_versions_show_the_difference(room: Room) -> None:
    room.reword("Quarrybank <i>confirms</i> theft")
    raw = room.client.get(f"/wire/{room.id}/v/1..2").text
    assert "&lt;i&gt;confirms&lt;/i&gt;" in raw
    assert "<i>confirms" not in raw
    assert "<del>" in raw
    assert "1 sentence removed, 1 reworded" in room.text(f"/wire/{room.id}/v/all")
    assert room.client.get(f"/wire/{room.id}/v/2..1").status_code == 400
    assert room.client.get(f"/wire/{room.id}/v/1..").status_code == 400


def test_the_versions_of_a_merged_thread_stay_at_their_addresses(room: Room) -> None:
    store, now = room.store, datetime.now(UTC)
    (other,) = (t for t in store.all_threads() if t.headline.startswith("Tidewater"))
    moving = [m.article.id for m in store.members([room.id])[room.id]]
    places = [Placement(id_, other.id, "report", 1.0, "edit", "one", "breach") for id_ in moving]
    stood = dict.fromkeys(moving, room.id)
    grown = replace(other, articles=other.articles + len(moving))
    store.regroup("merge", "Bo", "one", now, places, [grown], {}, stood=stood)
    assert store.thread(room.id).merged_into == other.id
    assert room.client.get(room.path()).status_code == 301
    text = room.text(f"/wire/{room.id}/v/1")
    assert "The last version of a thread that was merged." in text
    assert f"/wire/{other.id}/" in text
    assert room.json(f"/api/v1/threads/{room.id}/briefs/1")["merged_into"] == other.id
    assert "Version 1" in room.text(f"/wire/{room.id}/v/all")


@pytest.mark.parametrize(
    ("before", "after"), [("a b c", "a x c"), ("a", ""), ("", "b"), ("a  b ", "a b"), ("x", "x")]
)
def test_a_difference_holds_both_sides(before: str, after: str) -> None:
    runs = word_by_word(before, after)
    assert "".join(text for op, text in runs if op != "gone").split() == after.split()
    assert "".join(text for op, text in runs if op != "new").split() == before.split()


# disclosure


def written_by_model(room: Room, *sections: str) -> Brief:
    said = tuple(
        replace(s, author="model") if s.section in sections else s for s in room.brief().statements
    )
    return room.rewrite(author="model", model="tiny-7b", statements=said)


@pytest.mark.parametrize(
    ("sections", "term", "label"),
    [
        ((), "algorithmicMedia", "Extracted automatically"),
        (("eli5", "impact_assessment"), "compositeWithTrainedAlgorithmicMedia",
         "Parts of this text were generated using artificial intelligence: Explain Like I'm Five,"
         " Impact Assessment."),
    ],
)  # fmt: skip
def test_every_carrier_has_the_label_and_the_mark(
    room: Room, sections: tuple[str, ...], term: str, label: str
) -> None:
    if sections:
        written_by_model(room, *sections)
    document = room.json(f"/api/v1/threads/{room.id}")
    WireThread.model_validate(document)
    assert document["disclosure"]["digital_source_type"] == IPTC + term
    assert document["disclosure"]["text"].startswith(label)
    assert document["disclosure"]["ai_generated"] is bool(sections)
    page = room.text(room.path())
    head = page[page.index("<header>\n<p") : page.index("Signal Summary</h2>")]
    assert label in head
    assert "/about#machine-made" in head
    member = f"https://schema.org/{term[0].upper()}{term[1:]}DigitalSource"
    assert f'"digitalSourceType":"{member}"' in page
    assert ("AI-generated" in page) is bool(sections)
    for form in (".md", ".md?full"):
        said = room.text(room.path() + form)
        assert label in said[: said.index("## ")]
    for feed in ("/feed.atom", f"{room.path()}.atom"):
        entries = ET.fromstring(room.client.get(feed).content).findall(f"{ATOM}entry")
        (own,) = (e for e in entries if "Quarrybank" in (e.findtext(f"{ATOM}title") or ""))
        marks = {c.get("term") for c in own.findall(f"{ATOM}category") if c.get("scheme") == IPTC}
        assert marks == {term}
        assert html.unescape(own.findtext(f"{ATOM}content") or "").startswith(f"<p>{label}")
    items = room.json("/feed.json")["items"]
    (item,) = (i for i in items if "Quarrybank" in i["title"])
    assert html.unescape(item["content_html"]).startswith(f"<p>{label}")
    assert item["_breachwire"]["digital_source_type"] == IPTC + term
    assert item["_breachwire"]["ai_generated"] is bool(sections)
    assert "machine-made" in room.text("/about")


# signing


def test_a_signed_version_says_so_everywhere_and_a_new_one_does_not(room: Room) -> None:
    written_by_model(room, "eli5")
    assert room.sign().status_code == 303
    signed = "Reviewed and fact-checked by Ida <b>Okafor</b>, editor, on"
    feeds = ("/feed.atom", "/feed.json")
    forms = [room.path(), f"{room.path()}.json", f"{room.path()}.md?full", f"/wire/{room.id}/v/2"]
    for path in forms:
        assert signed in room.text(path).replace("\\", ""), path
    for path in feeds:
        assert signed in html.unescape(room.text(path)), path
    assert "Ida &lt;b&gt;Okafor" in room.client.get(room.path()).text
    review = room.json(f"/api/v1/threads/{room.id}")["analysis"]["reviewed"]
    assert (review["by"], review["responsible"]) == (SAID["reviewer"], "Harbor Media")
    raw = room.client.get(f"/api/v1/threads/{room.id}/briefs/2/bytes").content
    assert review["sha256"] == hashlib.sha256(raw).hexdigest()
    # what made it stays marked
    assert "Parts of this text were generated using" in room.text(room.path())
    for path in (*forms, *feeds):
        assert not re.search("compliant|certified|✓|✔", room.text(path), re.IGNORECASE)

    room.reword("Quarrybank denies everything")
    page = room.text(room.path())
    assert signed not in page
    assert "Version 2 was reviewed by Ida <b>Okafor</b> on" in page
    assert "This version, 3, has not been reviewed." in page
    analysis = room.json(f"/api/v1/threads/{room.id}")["analysis"]
    assert (analysis["reviewed"], analysis["review_voided"]["version"]) == (None, 2)
    assert signed in room.text(f"/wire/{room.id}/v/2")
    assert signed not in room.text("/feed.json")
    assert "This one is not: read it anew." in room.text(f"/edit/brief/{room.id}")


def test_a_copy_that_changes_no_word_leaves_the_sign_off(room: Room) -> None:
    room.sign()
    room.rewrite()
    assert room.brief().version == 1
    assert room.json(f"/api/v1/threads/{room.id}")["analysis"]["reviewed"]["version"] == 1


def test_the_form_is_empty_and_the_quotes_stand_open(room: Room) -> None:
    page = room.client.get(f"/edit/brief/{room.id}").text
    fields = re.findall(r'<input id="f-\w+"[^>]*value="([^"]*)"', page)
    assert fields == [""] * 5
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page) == [""] * 3
    assert not re.search(r"<input[^>]* checked", page)
    quotes = {e.quote for s in room.brief().statements for e in s.evidence}
    assert all(quote in html.unescape(page) for quote in quotes)
    assert page.count("autocomplete=") >= 6


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"reviewer": " "}, 400, "reviewer: empty"),
        ({"contact": "ask us"}, 400, "neither a mail address nor a web address"),
        ({"confirm": ""}, 400, "Confirm that you reviewed"),
        ({"sha256": "0" * 64}, 409, "other bytes"),
        ({"version": "7"}, 409, "is 1, not 7"),
        ({"csrf": "0"}, 403, "another session"),
    ],
)
def test_what_is_no_review_is_not_recorded(
    room: Room, changes: dict[str, str], status: int, told: str
) -> None:
    answer = room.sign(**changes)
    assert answer.status_code == status
    assert told in html.unescape(answer.text)
    assert room.store.signoffs([room.id]) == {}
    if status != 403:  # what was typed is still there
        assert "ten years of reporting" in answer.text


def test_a_brief_that_changed_while_it_was_read_is_not_signed(room: Room) -> None:
    form = room.form()
    room.reword("Quarrybank denies everything")
    answer = room.client.post(f"/edit/brief/{room.id}/sign", data=form)
    assert answer.status_code == 409
    assert "read that one first" in answer.text
    assert room.store.signoffs([room.id]) == {}


def test_a_sign_off_is_revoked_with_a_reason_and_logged(room: Room) -> None:
    room.sign()
    (signed,) = room.store.signoffs([room.id])[room.id]
    path = f"/edit/signoff/{signed.id}/revoke"
    refused = room.client.post(path, data={"csrf": room.csrf})
    assert (refused.status_code, "Say why" in refused.text) == (400, True)
    done = room.client.post(path, data={"csrf": room.csrf, "why": "a date was wrong"})
    assert done.status_code == 303
    assert f"Revoked the sign-off of version 1 of {room.id}" in room.text(done.headers["location"])
    assert "Reviewed and fact-checked" not in room.text(room.path())
    log = room.text("/edit/log")
    assert log.index("Revoked the sign-off") < log.index(f"Signed version 1 of {room.id}")
    assert "a date was wrong" in log
    assert "Bo Marsh" in log
    assert room.client.post("/edit/signoff/99/revoke", data={"csrf": room.csrf, "why": "x"}
                            ).status_code == 404  # fmt: skip


def test_readers_and_lookers_can_not_sign(room: Room) -> None:
    form = room.form()
    secret = new_secret()
    token = Token(0, "Lena Voss", "read", datetime.now(UTC))
    room.store.add_token(token, digest(secret))
    room.client.post("/edit/login", data={"token": secret})
    page = room.client.get(f"/edit/brief/{room.id}").text
    assert "Your token may look, not sign." in page
    csrf = re.findall(r'name="csrf" value="(\w+)"', page)[0]
    path = f"/edit/brief/{room.id}/sign"
    assert room.client.post(path, data={**form, "csrf": csrf}).status_code == 403
    room.client.cookies.clear()
    assert room.client.post(path, data=form).status_code == 401
    assert room.client.get(f"/edit/brief/{room.id}").status_code == 303
    assert room.store.signoffs([room.id]) == {}


# markdown to paste


def test_markdown_to_paste_links_in_line_and_has_no_footnotes(room: Room) -> None:
    text = room.client.get(f"{room.path()}.md").text
    assert "[^" not in text
    assert text.startswith("# [Quarrybank confirms theft")
    assert "([Signal Post](https://signalpost.example/quarrybank-confirms))" in text
    assert "**Data:**" in text
    assert "No source reports" not in text
    full = room.client.get(f"{room.path()}.md?full").text
    assert "[^1]" in full
    moved = room.client.get(f"/wire/{room.id}/old.md?full")
    assert moved.headers["location"] == f"{room.path()}.md?full"


def test_the_copy_buttons_are_hidden_until_the_script_runs(room: Room) -> None:
    text = room.client.get(room.path()).text
    assert '<p class="copy" hidden>' in text
    (source,) = re.findall(r'<script src="(/static/copy[^"]+)" defer></script>', text)
    script = room.client.get(source)
    assert script.headers["content-type"].startswith("text/javascript")
    policy = script.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
