"""A thread's members → how many independent origins it has.

An origin is a publisher family. A copy, or an article whose credit names another member's outlet,
is no new one; ten copies of one story are one origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from breachwire.model import Article, Member
from nlp.copies import credit_in
from nlp.features import title_key

_UNKNOWN: Final = "unknown outlet"


def count(members: Sequence[Member]) -> int:
    """Independent origins; at least 1."""
    return max(1, len(_families(members)))


def _families(members: Sequence[Member]) -> set[str]:
    """Families that report on their own."""
    families = {_family(m.article) for m in members}
    own = set()
    for member in members:
        if member.role == "mention" or member.copy_of is not None:
            continue
        mine = _family(member.article)
        if not _credited(member.article, families - {mine}):
            own.add(mine)
    return own


def _family(article: Article) -> str:
    return title_key(article.family or article.source) or _UNKNOWN


def _credited(article: Article, others: set[str]) -> bool:
    """Whether the article's credit names another family that the thread holds itself."""
    credit = title_key(article.credit or credit_in(article.text))
    return any(f" {other} " in f" {credit} " for other in others)
