"""A reader's way with the newsletter in a real browser without JavaScript: subscribe → mail →
confirm → preferences → issue → source, and out again: unsubscribe, back, erase."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from breachwire.config import Config
from breachwire.mail.schedule import issue_id
from breachwire.postroom import Postroom, posted, prepared
from breachwire.store import Store, open_store

pytestmark = pytest.mark.browser
MAIN = "from breachwire.cli import main; main()"
ADDRESS = "ida.okafor@northgate-post.com"
SINCE = datetime(2026, 10, 25, tzinfo=UTC)


class Reader:
    """A person with a mailbox and a browser that runs no scripts."""

    def __init__(self, base: str, store: Store, config: Config, office: Any, page: Any) -> None:
        self.base, self.store, self.config = base, store, config
        self._office, self.page = office, page

    def send(self) -> None:
        """The operator's side: what waits is sent."""
        now = lambda: datetime.now(UTC)  # noqa: E731
        Postroom(self.store, self.config, now=now, wait=lambda _: None, say=str).send(lambda: False)

    def newest(self) -> Message:
        return self._office.to(ADDRESS)[-1]  # type: ignore[no-any-return]

    def link(self, path: str) -> str:
        """The one link of that kind in the newest mail's text."""
        (found,) = re.findall(
            rf"{re.escape(self.base)}/subscribe/{path}/[\w-]+", text(self.newest())
        )
        return found  # type: ignore[no-any-return]

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).click()

    def sees(self, words: str) -> None:
        """The page says so, or comes to say so: a form's answer is a redirect."""
        self.page.get_by_text(words).first.wait_for()

    def issue(self) -> None:
        """An issue is made and sent."""
        now = datetime.now(UTC)
        made = prepared(self.store, self.config, "weekly", issue_id("weekly", now.date()), now, now,
                        SINCE)  # fmt: skip
        posted(self.store, made, now)
        self.send()


def part(mail: Message, kind: str) -> str:
    (found,) = (p for p in mail.walk() if p.get_content_type() == kind)
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def text(mail: Message) -> str:
    return part(mail, "text/plain")


@pytest.fixture
def reader(browser: Any, threaded: Path, tmp_path: Path, post_office: Any) -> Iterator[Reader]:
    db = tmp_path / "wire.sqlite3"
    shutil.copy(threaded, db)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    own = {"base_url": base, "mail_imprint": "Breachwire, 1 Example Street, Vienna"}
    config = replace(Config(), **{**post_office.settings(), **own})
    settings = {
        f"BREACHWIRE_{name.upper()}": str(getattr(config, name)) for name in post_office.settings()
    }
    environ = {**os.environ, **settings, "BREACHWIRE_DB": str(db), "XDG_CONFIG_HOME": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    store = open_store(f"sqlite:///{db}")
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1100, "height": 800}
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        wait_for(f"{base}/healthz")
        yield Reader(base, store, config, post_office, context.new_page())
    finally:
        context.close()
        server.terminate()
        server.communicate(timeout=30)
        store.close()


def wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url):
                return
        except urllib.error.URLError:
            time.sleep(0.1)


@pytest.fixture
def shoot(browser: Any, tmp_path: Path) -> Callable[[Any, str], None]:
    """Screenshots of a page as it is, at desktop and phone width, light and dark."""
    folder = Path(os.environ.get("BREACHWIRE_SHOTS", tmp_path))

    def shot(page: Any, name: str) -> None:
        for width in (1100, 360):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size({"width": 1100, "height": 800})

    return shot


def test_the_whole_way_without_javascript(
    reader: Reader, shoot: Callable[[Any, str], None], browser: Any, tmp_path: Path
) -> None:
    page = reader.page
    page.goto(f"{reader.base}/")
    shoot(page, "wire")
    page.get_by_label("Your mail address").fill(ADDRESS)
    reader.press("Subscribe")
    reader.sees("Look into your inbox")
    shoot(page, "asked")

    reader.send()
    page.goto(reader.link("confirm"))
    shoot(page, "confirm")
    reader.press("Confirm and subscribe")
    reader.sees("You are subscribed")
    page.get_by_label("Law and enforcement").uncheck()
    page.get_by_label("Watch list").fill("Millbrook General Hospital\nCVE-2026-90002")
    reader.press("Save")
    reader.sees("Saved.")
    shoot(page, "preferences")

    reader.issue()
    mail = reader.newest()
    page.goto(reader.link("leave"))
    reader.sees("i•••@n•••.com")
    assert ADDRESS not in page.content()
    shoot(page, "leave")
    _look_at(browser, mail, tmp_path)
    (issue,) = re.findall(rf"{re.escape(reader.base)}/newsletter/[\w-]+", text(mail))
    page.goto(issue)
    shoot(page, "issue")
    page.get_by_role("link", name="All issues").click()
    shoot(page, "archive")

    page.goto(reader.link("leave"))
    reader.press("Mail me the way")
    reader.sees("mailed to the owner")
    reader.send()
    page.goto(reader.link("preferences"))
    reader.press("Unsubscribe")
    reader.sees("Unsubscribed")
    reader.send()
    assert "unsubscribed" in reader.newest()["Subject"]
    page.goto(reader.link("confirm"))
    reader.press("Confirm and subscribe")
    page.get_by_label("Watch list").wait_for()
    assert "Millbrook General Hospital" in page.get_by_label("Watch list").input_value()
    reader.press("Erase my address")
    reader.sees("Your address is erased")
    shoot(page, "erased")
    assert reader.store.subscribers() == []

    page.goto(f"{reader.base}/subscribe")
    page.get_by_label("Your mail address").fill(ADDRESS)
    page.get_by_label("Every day").check()
    reader.press("Subscribe")
    reader.sees("Look into your inbox")
    assert reader.store.subscriber(ADDRESS).wish.frequency == "daily"


def _look_at(browser: Any, mail: Message, folder: Path) -> None:
    """The mail's HTML at the widths that mail programs have: nothing is wider than the window, and
    nothing is loaded from anywhere."""
    shots = Path(os.environ.get("BREACHWIRE_SHOTS", folder))
    (shots / "issue.txt").write_text(text(mail))
    for width in (600, 360):
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.set_content(part(mail, "text/html"))
            page.screenshot(path=shots / f"mail-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert asked == []
            page.close()
