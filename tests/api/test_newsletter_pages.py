"""Subscribing over HTTP: double opt-in, nothing by GET, one-click as mail services do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.newsletter import issue, wishes
from api.newsletter.choose import Rules
from api.services import Services
from breachwire.config import Config
from breachwire.model.newsletter import LinkPurpose, Wish, fingerprint
from breachwire.store import Store
from tests.databases import holds, rows

START = datetime.now(UTC)
ADDRESS = "ida@northgate-post.com"
CONFIG = Config(
    base_url="https://wire.example", smtp_host="localhost", mail_from="Breachwire <n@wire.example>"
)


@dataclass
class Post:
    """An application over a filled store, with a clock that tests set."""

    client: TestClient
    store: Store
    address: str
    now: datetime = START

    def waiting(self) -> list[str]:
        """Kinds of the letters that wait, in order."""
        return [kind for (kind,) in rows(self.address, "SELECT kind FROM outbox ORDER BY id")]

    def link(self, purpose: LinkPurpose, address: str = ADDRESS) -> str:
        """A secret as a mail would hold it."""
        secret, link = wishes.new_link(purpose, self.now)
        self.store.add_links(self.store.subscriber(address).id, [link], self.now)
        return secret

    def subscribed(self, address: str = ADDRESS) -> None:
        self.store.ask(address, Wish(), self.now)
        assert (
            self.client.post(f"/subscribe/confirm/{self.link('confirm', address)}").status_code
            == 303
        )

    def everything(self) -> list[Any]:
        """All that the newsletter has stored."""
        tables = ("subscriber", "mail_link", "suppressed", "issue", "outbox")
        return [rows(self.address, f"SELECT * FROM {table} ORDER BY 1") for table in tables]


@pytest.fixture
def post(fill: Callable[..., Any], store: Store, address: str) -> Iterator[Post]:
    fill(store)
    services = Services(store=store, config=CONFIG)
    made: list[Post] = []
    app = create_app(lambda: services, now=lambda: made[0].now)
    with TestClient(app, follow_redirects=False) as client:
        made.append(Post(client, store, address))
        yield made[0]


def ask(post: Post, email: str = ADDRESS, **fields: Any) -> Any:
    return post.client.post("/subscribe", data={"email": email, **fields})


def test_known_and_unknown_addresses_get_the_same_answer(post: Post) -> None:
    post.subscribed()
    shut_out = "shut@northgate-post.com"
    post.subscribed(shut_out)
    post.store.erase(post.store.subscriber(shut_out).id, suppress=True, now=post.now)
    answers = [ask(post, email) for email in (ADDRESS, "new@northgate-post.com", shut_out)]
    assert len({(a.status_code, a.headers["location"], a.text) for a in answers}) == 1
    assert post.waiting() == ["confirm", "known", "confirm"]  # none to whom wished never


@pytest.mark.parametrize(
    "email", ["", "ida", "ida@", "@x.example", "a b@c.com", "ida@local", "ä@c.com"]
)
def test_what_is_no_address_is_said_and_stays_in_the_form(post: Post, email: str) -> None:
    answer = ask(post, email)
    assert answer.status_code == 400
    assert "This is no mail address" in answer.text
    assert f'value="{email}"' in answer.text
    assert post.store.subscribers() == []


@pytest.mark.parametrize(
    "more",
    [",eve@evil-post.com", ";eve@evil-post.com", " eve@evil-post.com", "\r\nBcc: eve@evil-post.com",
     "\nTo: eve@evil-post.com", "\x00", "%0aBcc:eve@evil-post.com", "> RCPT TO:<eve@evil-post.com"],
)  # fmt: skip
def test_one_form_reaches_one_address(post: Post, more: str) -> None:
    assert ask(post, ADDRESS + more).status_code == 400
    assert ask(post, f'"Ida" <{ADDRESS}>{more}').status_code == 400
    assert post.store.subscribers() == []


def test_the_confirmation_is_one_human_step_single_use_and_ends_after_two_days(post: Post) -> None:
    ask(post, frequency="daily")
    secret = post.link("confirm")
    page = post.client.get(f"/subscribe/confirm/{secret}")
    assert "Confirm and subscribe" in page.text
    assert "i•••@n•••.com" in page.text
    assert post.store.subscriber(ADDRESS).state == "asked"
    first = post.client.post(f"/subscribe/confirm/{secret}")
    assert first.headers["location"].startswith("/subscribe/preferences/")
    person = post.store.subscriber(ADDRESS)
    assert (person.state, person.confirmed_at) == ("active", post.now)
    assert "once a day" in person.consent
    assert post.client.post(f"/subscribe/confirm/{secret}").status_code == 404

    ask(post, "late@northgate-post.com")
    late = post.link("confirm", "late@northgate-post.com")
    post.now += timedelta(hours=48)
    assert post.client.get(f"/subscribe/confirm/{late}").status_code == 404
    assert post.client.post(f"/subscribe/confirm/{late}").status_code == 404
    assert post.store.subscriber("late@northgate-post.com").state == "asked"


def test_who_did_not_ask_can_erase_the_address_at_once(post: Post) -> None:
    ask(post)
    answer = post.client.post(f"/subscribe/confirm/{post.link('confirm')}", data={"act": "erase"})
    assert answer.headers["location"] == "/subscribe?done=erased"
    assert post.store.subscribers() == []


def test_pages_with_a_secret_are_kept_by_nobody_and_tell_no_other_site(post: Post) -> None:
    post.subscribed()
    for path in (
        f"/subscribe/confirm/{'x' * 43}", f"/subscribe/preferences/{post.link('manage')}",
        f"/subscribe/leave/{post.link('leave')}", f"/subscribe/unsubscribe/{post.link('oneclick')}",
    ):  # fmt: skip
        headers = post.client.get(path).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert "no-store" in headers["cache-control"]
        assert "etag" not in headers
        assert "noindex" in headers["x-robots-tag"]
    # With no-referrer a browser would send its form with `Origin: null`.
    assert post.client.get("/subscribe").headers["referrer-policy"] != "no-referrer"


def test_a_scanner_that_follows_every_link_changes_nothing(post: Post) -> None:
    """GET and HEAD on every address that a mail holds, and on every link of those pages."""
    post.subscribed()
    ask(post, "asked@northgate-post.com")
    paths = [
        f"/subscribe/{path}/{post.link(purpose, address)}"
        for path, purpose, address in (
            ("confirm", "confirm", "asked@northgate-post.com"), ("preferences", "manage", ADDRESS),
            ("leave", "leave", ADDRESS), ("unsubscribe", "oneclick", ADDRESS),
        )
    ]  # fmt: skip
    before = post.everything()
    seen, ahead = set[str](), list(paths)
    while ahead and len(seen) < 60:
        path = ahead.pop(0)
        seen.add(path)
        post.client.head(path)
        page = post.client.get(path)
        found = re.findall(r'(?:href|action|src)="(/[^"]*)"', page.text)
        ahead += [one for one in found if one not in seen and one not in ahead]
    assert len(seen) > 10
    assert set(paths) <= seen
    assert post.everything() == before


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_one_click_as_a_mail_service_does_it(post: Post, kind: str) -> None:
    post.subscribed()
    path = f"/subscribe/unsubscribe/{post.link('oneclick')}"
    form = {"List-Unsubscribe": "One-Click"}
    sent = (
        {"data": form}
        if kind == "urlencoded"
        else {"files": {"List-Unsubscribe": (None, "One-Click")}}
    )
    headers = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    answer = post.client.post(path, headers=headers, **sent)
    assert (answer.status_code, answer.text) == (200, "Unsubscribed.\n")
    assert "set-cookie" not in answer.headers
    assert post.store.subscriber(ADDRESS).state == "left"
    assert post.waiting()[-1] == "goodbye"
    again = post.client.post(path, **sent)
    unknown = post.client.post(f"/subscribe/unsubscribe/{'y' * 43}", **sent)
    strange = post.client.post("/subscribe/unsubscribe/%00", **sent)
    assert {(a.status_code, a.text) for a in (again, unknown, strange)} == {
        (200, "Unsubscribed.\n")
    }
    assert post.waiting().count("goodbye") == 1


def test_a_post_without_the_one_click_field_changes_nothing(post: Post) -> None:
    post.subscribed()
    path = f"/subscribe/unsubscribe/{post.link('oneclick')}"
    assert post.client.post(path).status_code == 200
    assert post.client.post(path, data={"act": "leave"}).status_code == 200
    assert post.store.subscriber(ADDRESS).state == "active"


def test_a_link_is_good_for_what_it_was_made_for_only(post: Post) -> None:
    post.subscribed()
    leave = post.link("leave")
    for path in ("confirm", "preferences"):
        assert (
            post.client.post(f"/subscribe/{path}/{leave}", data={"act": "erase"}).status_code == 404
        )
    post.client.post(f"/subscribe/unsubscribe/{leave}", data={"List-Unsubscribe": "One-Click"})
    assert post.store.subscriber(ADDRESS).state == "active"


def test_a_forwarded_mail_lets_nobody_see_or_change_the_preferences(post: Post) -> None:
    post.subscribed()
    post.store.save_wish(post.store.subscriber(ADDRESS).id, Wish(watch=("Quarrybank",)))
    leave = f"/subscribe/leave/{post.link('leave')}"
    page = post.client.get(leave).text
    assert "Quarrybank" not in page
    assert ADDRESS not in page
    assert post.client.post(leave, data={"act": "way"}).headers["location"] == "/subscribe?done=way"
    assert post.waiting()[-1] == "manage"  # to the owner
    post.client.post(leave, data={"act": "leave"})
    assert post.waiting()[-1] == "goodbye"  # the owner hears of it


def test_preferences_are_saved_and_what_is_too_much_is_said(post: Post) -> None:
    post.subscribed()
    path = f"/subscribe/preferences/{post.link('manage')}"
    form = {"act": "save", "frequency": "daily", "section": ["Breaches", "Policy", "Nonsense"],
            "watch": " Quarrybank \nquarrybank\n\nCVE-2026-90001"}  # fmt: skip
    assert post.client.post(path, data=form).headers["location"] == f"{path}?done=saved"
    wish = post.store.subscriber(ADDRESS).wish
    assert wish == Wish("daily", ("Breaches", "Policy"), ("quarrybank", "CVE-2026-90001"))
    long = post.client.post(
        path, data={"act": "save", "watch": "\n".join(f"n{i}" for i in range(26))}
    )
    assert long.status_code == 400
    assert "at most 25 names" in long.text
    assert post.store.subscriber(ADDRESS).wish == wish
    hostile = {"act": "save", "watch": "</textarea><script>x</script>"}
    post.client.post(path, data=hostile)
    assert "<script>x" not in post.client.get(path).text
    post.now += timedelta(hours=24)
    assert post.client.get(path).status_code == 404


def test_erasing_leaves_no_trace_in_the_file(post: Post) -> None:
    post.subscribed()
    path = f"/subscribe/preferences/{post.link('manage')}"
    answer = post.client.post(path, data={"act": "erase", "never": "1"})
    assert answer.headers["location"] == "/subscribe?done=erased"
    people, links, shut_out, _, letters = post.everything()
    assert (people, links, letters) == ([], [], [])
    assert [row[0] for row in shut_out] == [fingerprint(ADDRESS)]
    assert not holds(post.address, ADDRESS)
    ask(post)
    assert post.store.subscribers() == []
    assert post.store.lift(ADDRESS)
    ask(post)
    assert [one.address for one in post.store.subscribers()] == [ADDRESS]


def test_the_form_is_guarded(post: Post) -> None:
    foreign = post.client.post(
        "/subscribe", data={"email": ADDRESS}, headers={"origin": "https://x.example"}
    )
    assert foreign.status_code == 403
    assert ask(post, name="robot").status_code == 303  # the trap: told nothing, done nothing
    assert post.store.subscribers() == []
    codes = [ask(post, f"p{number}@northgate-post.com").status_code for number in range(8)]
    assert codes == [303] * 6 + [429] * 2
    post.now += timedelta(hours=1)
    for _ in range(5):  # a mailbox can't be filled from elsewhere either
        post.store.ask(ADDRESS, Wish(), post.now)
        post.now += timedelta(minutes=11)
    joined = "outbox JOIN subscriber s ON s.id = subscriber"
    query = f"SELECT count(*) FROM {joined} WHERE address = '{ADDRESS}'"
    assert rows(post.address, query) == [(3,)]


def test_without_a_mail_server_and_in_the_demonstration_nothing_is_asked(
    post: Post, services: Services
) -> None:
    for own in (replace(post_services(post), demo=True), services):
        with TestClient(create_app(lambda own=own: own), follow_redirects=False) as client:
            assert "Stay on the wire" not in client.get("/").text
            assert "sends no mail" in client.get("/subscribe").text
            assert client.post("/subscribe", data={"email": ADDRESS}).status_code == 404


def post_services(post: Post) -> Services:
    return Services(store=post.store, config=CONFIG)


def test_the_box_stands_on_wire_and_threads(post: Post) -> None:
    thread = next(iter(post.store.all_threads()))
    page = post.client.get(f"/wire/{thread.id}", follow_redirects=True).text
    for text in (post.client.get("/").text, page):
        assert "Stay on the wire: get the next signal in your inbox" in text
        assert 'action="/subscribe"' in text


def test_past_issues_stay_on_the_web_as_page_markdown_and_json(post: Post) -> None:
    since = START - timedelta(days=7)
    until = START + timedelta(days=1)
    made = issue.make(
        post.store, "2026-11-27-weekly", "weekly", since, until, Rules(), zone="UTC", now=START
    )
    marks = issue.view(made.document).marks
    assert post.store.add_issue(made, marks, START) == 0
    assert "/newsletter/2026-11-27-weekly" in post.client.get("/newsletter").text
    page = post.client.get("/newsletter/2026-11-27-weekly")
    text = post.client.get("/newsletter/2026-11-27-weekly.md").text
    document = post.client.get("/newsletter/2026-11-27-weekly.json").json()
    mark = "Extracted automatically from the sources below; no language model wrote this."
    assert mark in page.text
    assert page.text.index(mark) < page.text.index("Quarrybank confirms")
    assert text.index(mark) < text.index("Quarrybank confirms")
    assert document["disclosure"] == mark
    assert document["digital_source_type"].endswith("/algorithmicMedia")
    assert [i["id"] for g in document["groups"] for i in g["items"]] == list(marks)
    assert post.client.get("/newsletter/2026-11-20-weekly").status_code == 404
