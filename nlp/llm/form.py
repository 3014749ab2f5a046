"""Whether a model's sentence is plain reporting: no links, markup, orders, talk of its task.

In: a sentence. Out: what is wrong, a line each. Its length and its cites are `checks`' business.
"""

from __future__ import annotations

import re
from typing import Final

from nlp import sentences
from nlp.orders import gives_orders

_LINK: Final = re.compile(
    r"(?:https?|ftp|mailto|javascript|data):|\bwww\.|[\w-]\.(?:com|net|org|io|ru|cn|info"
    r"|xyz|top|onion|example|test|evil|dev|app|co|biz|online|site)\b(?:/|\b)|\S@\S|//",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"[<>{}|`*_#~\\^=]|\[|\]|&[a-z#]\w*;|^\s*[-•]|\n")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff�]")
_TASK: Final = re.compile(
    r"\bp\d+\b|\b(?:passages?|prompts?|json|field|schema|fence[ds]?|cites?|cited|begin data"
    r"|end data)\b"
    r"|\b(?:as an ai|language model|i cannot|i can['’]t|i am|i['’]m|sure,|here is|here are)\b"
    r"|\b(?:the|this) (?:user|task|brief|text above)\b",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Uu]s|I|[Mm]y|[Yy]ou|[Yy]ours?)\b(?!\.)")
_QUOTED: Final = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_START: Final = re.compile(r"[A-Z0-9“\"$€£]|[a-z]{1,40}[A-Z]")
_END: Final = re.compile(r"[.!][”\"’)]?\Z")
_DATES: Final = re.compile(r"\b(?:yesterday|today|tonight|tomorrow|now|recently|currently)\b", re.I)
MOST_WORDS: Final = 60
"""Longer sentences are nobody's plain words, and nobody's check reads them well."""


def problems(text: str) -> list[str]:
    """What keeps a text from standing on a page as one sentence of reporting."""
    bare = _QUOTED.sub("", text)
    looked = (
        (_LINK.search(text), "it holds a link or an address"),
        (_MARKUP.search(text) or _UNSEEN.search(text), "it holds markup"),
        (_TASK.search(bare) or gives_orders(text), "it speaks of its task or gives orders"),
        (_PERSON.search(bare), 'it says "we", "I" or "you"'),
        (_DATES.search(bare), "it depends on the day it is read"),
        (not _START.match(text) or not _END.search(text), "it is no whole sentence"),
        (len(sentences.split(text)) != 1, "it is not one sentence"),
        (len(text.split()) > MOST_WORDS, f"it has more than {MOST_WORDS} words"),
        (text.count("“") != text.count("”") or text.count('"') % 2, "a quotation is not closed"),
    )
    return [words for wrong, words in looked if wrong]
