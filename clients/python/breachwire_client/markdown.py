"""Sources' words as Markdown, for a newsletter: escaped, linked, and marked for what they are.

In: texts, addresses, statements. Out: Markdown of one line. Words of an article come from
elsewhere: they make no link, heading or HTML here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from breachwire_client.types import WireEvidence, WireStatement

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START: Final = re.compile(r"^((?:\d+(?=[.)](?:\s|\Z)))?)([-+=.)])")
_OPEN: Final = "“\"'‘"


def plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def link(text: str, url: str) -> str:
    """A link to an http or https address; else the text alone."""
    if urlsplit(url).scheme not in ("http", "https"):
        return plain(text)
    return f"[{plain(text)}]({quote(url, safe=':/?#@!$&*+,;=%~')})"


def links(evidence: Sequence[WireEvidence]) -> str:
    """The outlets that something rests on, each once: ` ([Outlet](…), …)`; empty for none."""
    each = {one.url: link(one.outlet, one.url) for one in evidence}
    return f" ({', '.join(each.values())})" if each else ""


def sentence(said: WireStatement) -> str:
    """A sentence of a brief with its sources: a quote in marks, analysis said to be so."""
    text = plain(said.text)
    if said.kind == "quoted" and not text.startswith(tuple(_OPEN)):
        text = f"“{text}”"
    return ("Analysis: " if said.kind == "inferred" else "") + text + links(said.evidence)
