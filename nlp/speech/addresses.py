"""Addresses and identifiers as they are said: "evil[.]example" → "evil dot example", CVE ids in two
halves, fingerprints by their first characters.

In: text as written. Out: `RULES` for `nlp.speech.rewrite`, applied before anything else reads
numbers. The scheme of an address isn't said; a path over PATH characters ends in "and so on".
"""

from __future__ import annotations

import re
from typing import Final

from nlp import lexicon
from nlp.speech.numerals import DIGITS, one_by_one, said, year
from nlp.speech.rewrite import Rule

PATH: Final = 40
"""Characters of a path that are said: some ten seconds of listening."""
HASH: Final = 8
"""Characters of a fingerprint that are said, as people quote them."""
_MARKS: Final = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
    "&": "and", "#": "hash", "%": "percent", "@": "at", ":": "colon", "~": "tilde", "+": "plus",
    "\\": "backslash",
}  # fmt: skip
_DOT: Final = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}{_DOT}){{1,8}}[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
"""A name with a dot in it, whose last label begins with a letter: no "3.5bn"."""
_END: Final = r"(?<![.,;:!?'\")\]])"
"""The last character of an address: no mark of the sentence it stands in."""


def spelled(letters: str) -> str:
    """`CVE` → "C.V.E."."""
    return "".join(f"{letter.upper()}." for letter in letters)


def letter(char: str) -> str:
    """One letter by its name; a bare A would be the article."""
    return "eh" if char in "aA" else char.upper()


def piecewise(text: str) -> str:
    """Words, numbers digit by digit, marks by name: for addresses and codes."""
    pieces = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", text)
    return " ".join(filter(None, (_piece(piece) for piece in pieces)))


def _piece(piece: str) -> str:
    if piece.isdecimal() and piece.isascii():
        return said(piece) if len(piece) <= 2 else one_by_one(piece)
    if piece in _MARKS:
        return _MARKS[piece]
    if not piece.isalpha() or not piece.isascii():
        return piece.strip()
    lower = piece.lower()
    if len(piece) == 1:
        return letter(piece)
    if lower in lexicon.words("spoken", "endings") or not re.search("[aeiouy]", lower):
        return spelled(piece)
    return piece


_DEFANGED: Final = re.compile(r"[\[({](\.|dot|at|@|:|://)[\])}]")


def _refanged(address: str) -> str:
    plain = re.sub(
        r"[\[({](\.|dot|at|@|:|://)[\])}]",
        lambda m: {"dot": ".", "at": "@"}.get(m[1], m[1]),
        address,
    )
    return re.sub(r"\A(?:h(?:tt|xx)ps?|ftp)://", "", plain, flags=re.IGNORECASE)


def _url(match: re.Match[str]) -> str:
    host, slash, path = _refanged(match[0]).rstrip("/").partition("/")
    if slash and len(path) > PATH:
        return f"{piecewise(host)} slash {piecewise(path[:PATH])} and so on"
    return piecewise(host + slash + path)


def _domain(match: re.Match[str]) -> str | None:
    plain = _refanged(match[0])
    labels = plain.split(".")
    if all(len(label) == 1 for label in labels) or not re.search("[A-Za-z]{2}", labels[-1]):
        return None  # "U.S", "4.2"
    if plain == match[0] and len(labels) == 2 and re.fullmatch("[A-Z][a-z]+", labels[1]):
        return f"{labels[0]}. {labels[1]}"  # a missing space between two sentences
    return piecewise(plain)


def _ipv4(match: re.Match[str]) -> str | None:
    parts = _refanged(match[1]).split(".")
    if any(int(part) > 255 for part in parts):
        return None
    told = " dot ".join(one_by_one(part) for part in parts)
    tail = {"/": " slash ", ":": " port "}
    return told + (tail[match[2]] + _piece(match[3]) if match[2] else "")


def _ipv6(match: re.Match[str]) -> str | None:
    if "::" not in match[0] and match[0].count(":") < 5:
        return None
    groups = re.findall(r"[0-9A-Fa-f]+|::|:", match[0])
    told = {":": "colon", "::": "double colon"}
    return " ".join(told.get(group) or _characters(group) for group in groups)


def _characters(code: str) -> str:
    """One by one: letters as letters."""
    out = (DIGITS[int(c)] if c.isdecimal() and c.isascii() else letter(c) for c in code)
    return " ".join(out)


def _hash(match: re.Match[str]) -> str | None:
    code = match[0]
    if not re.search(r"\d", code) or not re.search("[A-Fa-f]", code):
        return None
    return f"a hash that begins with {_characters(code[:HASH])}"


def _cve(match: re.Match[str]) -> str:
    return f"C.V.E. {year(match[1])}, {one_by_one(match[2])}"


def _version(match: re.Match[str]) -> str:
    word = "version " if match[1].lower() in ("v", "v.") else match[1]
    parts = (said(part) if part.isdecimal() else part for part in match[2].split("."))
    return word + " point ".join(parts)


RULES: Final[tuple[Rule, ...]] = (
    (re.compile(r"\bCVE[-‑–_ ]((?:19|20)\d\d)[-‑–_](\d{3,8})\b", re.IGNORECASE), _cve),
    (
        re.compile(r"\bT(\d{4})\.(\d{3})\b"),  # a technique of ATT&CK
        lambda m: f"T {one_by_one(m[1])} point {one_by_one(m[2])}",
    ),
    (
        re.compile(r"\bGHSA(?:-[0-9a-z]{4}){3}\b"),
        lambda m: "G.H.S.A. " + ", ".join(map(_characters, m[0].split("-")[1:])),
    ),
    (
        re.compile(
            r"\b(v\.?|versions? |release |builds? )(\d+(?:\.(?:\d+|x))*)(?![\w.]*\d)", re.IGNORECASE
        ),
        _version,
    ),
    (
        re.compile(
            r"\b[A-Za-z0-9._%+-]{1,64}+(?:@|\[@\]|\[at\]|\(at\))"
            rf"{_HOST}"
        ),
        lambda m: piecewise(_refanged(m[0])),
    ),
    (
        re.compile(
            rf"\b(?:h(?:tt|xx)ps?|ftp)(?:\[?:\]?//|\[://\])[^\s<>\"“”]+{_END}", re.IGNORECASE
        ),
        _url,
    ),
    (
        re.compile(
            rf"(?<![\w.-])(\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}})(?:([/:])(\d{{1,5}}))?(?![\w-]|\.\d)"
        ),
        _ipv4,
    ),
    (re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w:])"), _ipv6),
    (re.compile(r"\b(?:[0-9a-f]{32,128}|[0-9A-F]{32,128})\b"), _hash),
    (
        re.compile(rf"(?<![\w/.-]){_HOST}(?::\d{{2,5}})?(?:/[^\s<>\"“”]*{_END})?(?!\w)"),
        lambda m: _url(m) if "/" in m[0] else _domain(m),
    ),
    (
        re.compile(rf"(?<![\w/.])(?:/[A-Za-z0-9._-]+){{2,}}{_END}|\b[A-Za-z]:\\[^\s\"“”,;]+{_END}"),
        lambda m: piecewise(m[0]),
    ),
    (
        re.compile(
            r"(?<![\w.])(?!\d\d?\.\d\d?\.(?:19|20)\d\d(?![.\d]))(\d+(?:\.\d+){2,})(?![\w-]|\.\d)"
        ),
        lambda m: " point ".join(map(said, m[1].split("."))),
    ),
    (re.compile(r"(?<![\w.])(\d+)\.x\b"), lambda m: f"{said(m[1])} point X"),
)
