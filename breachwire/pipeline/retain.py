"""What the operator wants gone after a time → gone, by the rules of the configuration.

In: a store, `retain_*` and `watch_days`. Out: the same store without what is older, and how many of
each went. An article's text goes a while after its thread's last report: what claims, indicators,
roundups' mentions, briefs of any version, changes and corrections quote stays at its place, and so
do title, opening (`lead`) and all that was made of it. A text that tells whose reporting it is
keeps those sentences too: origins are the same before and after.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from breachwire.config import Config
from breachwire.model import Article, Evidence, Member
from breachwire.store import Store
from breachwire.store.protocol_retention import Mark, Prunable, Quiet
from breachwire.store.quoted import blanked
from nlp import attribution, origins, sentences

EVERY: Final = timedelta(days=1)
LOOK: Final = 600.0
"""Seconds between two looks at whether it is time."""
_LAST: Final = "retained_at"
_MARK: Final = "texts_dropped"
_BATCH: Final = 100
"""Articles, about, a commit."""
_SLICE: Final = 20_000
"""Articles, about, whose quotations are looked for at once and held in memory."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What goes after how many days."""

    name: str
    """The setting's."""
    what: str
    """In words, for people."""
    days: int
    """0: it is kept."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What a rule did, or would do."""

    rule: Rule
    number: int


def rules(config: Config) -> list[Rule]:
    """All, in the order they are applied."""
    return [
        Rule("retain_texts", "articles' texts, but for what is quoted", config.retain_texts),
        Rule("retain_briefs", "superseded versions of briefs", config.retain_briefs),
        Rule("retain_letters", "records of letters that were done with", config.retain_letters),
        Rule("retain_reports", "settled error reports", config.retain_reports),
        Rule("retain_log", "edits of the audit log that no rule rests on", config.retain_log),
        Rule("retain_archives", "documents of backfills that ended", config.retain_archives),
        Rule("retain_suppressed", "digests of erased addresses", config.retain_suppressed),
        Rule("retain_left", "addresses of those who left", config.retain_left),
        Rule("watch_days", "watch lists and searches that nobody uses", config.watch_days),
    ]


def due(store: Store, now: datetime) -> bool:
    """Whether the last time is a day ago; a time to come is that of a clock that has stepped."""
    last = store.meta(_LAST)
    at = datetime.fromisoformat(last) if last else None
    return at is None or not timedelta(0) <= now - at < EVERY


class Keeper:
    """Applies the rules once a day, beside other work."""

    def __init__(
        self, store: Store, config: Config, now: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        self._store, self._config = store, config
        self._now, self._say = now, say
        self._again = 0.0

    def run(self, stop: Callable[[], bool]) -> None:
        """Nothing, unless it is time."""
        if time.monotonic() < self._again:
            return
        self._again = time.monotonic() + LOOK
        if due(self._store, self._now()):
            for gone in retain(self._store, self._config, self._now(), stop=stop):
                if gone.number:
                    self._say(told(gone))


def told(gone: Gone) -> str:
    """A line for people."""
    return f"{gone.rule.name}, {gone.rule.days} days: {gone.number} {gone.rule.what}"


def retain(
    store: Store,
    config: Config,
    now: datetime,
    *,
    dry: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> list[Gone]:
    """Apply every rule that is set, or say what would go. Stopped, the next run goes on."""
    done = []
    for rule in rules(config):
        if rule.days and not stop():
            done.append(Gone(rule, _apply(store, rule, now, dry, stop)))
    if not dry and not stop():
        store.set_meta(_LAST, now.isoformat())
    return done


def _apply(store: Store, rule: Rule, now: datetime, dry: bool, stop: Callable[[], bool]) -> int:
    before = now - timedelta(days=rule.days)
    if rule.name == "retain_texts":
        return _texts(store, before, dry, stop)
    if rule.name == "watch_days":
        return _watches(store, before, dry)
    if rule.name == "retain_left":
        return _left(store, before, dry)
    return store.prune(_PRUNED[rule.name], before, dry=dry)


_PRUNED: Final[Mapping[str, Prunable]] = {
    "retain_briefs": "briefs",
    "retain_letters": "letters",
    "retain_reports": "reports",
    "retain_log": "log",
    "retain_archives": "archives",
    "retain_suppressed": "suppressed",
}


def _watches(store: Store, before: datetime, dry: bool) -> int:
    if not dry:
        return store.purge_watches(before)
    return sum((one.last_used_at or one.created_at) < before for one in store.watches())


def _left(store: Store, before: datetime, dry: bool) -> int:
    never = datetime.min.replace(tzinfo=UTC)
    if not dry:
        return store.forget(never, before, never)
    left = (one.left_at for one in store.subscribers("left"))
    return sum(at is not None and at < before for at in left)


# --- texts


def _texts(store: Store, before: datetime, dry: bool, stop: Callable[[], bool]) -> int:
    found, mark = store.quiet(before, _mark(store))
    dropped = 0
    for slice_ in _batches(found, _SLICE):
        kept = store.cited({id for one in slice_ for id in one.articles})
        for some in _batches(slice_, _BATCH):
            if stop():
                return dropped
            with store.turn():  # nothing is placed, or read of their claims, meanwhile
                texts = _shorter(store, some, kept)
                dropped += len(texts) if dry else _drop(store, kept, texts)
    if not dry:
        store.set_meta(_MARK, json.dumps([(mark.until or before).isoformat(), mark.seq]))
    return dropped


def _drop(store: Store, kept: Mapping[int, Sequence[Evidence]], texts: Mapping[int, str]) -> int:
    return store.drop_texts(kept, texts) if texts else 0


def _mark(store: Store) -> Mark:
    known = store.meta(_MARK)
    if not known:
        return Mark()
    until, seq = json.loads(known)
    return Mark(datetime.fromisoformat(until).astimezone(UTC), int(seq))


def _batches(found: Sequence[Quiet], size: int) -> Iterator[list[Quiet]]:
    """Of about so many articles."""
    some, number = list[Quiet](), 0
    for one in found:
        some.append(one)
        number += len(one.articles)
        if number >= size:
            yield some
            some, number = [], 0
    if some:
        yield some


def _shorter(
    store: Store, some: Sequence[Quiet], kept: Mapping[int, Sequence[Evidence]]
) -> dict[int, str]:
    """New texts of the articles that have a shorter one."""
    texts: dict[int, str] = {}
    alone = store.articles([id for one in some if one.thread is None for id in one.articles])
    whole = dict(alone)
    for id, article in alone.items():
        texts[id] = blanked(article.text, kept.get(id, ()))
    threads = [one.thread for one in some if one.thread is not None]
    for members in store.members(threads).values():
        whole |= {m.article.id: m.article for m in members}
        texts |= _of_thread(members, kept)
    return {id: text for id, text in texts.items() if text != whole[id].text}


def _of_thread(members: Sequence[Member], kept: Mapping[int, Sequence[Evidence]]) -> dict[int, str]:
    """New texts by which each article is of the same origin, for the same reason: with what is
    quoted alone, where that isn't so with the sentences that cite somebody, then with the edges, in
    which credits stand, else whole."""
    texts = {m.article.id: blanked(m.article.text, kept.get(m.article.id, ())) for m in members}
    before = origins.groups(members)
    others = "|".join(sorted({m.article.source or m.article.family for m in members}))
    for again in (_citing, _credited, _whole):
        wrong = _moved(members, texts, before)
        for member in members:
            if member.article.id in wrong:
                own = kept.get(member.article.id, ())
                texts[member.article.id] = again(member.article, own, others)
    if _moved(members, texts, before):
        return {m.article.id: m.article.text for m in members}
    return texts


def _moved(
    members: Sequence[Member], texts: Mapping[int, str], before: Sequence[object]
) -> set[int]:
    """Articles whose origin or its reason would be another; all, where only the origins would."""
    after = origins.groups([_with(m, texts[m.article.id]) for m in members])
    if after == before:
        return set()
    reasons = [
        {(one.article, one.reason) for group in groups for one in group.articles}
        for groups in (origins.groups(members), after)
    ]
    differ = {article for article, _ in reasons[0] ^ reasons[1]}
    return differ or {m.article.id for m in members}


def _with(member: Member, text: str) -> Member:
    return replace(member, article=replace(member.article, text=text))


def _citing(article: Article, kept: Sequence[Evidence], others: str) -> str:
    """With the sentences that cite somebody, or have a source of their own."""
    return blanked(article.text, [*kept, *_cites(article, others)])


def _credited(article: Article, kept: Sequence[Evidence], others: str) -> str:
    """With its edges as well."""
    end = len(article.text)
    edges = ((0, attribution.OPENING), (max(0, end - attribution.CLOSING), end))
    own = [_passage(article, *edge) for edge in edges]
    return blanked(article.text, [*kept, *_cites(article, others), *own])


def _cites(article: Article, others: str) -> list[Evidence]:
    whose = (article.source, article.family, article.credit, others)
    found = []
    for start, end in sentences.split(article.text[: attribution.READ]):
        said = attribution.read("", article.text[start:end], *whose)
        if said.cites or said.sourced:
            found.append(_passage(article, start, end))
    return found


def _passage(article: Article, start: int, end: int) -> Evidence:
    return Evidence(article.id, "text", start, end, article.text[start:end])


def _whole(article: Article, kept: Sequence[Evidence], others: str) -> str:  # noqa: ARG001
    return article.text
