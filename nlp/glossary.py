"""The project's own strings: comparisons, notices and hedged inferences.

In: keys (an attack type, a thread's kind, a notice's name). Out: shipped texts, word for word, from
`nlp/lexicon/glossary.toml` and `inferences.toml`; `is_shipped` says whether a text is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from breachwire.model import BriefSection, Statement
from nlp import lexicon


def comparison(attack: str | None, kind: str | None) -> str | None:
    """An everyday comparison for an attack type, else for a kind of thread; None: for nothing."""
    tables = lexicon.table("glossary")
    told = None if kind == "vulnerability" else attack
    both = tables["attack"] | tables["kind"]
    text = both.get(told or "") or tables["kind"].get(kind or "")
    return str(text) if text else None


def terms() -> tuple[str, ...]:
    """Attack types by whose names a comparison explains a word: in the order they are tried."""
    return ("wiper", "ransomware", "phishing", "ddos", "supply_chain", "malware",
            "vulnerability_exploitation", "insider", "funding", "pause")  # fmt: skip


def advice(key: str) -> str | None:
    """What people should know where such data is lost, of such an attack or thread; None: none."""
    text = lexicon.table("glossary")["advice"].get(key)
    return str(text) if text else None


def inferences(group: str) -> Mapping[str, str]:
    """Hedged sentences by ledger value; group is data, attack, third_party, sector_stop
    or sector_loss."""
    return cast(Mapping[str, str], lexicon.table("inferences")[group])


def notice(section: BriefSection, key: str = "", *, paragraph: int = 0) -> Statement:
    """The plain notice of that key (default: the section's own) as a statement."""
    text = str(lexicon.table("glossary")["notice"][key or section])
    return Statement(section, text, "notice", paragraph=paragraph)


@cache
def shipped() -> frozenset[str]:
    """Every glossary and notice text there is."""
    tables = lexicon.table("glossary")
    return frozenset(text for table in tables.values() for text in table.values())


def is_shipped(text: str) -> bool:
    """Whether a text is one of the project's own, word for word."""
    return text in shipped()
