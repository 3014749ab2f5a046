"""Indicators that a thread's articles give → Indicator with a STIX pattern; CVE and ATT&CK ids →
Vulnerability and Attack Pattern.

In: a maker, a thread's material. Out: stix2 objects. Nobody has checked them: their type is
"unknown", their confidence that of a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from api.briefs import outlet
from api.exported import Material
from api.links import web
from api.stix import codes
from api.stix.facts import attack_pattern, vulnerability
from api.stix.maker import Maker, Object
from breachwire.model import Indicator

_PATTERNS: Final = {
    "domain": "[domain-name:value = '{}']",
    "ipv4": "[ipv4-addr:value = '{}']",
    "ipv6": "[ipv6-addr:value = '{}']",
    "url": "[url:value = '{}']",
    "md5": "[file:hashes.MD5 = '{}']",
    "sha1": "[file:hashes.'SHA-1' = '{}']",
    "sha256": "[file:hashes.'SHA-256' = '{}']",
}
_PACKAGE: Final = re.compile(r"(?:pkg:[^/]+/)?(?P<name>.+?)@(?P<version>[^@]+)")


def objects(maker: Maker, thread: Material) -> Iterator[Object]:
    """One a value, with all articles that give it."""
    merged: dict[tuple[str, str], list[Indicator]] = {}
    for one in thread.indicators:
        merged.setdefault((one.type, one.value), []).append(one)
    for (type_, value), some in merged.items():
        if type_ == "cve":
            yield vulnerability(maker, value)
        elif type_ == "attack":
            yield attack_pattern(maker, value, value, value)
        elif pattern := _pattern(type_, value):
            yield _indicator(maker, thread, pattern, some)


def _pattern(type_: str, value: str) -> str | None:
    """None for a package without a version: nothing to look for."""
    if type_ != "package":
        return _PATTERNS[type_].format(_escaped(value))
    match = _PACKAGE.fullmatch(value)
    if not match:
        return None
    name, version = _escaped(match["name"]), _escaped(match["version"])
    return f"[software:name = '{name}' AND software:version = '{version}']"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _indicator(maker: Maker, thread: Material, pattern: str, some: list[Indicator]) -> Object:
    first = some[0]
    articles = [thread.articles[one.evidence.article] for one in some]
    seen = [article.first_seen_at for article in articles]
    return maker.make(
        "indicator",
        (thread.thread.id, first.type, first.value),
        created=thread.created,
        modified=max(seen),
        name=first.defanged,
        description=first.sentence.quote or first.evidence.quote,
        indicator_types=["unknown"],
        pattern=pattern,
        pattern_type="stix",
        valid_from=thread.created,
        confidence=codes.CONFIDENCE["reported"],
        external_references=[
            {"source_name": outlet(a), **({"url": web(a.url)} if web(a.url) else {}),
             "description": a.title or outlet(a)}
            for a in articles
        ],
    )  # fmt: skip
