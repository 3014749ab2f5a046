"""The demonstration's stories behind a server, and a path of each kind of its pages.

In: `serve` on an empty store (conftest's `Wire`). Out: the paths by kind, found in what the server
says of itself; those that a secret leads to made through the store and the forms.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from api.newsletter.wishes import new_link
from breachwire.config import Config
from breachwire.demo import corpus
from breachwire.mail.schedule import issue_id
from breachwire.model.newsletter import LinkPurpose, Wish
from breachwire.postroom import posted, prepared
from breachwire.store import Store
from tests.browser.looking import get

MAIL = {
    "base_url": "https://wire.example",
    "smtp_host": "127.0.0.1",
    "smtp_port": "2525",
    "mail_from": "Wire <wire@wire.example>",
    "mail_imprint": "Breachwire, 1 Example Street, Vienna",
}
"""Nothing is sent: with a mail server named, the pages on mail are whole."""
_PAGES: dict[LinkPurpose, str] = {
    "confirm": "confirm",
    "manage": "preferences",
    "leave": "leave",
    "oneclick": "unsubscribe",
}


def told_of(item: dict[str, Any]) -> bool:
    """Storylines and flaws: half the corpus has every kind of page."""
    return bool(item["storylines"]) or "CVE-" in item["title"] + item["content"]


def told(wire: Any) -> None:
    """The stories are imported: in two parts, which lets briefs have two versions."""
    lines = [json.dumps(one) + "\n" for one in corpus.items() if told_of(one)]
    for part in (lines[:-15], lines[-15:]):
        wire.items.write_text("".join(part), "utf-8")
        wire.run("import", str(wire.items))


def logged_in(page: Any, wire: Any) -> None:
    """An editor's session."""
    page.goto(f"{wire.url}/edit")
    secret = wire.run("token", "create", "Ida", "--scope", "edit", "--expires", "1d").strip()
    page.get_by_label("Token").fill(secret)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Unsure joins").wait_for()


def watched(page: Any, url: str) -> str:
    """A watch list with names of every fate."""
    page.goto(f"{url}/watch")
    page.locator("#names").fill("Spindlewick, supplier\nGilt Magpie\nNobody Known\n!!!")
    page.get_by_role("button", name="Watch these").click()
    address = page.locator("a.hash").first.get_attribute("href")
    return urlsplit(address).path  # type: ignore[no-any-return]


def mailed(store: Store) -> dict[str, str]:
    """An issue, and where the links of mails lead: one reader is asked, one gets the briefing."""
    now = datetime.now(UTC)
    config = replace(Config(), base_url=MAIL["base_url"])
    id_ = issue_id("weekly", now.date())
    made = prepared(store, config, "weekly", id_, now, now, now - timedelta(days=60))
    posted(store, made, now)
    asked, reads = _reader(store, "ida.okafor@mail.example"), _reader(store, "bo@mail.example")
    store.confirm(reads.pop("confirm")[1], "as asked", now)
    links = {"confirm": asked["confirm"], **reads}
    return {
        "issue": f"/newsletter/{id_}",
        **{name: f"/subscribe/{_PAGES[name]}/{secret}" for name, (secret, _) in links.items()},
        "manage": f"/subscribe/preferences/{reads['manage'][0]}?done=welcome",
        "link that is over": f"/subscribe/confirm/{'x' * 43}",
        **{done: f"/subscribe?done={done}" for done in ("asked", "left", "erased")},
    }


def _reader(store: Store, address: str) -> dict[LinkPurpose, tuple[str, str]]:
    """By purpose, a link's secret and its digest."""
    now = datetime.now(UTC)
    store.ask(address, Wish(), now)
    made = {purpose: new_link(purpose, now) for purpose in _PAGES}
    store.add_links(store.subscriber(address).id, [link for _, link in made.values()], now)
    return {purpose: (secret, link.digest) for purpose, (secret, link) in made.items()}


def paths(url: str) -> dict[str, str]:
    """A path of each kind of page, found in what the server says of itself."""
    _, body = get(f"{url}/api/v1/threads?limit=50", Accept="application/json")
    pages = {}
    for row in json.loads(body)["threads"]:
        path = urlsplit(row["url"]).path
        pages[path] = get(url + path)[1].decode()
    signs = {"chart": 'class="chart"', "map": 'class="map"', "timeline": 'class="line-of wide"',
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
        "error reports": "/edit/reports", "service": "/edit/service",
        "not here": "/nothing/here", "wrong": "/?kind=nonsense",
    }  # fmt: skip
