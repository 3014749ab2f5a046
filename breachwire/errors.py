"""One tree of errors; every one is a line a person can act on.

    BreachwireError
    ├── UsageError            wrong use: exit 2
    │   ├── TooLargeError     more was handed in than is read
    │   └── LeftOutError      an address of an outlet that asked to be left out
    ├── ConfigError           a setting that can't be used: exit 2
    ├── CalibrationError      an embedding model that no parameters were fitted for
    ├── StoreError            the store can't be opened or written
    │   ├── StoreVersionError made by a newer version
    │   ├── StoreBusyError    another process holds the role, or the turn for too long
    │   ├── SlowSearchError   a search took longer than it may
    │   ├── ConflictError     what the call rests on has changed since it was read
    │   └── NotFoundError     no such thread, article, feed
    │       └── GoneError     it was there and rested on an outlet that is left out
    ├── ModelError            a language model gave nothing usable; .kind says why
    ├── FetchError            an address gave nothing usable; .kind says why
    │   ├── BlockedAddressError  refused before connecting
    │   └── LeftAloneError    the server asks for a pause longer than anyone waits
    ├── SpeechError           a text could not be spoken
    ├── MailError             a mail was not taken; .kind says whose fault that is
    ├── NoArchiveError        an address that names nothing older than what it shows
    └── ParseError            bytes that are not what they should be
        └── NotAFeedError     an address that answered with something else

In: nothing. Out: exceptions with ids and addresses in them, raised at the walls (network, store,
parsers) so that no foreign error crosses one.
"""

from __future__ import annotations

from typing import Literal

FetchKind = Literal[
    "bad_url",
    "blocked_address",
    "dns",
    "connect",
    "timeout",
    "too_large",
    "encoding",
    "redirect",
    "status",
    "robots",
    "protocol",
    "tls",
]


MailKind = Literal["server", "later", "refused", "rejected", "unclear"]
ModelKind = Literal["unreachable", "busy", "refused", "budget", "declined", "broken"]


class BreachwireError(Exception):
    """Base of all; `str()` is one line: what, where, what to do."""

    exit_code = 1


class UsageError(BreachwireError):
    """The call's words are off."""

    exit_code = 2


class TooLargeError(UsageError):
    """More was handed in than is read; says how much may be."""


class LeftOutError(UsageError):
    """An address of an outlet that asked to be left out; nothing of it is read or stored."""

    def __init__(self, url: str, site: str) -> None:
        super().__init__(f"{site} is left out at the outlet's wish ({url})")
        self.site = site


class ConfigError(BreachwireError):
    """A setting can't be used; names the setting."""

    exit_code = 2


class CalibrationError(BreachwireError):
    """An embedding model without parameters that were fitted for it, or nothing to fit them on."""


class StoreError(BreachwireError):
    """The store can't be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was made by a newer version; nothing was changed."""


class StoreBusyError(StoreError):
    """Another process holds this role (poller, threader) on the store, or holds the turn for longer
    than anyone waits."""


class SlowSearchError(StoreError):
    """A search took longer than it may; nothing is known of what it would have found."""


class ConflictError(StoreError):
    """What the call rests on is no longer so (an article stands elsewhere, an edit is undone
    already, an editor said otherwise); nothing was changed."""


class NotFoundError(StoreError):
    """No such thread, article, feed or storyline; carries what was asked for."""

    def __init__(self, noun: str, key: str) -> None:
        super().__init__(f"no {noun} {key!r}")
        self.noun = noun
        self.key = key


class GoneError(NotFoundError):
    """A thread or version that rested on an outlet that is left out; for good."""

    def __init__(self, noun: str, key: str) -> None:
        super().__init__(noun, key)
        self.args = (f"this {noun} was left out at the outlet's wish; it is gone for good",)


class ModelError(BreachwireError):
    """A language model gave nothing usable.

    unreachable, busy, refused (the key, the model's name, a redirect) and budget are about the
    endpoint: whatever is asked next fares no better. declined and broken are about one question.
    """

    def __init__(self, kind: ModelKind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds the server asked to be left alone."""


class FetchError(BreachwireError):
    """An address gave nothing usable."""

    def __init__(
        self,
        kind: FetchKind,
        url: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{message} ({url})")
        self.kind = kind
        self.url = url
        self.message = message
        self.status = status
        self.retry_after = retry_after
        """Seconds the server asked to be left alone, at most 86,400."""


class BlockedAddressError(FetchError):
    """The address leads where this service must not go; nothing was sent."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__("blocked_address", url, message)


class SpeechError(BreachwireError):
    """The voice failed, or has too much to say already; says which."""


class LeftAloneError(FetchError):
    """The server asks to be left alone (429, 503) for longer than anyone waits, or again and
    again."""

    def __init__(self, url: str, status: int, seconds: float) -> None:
        wait = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
        super().__init__(
            "status",
            url,
            f"the server answered {status} and asks to be left alone for {wait}",
            status=status,
            retry_after=seconds,
        )


class MailError(BreachwireError):
    """The mail server did not take a mail.

    server (not reached, its certificate, the password, the sender) is about the server: whatever is
    sent next fares no better. later, refused (the recipient, for good), rejected (the text, for
    good) and unclear (cut off before the answer: it may be delivered) are about one mail.
    """

    def __init__(self, kind: MailKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class NoArchiveError(BreachwireError):
    """A feed or site that leads to nothing older than what it shows; says what was tried."""


class ParseError(BreachwireError):
    """Bytes that are not what they should be."""


class NotAFeedError(ParseError):
    """A document that is no feed; says what it looks like instead."""
