"""A person's review of one version of a brief, and the bytes that it is a review of.

In: a `Brief`. Out: `SignOff`, the canonical bytes of what a brief says, and their SHA-256. A
sign-off holds for these bytes alone: another version, or another byte of the same one, has none.
Every word of a sign-off but the hash and the times is the reviewer's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from breachwire.model.facts import Brief, Statement

FORMAT: Final = 1
"""Of the canonical bytes; raised where they are made otherwise, so that old hashes can be told."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who reviewed a version, what they checked, and who answers for it."""

    thread: str
    version: int
    sha256: str
    """Of `canonical` of that version, in hex."""
    reviewer: str
    role: str
    competence: str
    """Why they can judge it: training, experience."""
    facts: str
    """Which facts they checked, in their own words."""
    sources: str
    """Which sources they read, in their own words."""
    changed: str
    """What changed because of the review; empty: they didn't say."""
    responsible: str
    """The person or firm that holds editorial responsibility."""
    contact: str
    """Where the responsible one is found: a mail or web address."""
    at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""
    revoked_why: str = ""
    id: int = 0
    """0 until the store gives one."""

    def covers(self, brief: Brief) -> bool:
        """Whether it holds for this brief: not revoked, this very version, not a byte changed."""
        here = (brief.thread, brief.version)
        standing = self.revoked_at is None and (self.thread, self.version) == here
        return standing and self.sha256 == sha256(brief)


REQUIRED: Final = (
    "reviewer", "role", "competence", "facts", "sources", "responsible", "contact",
)  # fmt: skip
"""What a person must fill in: without one of them nobody reviewed, or nobody answers for it."""


def canonical(brief: Brief) -> bytes:
    """What a brief says, as JSON (UTF-8, keys sorted, no blanks): the bytes a reviewer signs.

    Thread, version, who wrote it, and every statement in the order of the page with its section,
    paragraph, date, kind, writer and evidence. Not when it was made, nor what from.
    """
    document = {
        "format": FORMAT,
        "thread": brief.thread,
        "version": brief.version,
        "author": brief.author,
        "model": brief.model,
        "statements": [_plain(one) for one in brief.statements],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _plain(statement: Statement) -> dict[str, Any]:
    """Field by field: one that is added to the class later must not void what was signed."""
    return {
        "section": statement.section,
        "paragraph": statement.paragraph,
        "at": statement.at,
        "kind": statement.kind,
        "author": statement.author,
        "text": statement.text,
        "evidence": [asdict(words) for words in statement.evidence],
    }


def sha256(brief: Brief) -> str:
    """Of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(brief)).hexdigest()


def standing(brief: Brief | None, signed: Iterable[SignOff]) -> SignOff | None:
    """The sign-off that holds for a brief as it is now."""
    return next((one for one in signed if brief and one.covers(brief)), None)


def voided(brief: Brief | None, signed: Iterable[SignOff]) -> SignOff | None:
    """The newest one that was not revoked and is of another version, or of other bytes; None where
    one holds."""
    if brief is None or standing(brief, signed := list(signed)):
        return None
    kept = [one for one in signed if one.revoked_at is None]
    return max(kept, key=lambda one: (one.version, one.id), default=None)
