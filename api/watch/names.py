"""A list as people have it → entries: pasted lines, a text file, a CSV from somebody's books.

In: text, or the bytes of a file. Out: `Names`: the good lines as entries, each once, and the bad
ones with their number and a reason. One name a line; after a comma, semicolon or tab the kind,
where it is a word for one ("Tidewater Sync, supplier"), so that "Acme, Inc." stays whole. A first
line that names its columns (name, kind; supplier, vendor, company) says where they are.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from api.reports import clean
from breachwire.errors import UsageError
from breachwire.model import WATCH_KINDS, WatchEntry, WatchKind

MOST: Final = 5_000
"""Entries of a list: the suppliers of a large company."""
LONGEST: Final = 200
"""Characters of a name, as in the filters."""
BYTES: Final = 1_000_000
"""Of a list, pasted or uploaded: MOST names of LONGEST characters are hardly ever more."""
_KINDS: Final[Mapping[str, WatchKind]] = {
    "": "any", "any": "any", "all": "any",
    "victim": "victim", "organisation": "victim", "organization": "victim",
    "third party": "third_party", "third parties": "third_party", "supplier": "third_party",
    "vendor": "third_party", "provider": "third_party",
    "actor": "actor", "threat actor": "actor", "group": "actor",
    "sector": "sector", "industry": "sector",
    "cve": "cve", "flaw": "cve", "vulnerability": "cve",
}  # fmt: skip
_NAME_HEADS: Final = frozenset(
    f"{word}{more}"
    for word in ("name", "supplier", "vendor", "company", "organisation", "organization", "entity")
    for more in ("", "s", " name", "_name")
)
_KIND_HEADS: Final = frozenset(["kind", "type", "role"])
_DELIMITERS: Final = "\t;,"
_CVE: Final = re.compile(r"cve-\d{4}-\d{4,9}", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"\s*(?:[,;\t](.*))?')
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no entry."""

    line: int
    """Counted from 1."""
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a list holds."""

    entries: tuple[WatchEntry, ...]
    refused: tuple[Refused, ...] = ()
    repeated: int = 0
    """Lines that say what one before says."""


def decoded(body: bytes) -> str:
    """A file's text: UTF-8, UTF-16 with its mark, else Windows-1252. Raises UsageError."""
    if body[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise UsageError("That is a workbook; save it as CSV, or copy the column of names.")
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    if b"\x00" in body[:4_000]:
        raise UsageError("That is no text; save the list as a text or CSV file.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read(*texts: str) -> Names:
    """The entries of lists: of what was typed and of a file, each with its own first line."""
    return gathered(line for text in texts for line in _lines(text))


def gathered(pairs: Iterable[tuple[int, str, str | UsageError]]) -> Names:
    """(line, name, kind or what is wrong with the line) → each entry once, the rest refused."""
    entries: dict[WatchEntry, None] = {}
    refused: list[Refused] = []
    seen: set[tuple[str, str]] = set()
    repeated = 0
    for line, name, kind in pairs:
        try:
            if isinstance(kind, UsageError):
                raise kind
            one = entry(name, kind)
        except UsageError as error:
            refused.append(Refused(line, " ".join(name.split())[:80], str(error)))
            continue
        if (key := (one.name.casefold(), one.kind)) in seen:
            repeated += 1
        elif len(entries) == MOST:
            refused.append(Refused(line, one.name, f"a list has at most {MOST:,} names"))
        else:
            seen.add(key)
            entries[one] = None
    return Names(tuple(entries), tuple(refused), repeated)


def entry(name: str, kind: str = "any") -> WatchEntry:
    """One line's entry. Raises UsageError."""
    name = " ".join(clean(name).split())
    if not any(char.isalnum() for char in name):
        raise UsageError("no name in it")
    if len(name) > LONGEST:
        raise UsageError(f"longer than {LONGEST} characters")
    known = _kind(kind)
    if known is None:
        raise UsageError(f"the kind {kind.strip()[:40]!r} is none of {', '.join(WATCH_KINDS)}")
    if _CVE.fullmatch(name):
        return WatchEntry(name.upper(), "cve" if known == "any" else known)
    if known == "cve":
        raise UsageError("no CVE id, such as CVE-2026-12345")
    return WatchEntry(name, known)


def as_line(one: WatchEntry) -> str:
    """The line that `read` reads as this entry."""
    plain = one.name if one.kind in ("any", "cve") else f"{one.name}, {one.kind}"
    if read(plain).entries == (one,):
        return plain
    quoted = one.name.replace('"', '""')
    return f'"{quoted}", {one.kind}'


def _lines(text: str) -> Iterator[tuple[int, str, str | UsageError]]:
    columns: tuple[str, int, int | None] | None = None
    first = True
    for number, line in enumerate(_NEWLINE.split(text), 1):
        if not line.strip():
            continue
        if first and (columns := _header(line)):
            first = False
            continue
        first = False
        yield (number, *(_in_columns(line, *columns) if columns else _free(line)))


def _header(line: str) -> tuple[str, int, int | None] | None:
    """The delimiter, the column of names and that of kinds, where a first line tells them."""
    if (match := _QUOTED.fullmatch(line.strip())) and (match[2] or "").strip() in WATCH_KINDS:
        return None  # as `as_line` writes a name that is also a column's ("Entity")
    for delimiter in _DELIMITERS:
        heads = [cell.casefold() for cell in _cells(line, delimiter)]
        kinds = [n for n, head in enumerate(heads) if head in _KIND_HEADS]
        # "Acme, supplier" is a name with its kind; "supplier" alone or first is a column's name.
        names = [
            n
            for n, head in enumerate(heads)
            if head in _NAME_HEADS and (n == 0 or kinds or head not in _KINDS)
        ]
        if names and (len(heads) > 1 or delimiter == _DELIMITERS[-1]):
            return delimiter, names[0], kinds[0] if kinds else None
    return None


def _in_columns(
    line: str, delimiter: str, names: int, kinds: int | None
) -> tuple[str, str | UsageError]:
    cells = _cells(line, delimiter)
    if len(cells) <= names:
        return line, UsageError(f"has no column {names + 1}")
    return cells[names], cells[kinds] if kinds is not None and kinds < len(cells) else "any"


def _free(line: str) -> tuple[str, str | UsageError]:
    """A name with or without a kind behind it."""
    if match := _QUOTED.fullmatch(line.strip()):
        return match[1].replace('""', '"'), (match[2] or "any").strip(' "')
    for delimiter in _DELIMITERS:
        cells = _cells(line, delimiter)
        if len(cells) > 1 and cells[-1] and _kind(cells[-1]) is not None:
            return f"{delimiter} ".join(cells[:-1]).strip(), cells[-1]
    return line.strip().strip(_DELIMITERS), "any"


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return [line]
    return [cell.strip() for cell in cells]


def _kind(text: str) -> WatchKind | None:
    plain = " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
    return _KINDS.get(plain)
