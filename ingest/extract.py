"""An article page's bytes → Page: its text, title, authors, outlet, section, dates.

In: the bytes as fetched, the address that answered, the Content-Type. Out: plain values; the text
is a paragraph a line. trafilatura finds the text; what the page states of itself (JSON-LD,
OpenGraph) goes before what trafilatura guesses. Bounded in bytes, elements and depth.
"""

from __future__ import annotations

import re
from typing import Any, Final

from breachwire.errors import ParseError
from breachwire.model import Page
from ingest import clean, dates, looks, urls
from ingest.markup import plain
from ingest.metadata import Stated, stated

__all__ = ["extract_page", "plain"]

MAX_BYTES: Final = 10_000_000
MAX_HTML: Final = 5_000_000
"""Bytes of markup read; what an article says stands before that."""
MAX_ELEMENTS: Final = 6_000
"""Elements; article pages have 500 to 4,000. Above it trafilatura's fast way is taken."""
HARD_ELEMENTS: Final = 25_000
"""Elements above which a page is a dump, and only its stated description is kept."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
# Lines that are furniture, in the languages of the catalogue: they lead elsewhere, ask for a
# subscription, or head a list that trafilatura took out. Each pattern takes whole lines.
_FURNITURE: Final = re.compile(
    r"^(?:"
    r"(?:(?:see|read) also|also read|read more|read next|related(?: (?:articles?|stories|posts))?"
    r"|recommended(?: reading)?|more on this|you may also like|lesen sie auch|mehr zum thema"
    r"|siehe auch|auch interessant|le puede interesar|lea también|puedes? ver|te puede interesar"
    r"|lire aussi|à lire aussi|voir aussi|leggi anche|leia também|czytaj (?:też|także|również)"
    r"|zobacz też|lees ook|läs också|читайте также)\s*(?:[:：|–-].{0,200})?"
    r"|(?:share this|share on|follow us on|advertisement|anzeige|publicidad)\b[^.]{0,100}\.?"
    r"|(?:tags?|topics|temas|themen|schlagwörter|categories|table of contents|in this article"
    r"|inhaltsverzeichnis|contents|sommaire|índice)\s*:?"
    r"|(?:photo|image|picture|foto|bild|titelbild|bildquelle|crédits?|fotografía)"
    r"(?: (?:credit|by|source|via))?\s*[:：].{0,100}"
    r"|.{0,60}\b(?:sign up|subscribe|join|register|get|anmelden|abonnieren|inscríb\w+|suscríb\w+"
    r"|inscri\w+|zapisz)\b.{0,60}\bnewsletters?\b.{0,80}"
    r"|.{0,60}\bnewsletters?\b.{0,30}\b(?:anmelden|abonnieren|sign up|subscribe)\b.{0,40}"
    r"|(?:to (?:view|read|continue|see)\b.{0,80}|.{0,40}please )\bsubscribe\b.{0,80}"
    r"|.{0,60}\b(?:already a (?:subscriber|member)|first-time subscribers)\b.{0,120}"
    r")$",
    re.IGNORECASE,
)


def extract_page(body: bytes, *, url: str, content_type: str = "") -> Page:
    """Read an article page. Raises ParseError where the bytes are no page at all.

    A page without text gives an empty `text`; who called decides what serves then.
    """
    if len(body) > MAX_BYTES:
        raise ParseError(f"larger than {MAX_BYTES // 1_000_000} MB; no article page is")
    if (what := looks.binary(body)) is not None:
        raise ParseError(f"not a page but {what}")
    tree = _tree(clean.cut(_decoded(body, content_type), MAX_HTML))
    if tree is None:
        raise ParseError("not a page: no HTML in it")
    said = stated(tree)
    guess = _trafilatura(tree, url)
    outlet = said.outlet or clean.line(getattr(guess, "sitename", None) or "")
    title = _title(said, guess, outlet)
    text = _without_head(_text(guess), title)
    return Page(
        title=title,
        text=_with_standfirst(text, said.description, tree),
        authors=_authors(said, guess, outlet, url),
        published=_published(said, guess),
        source=outlet[:200],
        section=said.section[:100],
        canonical_url=_canonical(said, url),
        language=said.language,
    )


# --- bytes to tree --------------------------------------------------------------------------------


def _decoded(body: bytes, content_type: str) -> str:
    """The page as text: UTF-8 where it is that, else as declared, else as it looks."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = [found[1] for found in [_CHARSET.search(content_type)] if found]
    declared += [found[1].decode("ascii") for found in [_META.search(body[:4096])] if found]
    for name in (*declared, *_guessed(body)):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return body.decode("utf-8", "replace")


def _guessed(body: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:100_000]).best()
    return [best.encoding, "cp1252"] if best is not None else ["cp1252"]


def _tree(text: str) -> Any:
    """An lxml tree; libxml2 itself leaves out what is nested deeper than 256 elements."""
    from lxml import etree, html  # type: ignore[import-untyped]

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(
            clean.visible(text).encode("utf-8", "ignore"), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree


# --- text -----------------------------------------------------------------------------------------


def _trafilatura(tree: Any, url: str) -> Any:
    """trafilatura's document, or None where it finds no text.

    Comments are left out; that was the best of its settings on its own evaluation pages
    (`python -m evals.extraction`).
    """
    from trafilatura import bare_extraction

    elements = sum(1 for _ in tree.iter())
    if elements > HARD_ELEMENTS:
        return None
    return bare_extraction(
        tree,
        url=url or None,
        include_comments=False,
        with_metadata=True,
        fast=elements > MAX_ELEMENTS,
    )


def _text(guess: Any) -> str:
    lines = clean.paragraphs(clean.cut(getattr(guess, "text", None) or "")).split("\n")
    kept: list[str] = []
    for line in lines:
        line = re.sub(r"^[-•*]\s+", "", line)
        if line and (len(line) > 260 or not _FURNITURE.match(line)):
            kept.append(line)
    return "\n".join(kept)


_BYLINE = re.compile(
    r"^(?:By|Von|Par|Por)\s+[^\n]{2,100}?,\s+(?:\w{3,9}\.?\s+\d{1,2},?\s+\d{4}"
    r"|\d{1,2}\.?\s+\w{3,9}\.?\s+\d{4})\s+|^(?:By|Von|Par|Por)\s[^\n.!?]{2,100}(?:\n|$)"
)


def _without_head(text: str, title: str) -> str:
    """The text without the headline and byline before it, which are told apart from it."""
    if title and text.startswith(title) and len(text) > len(title):
        text = text[len(title) :].lstrip()
    return text[found.end() :] if (found := _BYLINE.match(text)) else text


def _with_standfirst(text: str, description: str, tree: Any) -> str:
    """The text with the article's standfirst before it, where the page shows one that got lost.

    It is the element of the page whose words are the stated description's.
    """
    if len(description) < 60 or not text:
        return text
    probe = description[:50]
    if probe in text:
        return text
    shown = tree.xpath("//body//*[self::p or self::h2 or self::h3 or self::div or self::strong]"
                       "[not(self::div[p or div])][starts-with(normalize-space(.), $probe)]",
                       probe=probe)  # fmt: skip
    for element in shown[:3]:
        words = clean.line("".join(element.itertext()))
        if words and len(words) <= 600:
            return f"{words}\n{text}"
    return text


# --- the rest -------------------------------------------------------------------------------------


def _title(said: Stated, guess: Any, outlet: str) -> str:
    title = clean.line(said.headline or getattr(guess, "title", None) or "")
    if outlet:
        title = re.sub(rf"(?<!\s)\s+[-–—|·:»]\s+{re.escape(outlet)}\s*$", "", title) or title
    return title[:500]


def _authors(said: Stated, guess: Any, outlet: str, url: str) -> tuple[str, ...]:
    """The people named, without the outlet under its own name or its host's.

    A name of two words that is the host's too is a person with a site of their own.
    """
    host = urls.key(url).split("/")[0].split(".")[0]
    for texts in (said.authors, [getattr(guess, "author", None) or ""]):
        found = [name for text in texts for name in clean.names(text, outlet=outlet)]
        if found := [name for name in found if " " in name or not clean.same_name(name, host)]:
            return tuple(dict.fromkeys(found))[:20]
    return ()


def _published(said: Stated, guess: Any) -> Any:
    """The stated date; trafilatura's (htmldate's) knows the day only."""
    for text in (*said.published, getattr(guess, "date", None)):
        if text and (when := dates.parse_date(text)) is not None and when >= dates.EARLIEST:
            return when
    return None


def _canonical(said: Stated, url: str) -> str | None:
    """`rel=canonical` where it stays on the site: no page claims another outlet's address."""
    address = urls.absolute(said.canonical, url) if said.canonical else ""
    return urls.clean(address) if address and urls.same_site(address, url) else None
