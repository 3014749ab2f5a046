"""Text as it came → text as it is kept: nothing that cannot be seen, white space folded.

In: any string. Out: valid Unicode that is safe to store, print and count offsets in. Letters are
never changed (no normal form is forced), so that a quote stays the source's own characters.
"""

from __future__ import annotations

import html
import re

MAX_TEXT = 500_000
"""Bytes (UTF-8) kept of one text; longer ones are no news but logs, dumps or attacks."""

# C0 and C1 controls, soft hyphen, zero-width and bidi controls, interlinear marks, tags,
# surrogates and the two non-characters that XML forbids.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")


def visible(text: str) -> str:
    """The text without characters that cannot be seen; line breaks become "\\n"."""
    return _HIDDEN.sub("", _BREAK.sub("\n", text))


def line(text: str) -> str:
    """One line: visible characters, each run of white space one space."""
    return _SPACE.sub(" ", visible(text)).strip()


def paragraphs(text: str) -> str:
    """Lines of visible characters, empty ones left out, joined by "\\n"."""
    lines = (_SPACE.sub(" ", part).strip() for part in visible(text).split("\n"))
    return "\n".join(part for part in lines if part)


def entities(text: str) -> str:
    """Character references that end in a semicolon, resolved once (`?a=1&copy=2` stays)."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """At most `limit` bytes of UTF-8, whole characters."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut after a sentence, else after a word (then with "…")."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [found.end() for found in re.finditer(r"[.!?][\"'”’)]?(?=\s)", head)]
    if ends and ends[-1] >= limit // 3:
        return head[: ends[-1]]
    return head[: limit - 1].rsplit(None, 1)[0].rstrip(" ,;:-–—") + "…"


# --- the boilerplate that feeds append ------------------------------------------------------------

_TAILS = (
    # WordPress: "The post <title> appeared first on <site>."
    re.compile(r"(?:^|\s)The post (?:(?!The post ).){1,400} (?:first )?appeared first on "
               r"[^\n]{1,80}$"),
    re.compile(r"(?:^|\n|\s(?=\[))\[?(?:Read more|Continue reading|Read the full (?:story|article)"
               r"|Read full (?:story|article))\b[^\n]{0,150}$", re.IGNORECASE),
)  # fmt: skip


def without_tail(text: str) -> str:
    """A live text without "The post … appeared first on …", "Read more" at its end."""
    for tail in _TAILS:
        # The tail of a long text is all that can match; `.{1,400}` then costs next to nothing.
        start = max(0, len(text) - 700)
        if (found := tail.search(text, start)) and found.start() > 0:
            text = text[: found.start()].rstrip()
    return text


# --- names of people ------------------------------------------------------------------------------

_MAIL = re.compile(
    r"(?:[(<\[]\s{0,9}+|(?<!\s)\s{1,9}+|(?<![\w.+-]))(?:mailto:)?[\w.+-]{1,64}+@[\w-]{1,63}(?:\.[\w-]{1,63})+\s*[)>\]]?"
)
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|(?<!\w)@\w+")
_BY = re.compile(
    r"^(?:(?:written|reported|posted|edited|words|story|report|article)\s+)?by[\s:]+|^interview\s+"
    r"|^(?:von|par|por|author|authors)\b[\s:]+",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?<!\s)(?=[\s,|–—i-])\s*+(?:[,|–—-]|\bis an?\b)\s*+"
    r"(?=(?-i:[Aa][nNsSuU]|[Cc]|[Dd][eEiI]|[Ee][dDxX]|[Ff][oOrR]|[Gg][lLuU]|[IiLlNn][nNeE]|[Jj][oO]"
    r"|[Mm][aA]|[Pp][rR]|[Rr][eE]|[Ss][eEtT]|[Tt][eEhH]|[Uu][sSkK]|[Ww][rR]))"
    r"(?:(?:senior|staff|contributing|chief|managing"
    r"|executive|deputy|associate|lead|principal|news|security|cyber(?:security)?|technology|tech|investigative"
    r"|freelance|guest|global|us|uk|the)\s+)*(?:reporter|editor|writer|correspondent|journalist"
    r"|contributor|columnist|author|analyst|researcher|editor[- ]in[- ]chief|editor at large"
    r"|editor-at-large|ceo|cto|ciso|founder|director|manager|producer)s?\b.*$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"(?<!\s)\s{0,4}(?:;|\||\n|•|·| / |,?\s{1,4}(?:and|und|et|&)\s{1,4})\s{0,4}")
_SUFFIX = re.compile(r"^(?:jr|sr|ph\.?d|m\.?d|esq|cissp|ii|iii|iv)\.?$", re.IGNORECASE)


_NOBODY = frozenset(
    ("staff", "admin", "administrator", "editor", "editors", "editorial", "guest", "author",
     "news service reports", "wire reports", "unknown", "anonymous", "n/a", "none", "null")
)  # fmt: skip


def names(text: str, *, outlet: str = "") -> tuple[str, ...]:
    """A byline → the people in it, without "By", roles, mail addresses, the outlet's name."""
    text = _ADDRESS.sub(" ", _MAIL.sub(" ", line(text)[:400]))
    found: list[str] = []
    for part in _SPLIT.split(_BY.sub("", text.strip(" -–—|,;:"))):
        found += _comma_parts(_ROLE.sub("", _BY.sub("", part)))
    kept: dict[str, str] = {}
    for name in (line(name).strip(' -–—|,;:()[]<>"') for name in found):
        if outlet and len(name) > len(outlet):
            # "Ada Reed Ledger Staff"
            name = re.sub(
                rf"(?<!\s)\s+{re.escape(outlet)}(?:\s+staff)?$", "", name, flags=re.IGNORECASE
            )
        part = outlet.casefold().startswith(f"{name.casefold()} ")
        if part or name.casefold() in _NOBODY or same_name(name, outlet):
            continue
        if 1 < len(name) <= 80 and re.search(r"[^\W\d_]", name):
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())[:20]


def _comma_parts(text: str) -> list[str]:
    """ "Ada Reed, Max Orr" are two; "Reed, Ada" and "Ada Reed, Jr." are one."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    while len(parts) > 1 and _SUFFIX.match(parts[-1]):
        parts[-2:] = [f"{parts[-2]}, {parts[-1]}"]
    if len(parts) == 2 and all(" " not in part for part in parts):
        return [f"{parts[1]} {parts[0]}"]
    return parts


def same_name(one: str, other: str) -> bool:
    """Equal as names of outlets: case, points, spaces, "The", "staff" and a ".com" do not count."""
    return bool(_bare(other)) and _bare(one) == _bare(other)


def _bare(name: str) -> str:
    name = re.sub(r"^the\s+", "", name.casefold().strip())
    name = re.sub(r"\b(?:staff|editors?|newsroom|redaktion|team)\b", "", name).strip()
    name = re.sub(r"(?<=\w)[. ](?:com|net|org|io|eu|de|at|ch|co\.uk)$", "", name)
    return re.sub(r"\W+", "", name)
