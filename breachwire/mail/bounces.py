"""Mails that came back: a file, an mbox or a Maildir → whom they could not be delivered to.

In: a path. Out: per mail the address that failed for good, and the Message-ID of ours that it
answers. `flufl.bounce` knows RFC 3464 and the shapes of servers that don't keep to it.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Final

from flufl.bounce import all_failures

from breachwire.errors import UsageError

LARGEST: Final = 10_000_000
"""Bytes of a mail that is looked at."""
_ID: Final = re.compile(r"^message-id:\s*<([0-9a-f]{32})@", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back for good."""

    address: str
    message_id: str | None
    """Of the mail that it is about, where the bounce quotes it: a forged one can't know it."""


def read(path: Path) -> Iterator[Bounce]:
    """All in a mail, an mbox file or a Maildir. Raises UsageError."""
    for raw in _mails(path):
        if len(raw) <= LARGEST:
            yield from bounces(message_from_bytes(raw, policy=policy.compat32))


def bounces(mail: Message) -> Iterator[Bounce]:
    """Of one mail; none for any other mail, or for a failure that is only temporary."""
    _, permanent = all_failures(mail)
    quoted = _ID.search("\n".join(_parts(mail)))
    for address in sorted(permanent):
        text = address.decode("ascii", "replace") if isinstance(address, bytes) else address
        yield Bounce(text.lower(), quoted[1] if quoted else None)


def _parts(mail: Message) -> Iterator[str]:
    """The bodies, in which the mail that came back is quoted."""
    for part in mail.walk():
        inner = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(inner, list):
            held = (one for one in inner if isinstance(one, Message))
            yield "\n".join(f"{name}: {value}" for one in held for name, value in one.items())
        elif isinstance(inner, str):
            yield inner


def _mails(path: Path) -> Iterable[bytes]:
    if path.is_dir():
        if not (path / "cur").is_dir() and not (path / "new").is_dir():
            raise UsageError(f"{path}: no Maildir (it has neither `new` nor `cur`)")
        return (bytes(mail) for mail in mailbox.Maildir(path, create=False))
    try:
        start = path.open("rb").read(5)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if start == b"From ":
        return (bytes(mail) for mail in mailbox.mbox(path, create=False))
    return (path.read_bytes(),)
