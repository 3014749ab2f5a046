"""Alerts at work: what happened in watches' threads → letters in line → mails.

In: a store, a configuration, a clock. Out: letters made when an alert's pace says so, letters sent,
who never confirmed forgotten. `breachwire.postroom` runs it beside the newsletter, by whichever
process holds the role "mailer". A letter names the happenings that it tells and is written when its
turn comes, so what an outlet had left out meanwhile is in none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from api.alerts import letters
from api.services import Services
from api.values import day_in_words
from api.watch.matching import matched
from api.webhooks import documents
from breachwire.config import Config
from breachwire.errors import NotFoundError, UsageError
from breachwire.mail import schedule
from breachwire.mail.message import stationery
from breachwire.mail.outbox import Mail, Outbox, Tally
from breachwire.model import Watch
from breachwire.model.alerts import Alert, AlertLetter, AlertLink
from breachwire.model.newsletter import LetterState, Link, masked
from breachwire.model.webhooks import Happening
from breachwire.net.mail import MailServer
from breachwire.store import Store
from nlp import galaxy

ASKED: Final = timedelta(hours=48)
"""How long an address that never was confirmed is kept: as long as its link is good."""
FORGET: Final = timedelta(hours=1)
"""How often it is looked for what is to be forgotten."""
KEPT: Final = timedelta(days=400)
"""How long links in mails are good, and it is kept that a letter was sent."""
LOOK: Final = timedelta(minutes=5)
"""How often it is looked what an alert "at once" is to be told: what one story brings in comes
together then."""
APART: Final = timedelta(minutes=15)
"""Between two letters of one alert."""
BATCH: Final = 500
"""Happenings that are looked at in one go."""
USED: Final = timedelta(days=1)
"""How often it is noted that a watch is in use."""
DAY: Final = timedelta(days=1)


class Alerts:
    """Makes what is due and sends what waits."""

    def __init__(
        self,
        store: Store,
        config: Config,
        server: MailServer,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], object],
    ) -> None:
        """`wait`: seconds; returns early when the process is to end. Raises ConfigError."""
        self._store, self._config, self._now = store, config, now
        self._services = Services(store=store, config=config, known_actor=galaxy.known_by_slug)
        self._stationery = stationery(config)
        self._outbox: Outbox[AlertLetter] = Outbox(
            _Letters(store),
            server,
            self.write,
            sender=self._stationery.address,
            per_minute=config.smtp_rate,
            bounces=config.mail_bounces,
            now=now,
            wait=wait,
        )
        self._forgot: datetime | None = None
        self._looked: dict[int, datetime] = {}

    def run(self, stopped: Callable[[], bool]) -> Tally:
        """Everything that is due and waits now. Raises MailError: the rest waits on."""
        for one in self._store.alerts():
            if stopped():
                break
            self._make(one)
        self._forget()
        return self._outbox.run(stopped)

    # what is due

    def _make(self, one: Alert) -> None:
        now = self._now()
        if not self._is_due(one, now):
            return
        found = self._next(one)
        if not found:
            return
        if told := self._of(one, found):
            self._store.post_alert(one, found[-1].id, [own.id for own in told], now)
        elif one.pace == "daily" and len(found) < BATCH:
            self._store.post_alert(one, found[-1].id, [], now)  # this day is over
        else:
            self._store.see_alert(one, found[-1].id)

    def _is_due(self, one: Alert, now: datetime) -> bool:
        """By its pace, its last letters and its share of a day."""
        if one.pace == "at_once":
            looked = self._looked.get(one.id)
            if looked is not None and now - looked < LOOK:
                return False
            self._looked[one.id] = now
            sent = self._store.alert_letters_since(one.id, now - DAY)
            return not sent or (len(sent) < letters.A_DAY and now - sent[0] >= APART)
        config = self._config
        due = schedule.due(
            "daily", now, zone=config.time_zone, weekday=0, hour=config.newsletter_hour
        )
        if due is None or (one.confirmed_at and one.confirmed_at >= due.at):
            return False
        return not self._store.alert_letters_since(one.id, due.at - timedelta(microseconds=1))

    def _next(self, one: Alert) -> list[Happening]:
        """All that has happened since, as far as one letter reaches."""
        return self._store.happenings(one.seen, BATCH)

    def _of(self, one: Alert, found: list[Happening]) -> list[Happening]:
        """Those in threads of its watch; that two threads are one is no news of a ledger."""
        homes = {
            own.id: home
            for own in found
            if own.kind != "thread.merged" and (home := documents.home(self._store, own))
        }
        meant = self._meant(one, set(homes.values()))
        return [own for own in found if homes.get(own.id) in meant]

    def _meant(self, one: Alert, threads: set[str]) -> Mapping[str, tuple[str, ...]]:
        """Those of the threads that its watch means, each with the reason."""
        now = self._now()
        try:
            watch = self._store.watch_by_id(one.watch)
            if now - (watch.last_used_at or watch.created_at) >= USED:
                self._store.touch_watch(watch.id, now)
            return matched(self._services, watch, now, threads).threads if threads else {}
        except (UsageError, NotFoundError):  # a search that is none any more; deleted meanwhile
            return {}

    def _forget(self) -> None:
        now = self._now()
        if self._forgot is None or now - self._forgot >= FORGET:
            self._forgot = now
            self._store.forget_alerts(now - ASKED, now - KEPT)

    # letters

    def write(self, letter: AlertLetter) -> Mail | None:
        """The mail of a letter whose turn it is; None where it has nothing to tell any more."""
        whose = letter.subscriber
        try:
            watch = self._store.watch_by_id(whose.watch)
            return (self._asking if letter.kind == "confirm" else self._telling)(letter, watch)
        except NotFoundError:
            return None

    def _asking(self, letter: AlertLetter, watch: Watch) -> Mail:
        whose, config = letter.subscriber, self._config
        url = self._links(whose, {"confirm": "confirm"})["confirm"]
        hint = masked(whose.address)
        written = letters.confirmation(watch.label, whose.pace, hint, url, config.mail_imprint)
        data = self._stationery.mail(written, whose.address, id=letter.message_id, at=self._now())
        return Mail(whose.address, data)

    def _telling(self, letter: AlertLetter, watch: Watch) -> Mail | None:
        whose, base = letter.subscriber, documents.base_of(self._services)
        found = self._store.happenings_among(letter.happenings)
        told = [one for own in found if (one := documents.document(self._services, own))]
        if not told:
            return None
        why = self._meant(whose, {one["data"]["thread"] for one in told})
        links = self._links(whose, {"leave": "leave", "oneclick": "unsubscribe"})
        confirmed = day_in_words(whose.confirmed_at) if whose.confirmed_at else ""
        frame = letters.Frame(
            watch.label, base, links["leave"], masked(whose.address), confirmed,
            self._config.mail_imprint,
        )  # fmt: skip
        data = self._stationery.mail(
            letters.letter(told, why, frame), whose.address, id=letter.message_id, at=self._now(),
            list_name="alert", unsubscribe=links["oneclick"], archive=base,
        )  # fmt: skip
        return Mail(whose.address, data)

    def _links(self, whose: Alert, paths: dict[AlertLink, str]) -> dict[AlertLink, str]:
        """New secrets, kept as digests before the mail that holds them leaves."""
        now, kept, found = self._now(), list[Link](), dict[AlertLink, str]()
        for purpose, path in paths.items():
            secret, link = letters.new_link(purpose, now)
            kept.append(link)
            found[purpose] = f"{documents.base_of(self._services)}/alerts/{path}/{secret}"
        self._store.add_alert_links(whose.id, kept, now)
        return found


class _Letters:
    """A store's letters of alerts, as the outbox takes them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def resume(self) -> int:
        return self._store.resume_alerts()

    def next_letter(self, now: datetime) -> AlertLetter | None:
        return self._store.next_alert(now)

    def settle(
        self,
        letter: int,
        state: LetterState,
        now: datetime,
        *,
        error: str | None = None,
        threads: Mapping[str, int] | None = None,  # noqa: ARG002 (the newsletter's)
        again: datetime | None = None,
        counted: bool = True,
    ) -> None:
        self._store.settle_alert(letter, state, now, error=error, again=again, counted=counted)

    def bounced(self, subscriber: int, most: int, now: datetime) -> bool:  # noqa: ARG002
        return self._store.alert_bounced(subscriber, most)
