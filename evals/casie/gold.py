"""CASIE's articles → what they mark of our roles, and our claims in CASIE's terms."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from breachwire.model import Article, Claim
from evals.details import SHARED
from nlp.folding import fold
from nlp.train import article_of

DATA: Final = SHARED / "data" / "casie" / "casie-2017.jsonl.gz"
ROLES: Final = (
    "Victim", "Attacker", "Compromised-Data", "Number-of-Victim", "Number-of-Data", "Price",
    "Time", "CVE",
)  # fmt: skip
_FIELDS: Final = {
    "victim": "Victim", "actor": "Attacker", "data_type": "Compromised-Data", "cve": "CVE",
    "date": "Time", "volume": "Number-of-Data",
}  # fmt: skip
_DATA_UNITS: Final = frozenset({"records", "accounts"})
_PRICES: Final = frozenset({"ransom_demand", "ransom_paid", "other"})
"""Kinds of money that are a price there; losses, loot, fines and settlements are not."""
PRONOUNS: Final = frozenset(
    {
        *("he", "she", "it", "they", "him", "her", "them", "his", "its", "their", "theirs"),
        *("who", "which", "that", "this", "these", "those", "we", "us", "our", "you", "your"),
        *("i", "me", "my", "someone", "anyone", "others", "one", "ones", "victim", "victims"),
        *("himself", "themselves", "itself"),
    }
)
_LEADING: Final = re.compile(r"(?:(?:the|a|an|its|their|his|her|our|your|in|on|by)\s)+")
_CAPITAL: Final = re.compile(r"(?<![^\W_])[^\W\d_]")
_EDGES: Final = " \t.,;:'\"()[]"
Row = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A gold mention: its role, span in the text, plain words, event, whether it is a name."""

    role: str
    span: Span
    words: str
    event: int
    named: bool


def load(limit: int | None = None) -> list[Row]:
    """The articles; of these every k-th, so that at most `limit` are left."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows[:: -(-len(rows) // limit)] if limit else rows


def article(row: Row) -> Article:
    """A CASIE row as a stored article; a day is all that is known of its publication."""
    day = datetime.strptime(row["date"], "%Y_%m_%d").replace(tzinfo=UTC)
    item = {
        "url": row["url"] or f"https://casie.example/{row['id']}", "title": row["title"] or "",
        "summary": row["text"], "source": "", "published": day.isoformat(),
    }  # fmt: skip
    return article_of(int(row["id"]), item)


def role_of(claim: Claim) -> str | None:
    """CASIE's role for a claim, None where it has none."""
    if claim.field == "affected":
        return "Number-of-Data" if claim.value["unit"] in _DATA_UNITS else "Number-of-Victim"
    if claim.field == "money":
        return "Price" if claim.value["kind"] in _PRICES else None
    return _FIELDS.get(claim.field)


def mentions(row: Row, *, actual: bool = False) -> Iterator[Mention]:
    """The gold mentions of our roles; `actual`: of events that happened only."""
    for event in row["events"]:
        for arg in event["args"]:
            if arg["role"] in ROLES and (not actual or event["realis"] == "Actual"):
                span, words = _placed(row["text"], arg), arg["text"]
                named = _named(row["text"], span)
                yield Mention(arg["role"], span, plain(words), event["hopper"], named)


def _placed(text: str, arg: Row) -> Span:
    """Where a mention stands: in a few articles the offsets count a character too many."""
    words = arg["text"]
    near = text.find(words, max(0, arg["start"] - 3))
    start = near if 0 <= near <= arg["start"] + 3 else arg["start"]
    return start, start + len(words)


def _named(text: str, span: Span) -> bool:
    """Whether a word of a mention has a capital that no sentence's beginning gives it."""
    for match in _CAPITAL.finditer(text, *span):
        opens = match.start() == span[0] and text[: span[0]].rstrip(" \"'“‘(")[-1:] in (
            "",
            *".!?\n:",
        )
        if match.group().isupper() and not opens:
            return True
    return False


def plain(words: str) -> str:
    """Words as facts are told apart by: case, articles, possessives and edges aside."""
    low = fold(" ".join(words.split())).strip(_EDGES).removesuffix("'s")
    return _LEADING.sub("", low, count=1)


def places(claim: Claim, text: str) -> list[Span]:
    """Where a claim stands in the text: its span, or for a title's words wherever they recur."""
    if claim.evidence.where == "text":
        return [(claim.evidence.start, claim.evidence.end)]
    pattern = re.compile(rf"(?<!\w){re.escape(claim.evidence.quote)}(?!\w)", re.IGNORECASE)
    return [match.span() for match in pattern.finditer(text)]
