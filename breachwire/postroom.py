"""The newsletter at work: what is due → an issue in the outbox → mails; and alerts beside it.

In: configuration, a store, a clock. Out: issues made when the clock says so, letters sent, old
addresses forgotten. It strings `api.newsletter` (what is said) and `breachwire.mail` (how it gets
there) together; one process at a time does, which holds the role "mailer".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from api.newsletter import choose, issue, letters, render, wishes
from breachwire.alerting import Alerts
from breachwire.config import Config, weekday
from breachwire.mail import schedule
from breachwire.mail.message import stationery
from breachwire.mail.outbox import Mail, Outbox, Tally
from breachwire.model.newsletter import (
    FREQUENCIES,
    Frequency,
    Issue,
    Link,
    LinkPurpose,
    Posted,
    masked,
)
from breachwire.net.mail import MailServer
from breachwire.store import Store

ASKED: Final = letters.LASTS["confirm"] or timedelta(0)
"""How long an address that never was confirmed is kept: as long as its link is good."""
FORGET: Final = timedelta(hours=1)
"""How often it is looked for what is to be forgotten."""
LINKS: Final = timedelta(days=400)
"""How long links in mails are good."""


class Postroom:
    """Makes what is due and sends what waits."""

    def __init__(
        self,
        store: Store,
        config: Config,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], object],
        say: Callable[[str], None],
    ) -> None:
        """`wait`: seconds; returns early when the process is to end. Raises ConfigError."""
        self._store, self._config = store, config
        self._now, self._say = now, say
        self._stationery = stationery(config)
        self._alerts = Alerts(store, config, server(config), now=now, wait=wait)
        self._outbox = Outbox(
            store,
            server(config),
            self.write,
            sender=self._stationery.address,
            per_minute=config.smtp_rate,
            bounces=config.mail_bounces,
            now=now,
            wait=wait,
        )
        self._forgot: datetime | None = None
        self._made: dict[str, Issue] = {}
        self._there: set[str] = set()
        """Issues that are known to be in the store."""

    def run(self, stopped: Callable[[], bool]) -> Tally:
        """Everything that is due and waits now. Raises MailError: the rest waits on."""
        self.make_due()
        self._forget()
        done = self._outbox.run(stopped) + self._alerts.run(stopped)
        if done.sent or done.failed:
            self._say(told(done))
        return done

    def send(self, stopped: Callable[[], bool]) -> Tally:
        """What waits, and no issue that is due. Raises MailError."""
        return self._outbox.run(stopped) + self._alerts.run(stopped)

    def make_due(self) -> list[Issue]:
        """The issues whose time has come and that aren't there yet; a daily one only where somebody
        wants it."""
        found = []
        for frequency in FREQUENCIES:
            config = self._config
            due = schedule.due(
                frequency, self._now(), zone=config.time_zone, weekday=weekday(config),
                hour=config.newsletter_hour,
            )  # fmt: skip
            if due is None or self._is_there(due.id) or not self._is_wanted(frequency):
                continue
            made = prepared(self._store, config, frequency, due.id, due.at, self._now())
            self._say(posted(self._store, made, self._now()))
            found.append(made)
        return found

    def _is_there(self, id: str) -> bool:
        if id not in self._there and any(one.id == id for one in self._store.issues(limit=20)):
            self._there.add(id)
        return id in self._there

    def _is_wanted(self, frequency: Frequency) -> bool:
        if frequency == "weekly":
            return True
        return any(one.wish.frequency == frequency for one in self._store.subscribers("active"))

    def _forget(self) -> None:
        """What is older than it is to be kept."""
        now = self._now()
        if self._forgot is None or now - self._forgot >= FORGET:
            self._forgot = now
            left = timedelta(days=self._config.retain_left)
            self._store.forget(now - ASKED, now - left, now - LINKS)

    def write(self, letter: Posted) -> Mail | None:
        """The mail of a letter whose turn it is; None where it has nothing for its reader."""
        if letter.kind == "issue":
            return self._issue(letter)
        purpose = letters.LINK_OF[letter.kind]
        path = {"confirm": "confirm", "manage": "preferences"}[purpose]
        (url,) = self._links(letter, {purpose: path}).values()
        address, config = letter.subscriber.address, self._config
        written = letters.letter(letter.kind, address, url, config.mail_imprint)
        data = self._stationery.mail(written, address, id=letter.message_id, at=self._now())
        return Mail(address, data)

    def _issue(self, letter: Posted) -> Mail | None:
        reader, one = letter.subscriber, self._issue_of(letter)
        view = issue.view(one.document, reader.wish, self._store.read_by(reader.id))
        if not view.items:
            return None
        links = self._links(letter, {"leave": "leave", "oneclick": "unsubscribe"})
        base = self._base
        frame = render.Frame(
            base, f"{base}/newsletter/{one.id}", links["leave"], masked(reader.address),
            reader.confirmed_at, self._config.mail_imprint,
        )  # fmt: skip
        written = render.letter(view, frame)
        data = self._stationery.mail(
            written, reader.address, id=letter.message_id, at=self._now(),
            list_name=one.frequency, unsubscribe=links["oneclick"], archive=f"{base}/newsletter",
        )  # fmt: skip
        return Mail(reader.address, data, written.threads)

    def _issue_of(self, letter: Posted) -> Issue:
        """Read once for all its letters."""
        id = letter.issue or ""
        if id not in self._made:
            self._made = {id: self._store.issue(id)}
        return self._made[id]

    def _links(self, letter: Posted, paths: dict[LinkPurpose, str]) -> dict[LinkPurpose, str]:
        """New secrets, kept as digests before the mail that holds them leaves."""
        now, kept, found = self._now(), list[Link](), dict[LinkPurpose, str]()
        for purpose, path in paths.items():
            secret, link = wishes.new_link(purpose, now)
            kept.append(link)
            found[purpose] = f"{self._base}/subscribe/{path}/{secret}"
        self._store.add_links(letter.subscriber.id, kept, now)
        return found

    @property
    def _base(self) -> str:
        return self._config.base_url.rstrip("/")


def server(config: Config) -> MailServer:
    """The operator's."""
    return MailServer(
        config.smtp_host,
        config.smtp_port,
        config.smtp_security,
        urlsplit(config.base_url).hostname or "localhost",
        config.smtp_user,
        config.smtp_password,
        config.smtp_ca,
    )


def prepared(
    store: Store,
    config: Config,
    frequency: Frequency,
    id: str,
    until: datetime,
    now: datetime,
    since: datetime | None = None,
) -> Issue:
    """An issue that is not in the store yet."""
    last = next((one.until for one in store.issues() if one.frequency == frequency), None)
    start = since or schedule.since(frequency, last, until)
    rules = choose.rules_of(config)
    return issue.make(store, id, frequency, start, until, rules, zone=config.time_zone, now=now)


def posted(store: Store, one: Issue, now: datetime) -> str:
    """Put an issue and its letters into the outbox; what was done, in a line."""
    view = issue.view(one.document)
    number = store.add_issue(one, view.marks, now)
    if number is None:
        return f"issue {one.id} is there already"
    if not one.document["items"]:
        return f"issue {one.id}: nothing developed; not sent"
    return f"issue {one.id}: {len(view.items)} threads, for {number} subscribers"


def told(done: Tally) -> str:
    """A run in a line."""
    parts = [
        (done.sent, "sent"),
        (done.skipped, "with nothing for their reader"),
        (done.later, "to be tried again"),
        (done.failed, "given up"),
        (done.suspended, "addresses suspended"),
    ]
    return "mail: " + (", ".join(f"{n} {words}" for n, words in parts if n) or "nothing waits")
