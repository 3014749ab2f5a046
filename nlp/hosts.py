"""Text → domains, addresses and URLs in it that are indicators, each on its exact characters.

In: a title or text and the sites whose addresses never count. Out: `Found` values. What a piece of
text names is the library's word (ioc-finder, which also undoes "[.]" and "hxxp"); here it is told
whether that is an indicator: what is defanged is; a live name only where its neighbours say so, for
otherwise it is a firm's, an outlet's or a file's.

The library takes pieces of at most LONGEST characters: on 200 kB at once it needs up to 26 s.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from breachwire.model import IndicatorType
from nlp.folding import fold
from nlp.lexicon import words
from nlp.patterns import one

LONGEST: Final = 400
"""Characters of a piece: a longer one is data."""
MOST: Final = 2_000
"""Pieces of a text given to the library, 0.1 to 0.7 ms each."""
REACH: Final = 80
"""Characters before a live name in which a word must say what it is."""
BESIDE: Final = 30
"""The same for a word that says it by standing beside it only."""
NEAR: Final = 40
"""The same for a word that takes it back."""
LISTED: Final = 30
"""Words of a line: one with more ends a list of indicators."""

_PIECE: Final = re.compile(r"[^\s\"“”‘’'<>|,;`«»•…]{3,}")
_TELLING: Final = re.compile(
    r"(?i)[a-z0-9](?:[\[({]?(?:\.|dot)[\])}]?|\\\.)[a-z0-9]|hxxp"
    r"|[0-9a-f]:[0-9a-f:]*:|[0-9a-f]\[:\]"
)
_ADDRESS: Final = re.compile(
    r"(?i)(?:(?P<scheme>[a-z][a-z0-9+]{1,9})://)?(?P<host>[^/?#:@\[\]\s]{1,255})"
    r"(?P<port>:\d{1,5})?(?P<path>[/?#]\S{0,400})?"
)
_RAW_SCHEME: Final = re.compile(r"(?i)[a-z][a-z0-9+]{1,9}[\[(]?:[\])]?[\[(]?//[\])]?")
_RAW_HOST: Final = re.compile(
    r"(?i)(?:[a-z0-9_-]{1,63}+|[\[({](?:\.|dot)[\])}]|[\[(]?\.[\])]?|\\\.){1,16}+"
)
_OPEN: Final = {")": "(", "]": "[", "}": "{"}
_OFFICIAL: Final = re.compile(r"\.(?:gov|gob|gouv|mil|edu|ac)(?:\.[a-z]{2})?\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """A type, the live value, where it stands."""

    type: IndicatorType
    value: str
    start: int
    end: int


def find(text: str, never: frozenset[str]) -> Iterator[Found]:
    """As they stand, a URL before its host. `never`: sites, with all that is below them."""
    low = fold(text)
    listed = _Lists(low)
    examined = 0
    for match in _PIECE.finditer(text):
        if match.end() - match.start() > LONGEST or not _TELLING.search(match.group()):
            continue
        if (examined := examined + 1) > MOST:
            return
        start, end = _trimmed(text, match.start(), match.end())
        yield from _read(text[start:end], _Place(low, start, end, listed), never)


class _Lists:
    """Where lists of indicators stand: short lines under a heading that says so."""

    def __init__(self, low: str) -> None:
        self._low = low

    def at(self, position: int) -> bool:
        """Whether a position is in one."""
        starts, inside = self._lines
        return inside[bisect_right(starts, position) - 1]

    @cached_property
    def _lines(self) -> tuple[list[int], list[bool]]:
        """Where lines start, and whether each is in a list; most texts are never asked."""
        starts: list[int] = []
        insides: list[bool] = []
        inside = False
        position = 0
        for line in self._low.splitlines(keepends=True):
            if len(line) <= 120 and one("indicators", "heading").search(line):
                inside = True
            elif len(line.split(maxsplit=LISTED + 1)) > LISTED:
                inside = False
            starts.append(position)
            insides.append(inside)
            position += len(line)
        return starts, insides


@dataclass(frozen=True, slots=True)
class _Place:
    low: str
    start: int
    end: int
    lists: _Lists

    def before(self, reach: int) -> str:
        """The words before it on its line, at most so many characters."""
        piece = self.low[max(0, self.start - reach) : self.start]
        return piece[piece.rfind("\n") + 1 :]

    @property
    def listed(self) -> bool:
        return self.lists.at(self.start)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the punctuation around it; brackets that open and close in it stay."""
    while start < end and text[start] in "([{*_=:":
        start += 1
    while end > start:
        last = text[end - 1]
        piece = text[start:end]
        closing = last in _OPEN and piece.count(last) > piece.count(_OPEN[last])
        if not closing and last not in ".:!?*_([{=":
            break
        end -= 1
    return start, end


def _read(raw: str, place: _Place, never: frozenset[str]) -> Iterator[Found]:
    from ioc_finder import parse_ipv6_addresses

    if "](" in raw and "://" in raw:  # a link that was kept as Markdown
        return
    live = _live(raw.replace("[:]", ":"))  # which the library leaves in addresses
    tamed = live != raw
    if live.count(":") > 2 and "/" not in live:
        if parse_ipv6_addresses(live) == [live] and _routed(live, tamed):
            yield Found("ipv6", str(ipaddress.ip_address(live)), place.start, place.end)
        return
    match = _ADDRESS.fullmatch(live)
    if match is None:
        return
    host = match["host"].lower().strip(".")
    kind = _kind(host)
    if kind is None or _below(host, never):
        return
    path = match["path"] or ""
    if kind == "ipv4" and re.fullmatch(r"/(?:[12]?\d|3[0-2])", path):  # a network
        if _meant(raw, host, kind, tamed, place, False):
            yield Found(kind, host + path, place.start, place.end)
        return
    known = _below(host, words("indicators", "services"))
    page = bool(match["scheme"] or path.strip("/"))
    if not _meant(raw, host, kind, tamed, place, page):
        return
    if page and not (known and not path.strip("/")) and _is_url(live):
        scheme = f"{match['scheme'].lower()}://" if match["scheme"] else ""
        value = f"{scheme}{host}{match['port'] or ''}{path}"
        yield Found("url", value, place.start, place.end)
    if kind == "ipv4" or not (known or host in words("indicators", "hosting")):
        start, end = _host_span(raw, host)
        yield Found(kind, host, place.start + start, place.start + end)


@lru_cache(maxsize=1 << 12)
def _live(raw: str) -> str:
    """A piece as it was before it was defanged: a list names the same hosts again and again."""
    from ioc_finder import prepare_text

    live: str = prepare_text(raw)
    return live


def _kind(host: str) -> IndicatorType | None:
    from ioc_finder import parse_domain_names, parse_ipv4_addresses

    if not host.isascii() or "." not in host:
        return None
    if host.replace(".", "").isdigit():
        return "ipv4" if parse_ipv4_addresses(host) == [host] else None
    return "domain" if parse_domain_names(host) == [host] else None


def _is_url(live: str) -> bool:
    from ioc_finder import parse_urls

    return bool(parse_urls(live))


def _below(host: str, sites: frozenset[str]) -> bool:
    """Whether it is one of the sites or below one."""
    labels = host.split(".")
    return any(".".join(labels[n:]) in sites for n in range(len(labels) - 1))


def _routed(address: str, tamed: bool) -> bool:
    """Private and documentation addresses count where they are defanged, one's own machine's and
    link's never."""
    ip = ipaddress.ip_address(address)
    if ip.is_loopback or ip.is_unspecified or ip.is_link_local or ip.is_multicast:
        return False
    return tamed or ip.is_global


def _meant(
    raw: str, host: str, kind: IndicatorType, tamed: bool, place: _Place, page: bool
) -> bool:
    """Whether it is given as an indicator."""
    if kind == "ipv4":
        return _routed(host, tamed) and (tamed or page or _address_meant(place))
    if host.endswith(".onion"):
        return True
    near = place.before(NEAR)
    if tamed:
        return page or place.listed or not _of_a_firm(raw, host, place)
    written = raw.split("/")[0] if "://" not in raw else raw.split("/")[2]
    ending = host.rsplit(".", 1)[1]
    firm = written != host or _official(host) or ending in words("indicators", "files")
    if firm or _below(host, words("indicators", "services")):
        return False
    if one("indicators", "harmless").search(near):
        return False
    return place.listed or _told(place)


def _told(place: _Place) -> bool:
    """Whether the words before say what it is."""
    said = one("indicators", "network").search(place.before(REACH))
    return bool(said or one("indicators", "beside").search(place.before(BESIDE)))


def _of_a_firm(raw: str, host: str, place: _Place) -> bool:
    """Whether a defanged name in prose is that of whoever is spoken of: an authority, a firm after
    its name ("Acme (acme[.]com)") or as a brand ("DataBreach[.]com"), the prey."""
    near = place.before(NEAR)
    label = host.removeprefix("www.").partition(".")[0]
    named = near.rstrip("(\"' ").endswith(label) and near.endswith(("(", '("'))
    prey = bool(one("indicators", "prey").search(near))
    return _official(host) or named or prey or (raw != raw.lower() and not _told(place))


def _official(host: str) -> bool:
    """Whether it is an authority's or a school's, in any country."""
    return bool(_OFFICIAL.search(host))


def _address_meant(place: _Place) -> bool:
    """Whether four numbers are an address, no version."""
    if one("indicators", "version").search(place.before(NEAR)):
        return False
    after = place.low[place.end : place.end + NEAR].split("\n", 1)[0]
    if one("indicators", "later").search(after):
        return False
    around = f"{place.before(REACH)} {after}"
    return place.listed or bool(one("indicators", "address").search(around))


def _host_span(raw: str, host: str) -> tuple[int, int]:
    """Where the host stands in its piece; the whole piece where that can't be told."""
    scheme = _RAW_SCHEME.match(raw)
    match = _RAW_HOST.match(raw, scheme.end() if scheme else 0)
    if match and _live(match.group()).lower() == host:
        return match.span()
    return 0, len(raw)
