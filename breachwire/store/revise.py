"""What a draft does to the articles known so far: pure decisions, applied by `articles.take`.

In: articles by id, ids by key, drafts in order. Out: the articles after them, an outcome each, and
what has to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from breachwire.model import Article, Draft
from breachwire.store.columns import clean
from breachwire.store.protocol_articles import Outcome, Taken
from breachwire.store.words import content_hash


@dataclass
class Shelf:
    """The articles one call of `take` is about, as they stand and as they will."""

    ids: dict[str, int]
    """Article by identity key; grows with the drafts."""
    articles: dict[int, Article]
    seen_hashes: Mapping[int, Collection[str]]
    """Content hashes of an article's former revisions."""
    new_id: Callable[[datetime], int]
    """A free article id for a time."""
    new_keys: dict[str, int] = field(default_factory=dict)
    new_ids: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    former: list[tuple[Article, datetime]] = field(default_factory=list)
    """Articles as they stood before a revision, and when that came."""

    def put(self, draft: Draft, now: datetime, *, imported: bool) -> Taken:
        """Take one (cleaned) draft. An import never brings back a former revision: so that running
        one twice, where two of its lines are one article, changes nothing."""
        keys = keys_of(draft)
        found = [self.ids[key] for key in keys if key in self.ids]
        if found:
            id = min(found)
            taken = self._meet(self.articles[id], draft, now, imported=imported)
        else:
            id = self.new_id(draft.published or now)
            taken = Taken(_first(id, draft, now), "new")
            self.new_ids.add(id)
        self.articles[id] = taken.article
        for key in keys:
            if key not in self.ids:
                self.ids[key] = self.new_keys[key] = id
        return taken

    def _meet(self, article: Article, draft: Draft, now: datetime, *, imported: bool) -> Taken:
        after = completed(article, draft)
        if draft.text_from == "page" and article.text_from == "feed":
            after = replace(after, url=self._free_url(article, draft))
        title, text = revised_text(article, draft)
        hash_ = content_hash(title, text)
        old = imported and hash_ in self.seen_hashes.get(article.id, ())
        outcome: Outcome = "known"
        # A text that was dropped after a time (`retain_texts`) keeps the hash of the whole one.
        other = (title, text) != (article.title, article.text)
        if other and hash_ != article.content_hash and not old:
            outcome = "revised"
            self.former.append((article, now))
            after = replace(
                after,
                title=title,
                text=text,
                lead=draft.lead or article.lead,
                content_hash=hash_,
                revision=article.revision + 1,
                state="stored",
            )
        if after != article:
            self.changed.add(article.id)
        return Taken(after, outcome)

    def _free_url(self, article: Article, draft: Draft) -> str:
        """The page's final address beats the feed's link, unless another article has it."""
        return draft.url if self.ids.get(draft.url, article.id) == article.id else article.url


def keys_of(draft: Draft) -> list[str]:
    """Identity keys of a draft; its address itself is one too."""
    return list(dict.fromkeys((*draft.keys, draft.url)))


def cleaned(draft: Draft) -> Draft:
    """The draft as it can be stored."""
    texts: dict[str, Any] = {
        name: clean(value) for name in _TEXTS if (value := getattr(draft, name))
    }
    return replace(
        draft,
        **texts,
        keys=tuple(map(clean, draft.keys)),
        authors=tuple(map(clean, draft.authors)),
    )


_FILLABLE = ("authors", "source", "family", "section", "published", "language", "credit", "lead")
_TEXTS = (
    *("url", "title", "text", "lead", "source", "family", "section", "page_note"),
    *("language", "credit"),
)


def revised_text(article: Article, draft: Draft) -> tuple[str, str]:
    """Title and text after the draft: a feed's text never replaces a page's, nothing nothing."""
    from_feed = draft.text_from == "feed" and article.text_from == "page"
    text = article.text if from_feed or not draft.text else draft.text
    return draft.title or article.title, text


def completed(article: Article, draft: Draft) -> Article:
    """What was unknown and the draft knows; where its text comes from a page, that page's state."""
    filled: dict[str, Any] = {
        name: getattr(draft, name)
        for name in _FILLABLE
        if not getattr(article, name) and getattr(draft, name)
    }
    if article.text_from == "feed" and draft.page_state != "unknown":
        filled |= {"page_state": draft.page_state, "page_note": draft.page_note}
    if draft.text_from == "page" and draft.text:
        filled |= {
            "text_from": "page",
            "page_state": draft.page_state,
            "page_note": draft.page_note,
        }
    return replace(article, **filled) if filled else article


def _first(id: int, draft: Draft, now: datetime) -> Article:
    return Article(
        id=id,
        url=draft.url,
        title=draft.title,
        text=draft.text,
        lead=draft.lead,
        authors=draft.authors,
        source=draft.source,
        family=draft.family,
        section=draft.section,
        published=draft.published,
        first_seen_at=now,
        content_hash=content_hash(draft.title, draft.text),
        revision=1,
        state="stored",
        language=draft.language,
        text_from=draft.text_from,
        page_state=draft.page_state,
        page_note=draft.page_note,
        credit=draft.credit,
    )
