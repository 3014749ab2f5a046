"""Indicators of a thread: its articles' own → one row a value, for JSON, page and Markdown.

In: indicators by article, oldest article first. Out: dicts; the value live for programs, defanged
for people. Quotes are exact in JSON; where people read them, the value in them is defanged too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from breachwire.model import INDICATOR_TYPES, Evidence, Indicator

TYPES: Final[Mapping[str, str]] = {
    "cve": "Flaw",
    "domain": "Domain",
    "ipv4": "IP address",
    "ipv6": "IP address",
    "url": "URL",
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "package": "Package",
    "attack": "ATT&CK technique",
}
_LINKED: Final = ("domain", "ipv4", "ipv6", "url")
"""What a reader's program may make a link of."""


def rows(
    found: Iterable[Indicator], evidence: Callable[[Evidence], dict[str, Any]]
) -> list[dict[str, Any]]:
    """By type, then as they first stand; each with a passage an article."""
    merged: dict[tuple[str, str], list[Indicator]] = {}
    for one in found:
        merged.setdefault((one.type, one.value), []).append(one)
    ordered = sorted(merged.values(), key=lambda some: INDICATOR_TYPES.index(some[0].type))
    return [
        {
            "type": some[0].type,
            "value": some[0].value,
            "defanged": some[0].defanged,
            "text": some[0].evidence.quote,
            "evidence": [evidence(one.sentence) for one in some],
        }
        for some in ordered
    ]


def counted(found: Iterable[Mapping[str, Any]]) -> str:
    """`2 domains, 1 SHA-256`."""
    kinds = Counter(TYPES[row["type"]] for row in found)
    return ", ".join(f"{n} {_many(kind, n)}" for kind, n in kinds.items())


def _many(kind: str, n: int) -> str:
    """`IP addresses`, `flaw`: abbreviations keep their capitals, hashes have no plural."""
    noun = kind if kind[:2].isupper() else kind[0].lower() + kind[1:]
    if n == 1 or noun[-1].isdigit():
        return noun
    return noun + ("es" if noun.endswith("s") else "s")


def shown(row: Mapping[str, Any]) -> str:
    """The first passage, with the value in it defanged."""
    quote: str = row["evidence"][0]["quote"]
    text: str = row["text"]
    if row["type"] not in _LINKED or text.lower() != row["value"].lower():
        return quote
    return quote.replace(text, row["defanged"])
