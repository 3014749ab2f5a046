"""What a subscriber's form says → an address and a `Wish`; links' secrets → digests.

In: the fields of a form. Out: values, or UsageError with a line for the person. Addresses are
checked for their form only: no DNS is asked, no mailbox probed.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Final

from email_validator import EmailNotValidError, validate_email

from api.forms import Form
from api.newsletter.letters import LASTS
from breachwire.errors import UsageError
from breachwire.model import SECTIONS
from breachwire.model.newsletter import Frequency, Link, LinkPurpose, Wish
from breachwire.model.tokens import digest
from breachwire.store import slug

NAMES: Final = 25
"""On a watch list."""
LENGTH: Final = 80
"""Characters of a name."""
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def address(form: Form) -> str:
    """The address as mail servers write it: lower-case domain, ASCII. Raises UsageError."""
    given = form.get("email")[:320]
    try:
        found = validate_email(given, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise UsageError(f"This is no mail address: {error}") from None
    return found.ascii_email or found.normalized


def wish(form: Form) -> Wish:
    """Frequency, sections, watch list; no section ticked, or every one, means all. Raises
    UsageError."""
    frequency: Frequency = "daily" if form.get("frequency") == "daily" else "weekly"
    ticked = set(form.all("section"))
    sections = tuple(name for name in SECTIONS if name in ticked)
    return Wish(frequency, () if len(sections) == len(SECTIONS) else sections, _watch(form))


def _watch(form: Form) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in form.get("watch").splitlines())
    names = {slug(name): name for name in lines if slug(name)}
    if len(names) > NAMES:
        raise UsageError(f"The watch list holds at most {NAMES} names.")
    if long := next((name for name in names.values() if len(name) > LENGTH), None):
        raise UsageError(f"“{long[:30]}…” is longer than {LENGTH} characters.")
    if any(not name.isprintable() for name in names.values()):
        raise UsageError("A name on the watch list holds characters that cannot be printed.")
    return tuple(names.values())


def known_by(secret: str) -> str:
    """What a link is looked up by; empty for what has not its shape."""
    return digest(secret) if _SECRET.fullmatch(secret) else ""


def new_link(purpose: LinkPurpose, now: datetime) -> tuple[str, Link]:
    """A secret for a mail, and what is kept of it."""
    secret, lasts = secrets.token_urlsafe(32), LASTS[purpose]
    return secret, Link(purpose, digest(secret), now + lasts if lasts else None)
