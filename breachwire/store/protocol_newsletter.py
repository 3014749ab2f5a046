"""What a store must do with the newsletter: subscribers, links in mails, issues, the outbox.

In: values of `breachwire.model.newsletter`. Out: the same. A part of
`breachwire.store.protocol.Store`, whose rules hold here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model.newsletter import (
    Issue,
    LetterState,
    Link,
    LinkPurpose,
    Posted,
    Subscriber,
    SubscriberState,
    Wish,
)


class NewsletterStore(Protocol):
    """Who gets what, and what became of it."""

    # people
    def ask(self, address: str, wish: Wish, now: datetime) -> bool:
        """Somebody put this address into the form: a letter to confirm it waits in the outbox; for
        an active one, a letter that says so. False, and nothing done, for one that must not be
        written to, or that got such a letter minutes ago or several times today."""

    def confirm(self, digest: str, consent: str, now: datetime) -> Subscriber | None:
        """Use up a confirmation link: its owner is active from now on. None for a link that is
        unknown, over or used."""

    def owner(self, digest: str, purpose: LinkPurpose, now: datetime) -> Subscriber | None:
        """Whose link this is; changes nothing. None for one that is unknown or over."""

    def add_links(self, subscriber: int, links: Sequence[Link], now: datetime) -> None:
        """Remember secrets by their digests."""

    def subscribers(self, state: SubscriberState | None = None) -> list[Subscriber]:
        """By id."""

    def subscriber(self, address: str) -> Subscriber:
        """Raises NotFoundError."""

    def save_wish(self, subscriber: int, wish: Wish) -> None:
        """What they want to get from now on."""

    def leave(self, subscriber: int, now: datetime) -> bool:
        """Unsubscribe; what waits for them is skipped, a letter that says so waits instead. False
        for one that is not subscribed."""

    def ask_for_way(self, subscriber: int, now: datetime) -> bool:
        """A letter with the way to their preferences waits; False where one just did."""

    def erase(self, subscriber: int, *, suppress: bool, now: datetime) -> None:
        """Delete the address and all that hangs on it, from the file too. `suppress`: keep its
        fingerprint, so that nobody can make us write to it again."""

    def lift(self, address: str) -> bool:
        """Forget the fingerprint of an address. False where there is none."""

    def forget(self, asked_before: datetime, left_before: datetime, links_before: datetime) -> int:
        """Erase who never confirmed or left long ago, and links that are as old; how many."""

    def bounced(self, subscriber: int, most: int, now: datetime) -> bool:
        """An address was refused for good; True where that was one too many: suspended now."""

    # issues
    def add_issue(self, issue: Issue, told: Mapping[str, int], now: datetime) -> int | None:
        """Store it, with a letter for each active subscriber of its frequency in the outbox, in one
        commit; how many. `told`: its threads, each with its last change. None, and nothing done,
        where this issue is there already."""

    def issue(self, id: str) -> Issue:
        """Raises NotFoundError."""

    def issues(self, limit: int = 50) -> list[Issue]:
        """Newest first."""

    def told(self, frequency: str) -> dict[str, int]:
        """Threads that earlier issues told, under the ids they have now, each with its last change
        by then."""

    # the outbox
    def resume(self) -> int:
        """Letters whose sender died wait again: one that was handed over and not recorded goes out
        once more, under the same Message-ID. Only whoever holds the role "mailer" may call it."""

    def next_letter(self, now: datetime) -> Posted | None:
        """Take the letter that waits longest: it is "sending" from now on. Those of people who have
        left meanwhile are skipped."""

    def read_by(self, subscriber: int) -> dict[str, int]:
        """Threads that a subscriber was sent, each with its last change by then."""

    def settle(
        self,
        letter: int,
        state: LetterState,
        now: datetime,
        *,
        error: str | None = None,
        threads: Mapping[str, int] | None = None,
        again: datetime | None = None,
        counted: bool = True,
    ) -> None:
        """What became of a try; with `again`, the state is "waiting" until then. Not `counted`: it
        was no try, since the server wasn't there."""

    def letters_since(self) -> datetime | None:
        """Since when the letter that waits longest could have gone; None: none waits."""

    def posted(self, issue: str | None = None) -> dict[LetterState, int]:
        """How many letters (of an issue) are in which state."""

    def came_back(
        self, message_id: str, most: int, now: datetime
    ) -> tuple[Subscriber, bool] | None:
        """A mail that was sent came back for good: whose it was, and whether that was one bounce
        too many, so that they are suspended now. None for a Message-ID that is none of ours, or
        that is known to have come back."""
