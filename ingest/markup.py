"""HTML fragments → plain text.

In: a feed's HTML or text. Out: clean text, a paragraph a line. lxml does the reading: it takes any
tag soup, and elements nested deeper than 256 (no text has them) are left out instead of followed.
"""

from __future__ import annotations

import re
from typing import Final

from ingest import clean

# Only known elements count as markup: "Automation Runtime <6.3" and "vers<v15.0" are text.
_KNOWN = (
    "a|abbr|acronym|address|applet|area|basefont|bdi|bdo|bgsound|blink|command|data|datalist|dialog"
    "|dfn|keygen|marquee|meter|nobr|noframes|optgroup|output|plaintext|progress|rp|rt|ruby|slot"
    "|spacer|template|track|xmp|article|aside|audio|b|base|big|blockquote|body|br|button|canvas|caption"
    "|center|cite|code|col|colgroup|dd|del|details|dfn|dir|div|dl|dt|em|embed|fieldset|figcaption"
    "|figure|font|footer|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd"
    "|label|legend|li|link|main|map|mark|math|menu|meta|nav|noscript|object|ol|option|p|param|picture"
    "|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg"
    "|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
)
MARKUP: Final = re.compile(
    rf"<(?:/?(?>(?:{_KNOWN})(?![\w-]))(?:[\s/][^<>]{{0,20000}})?>|!--|!doctype\s|!\[CDATA\[)", re.I
)
_SKIP = frozenset(
    ("script", "style", "noscript", "svg", "math", "template",
     "textarea", "select", "button", "form", "audio", "video", "canvas", "head")
)  # fmt: skip
_BLOCK = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
     "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3",
     "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
     "summary", "table", "tbody", "tfoot", "thead", "tr", "ul")
)  # fmt: skip
_CELL = frozenset(("td", "th"))


def is_markup(text: str) -> bool:
    """Whether a text holds HTML elements (or is plain text that may hold a "<")."""
    return "<" in text and MARKUP.search(text) is not None


def plain(fragment: str) -> str:
    """Feed HTML or text → clean text, paragraphs separated by "\\n", at most 500 kB."""
    fragment = clean.visible(clean.cut(fragment))
    if not is_markup(fragment):
        return clean.paragraphs(clean.entities(fragment))
    return clean.paragraphs(_text_of(fragment))


def _text_of(fragment: str) -> str:
    from lxml import etree  # type: ignore[import-untyped]

    # "<v15.0" is no element; left alone the reader would take it for one.
    fragment = re.sub(rf"<(?!/?(?:{_KNOWN})[\s/>]|!--|!doctype\s|!\[CDATA\[|\?)", "&lt;", fragment,
                      flags=re.IGNORECASE)  # fmt: skip
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True)
    root = etree.fromstring(b"<div>" + fragment.encode("utf-8", "ignore") + b"</div>", parser)
    if root is None:
        return ""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            pieces.append(_break(tag))
            if tag in _SKIP:
                walk.skip_subtree()
            else:
                pieces.append(_flat(element.text, tag == "pre"))
        else:
            pieces += (_break(tag) if event == "end" else "", _flat(element.tail, False))
    return "".join(pieces)


def _break(tag: str) -> str:
    return "\n" if tag in _BLOCK else " " if tag in _CELL else ""


def _flat(text: str | None, preformatted: bool) -> str:
    """Line ends inside HTML are spaces, except in <pre>."""
    if not text:
        return ""
    return text if preformatted else re.sub(r"\s+", " ", text)
