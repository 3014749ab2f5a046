"""Passages and what the tagger says of them → who was hit, by whom, through whom.

Candidates are the names that passages hold, the plain descriptions that stand for a party, and the
spans that the tagger finds and no name matches. Each is weighed by a linear model over what the
rules vote (`roles`), what the tagger says inside and beside it, where it stands and what the lists
know of it; the likeliest role wins where it is likely enough. The weights come from
`nlp.train_tagger` (`parameters/parties.json`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from breachwire.model import Article
from nlp import descriptions, lexicon, names, reading, roles
from nlp.features import PARAMETERS
from nlp.folding import fold
from nlp.names import Name
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Mention, Party, Role
from nlp.tagger import FIELDS, Tags, softmax

ROLES: Final[tuple[Role, ...]] = ("victim", "actor", "third_party")
LABELS: Final = ("none", *ROLES)
_VOTES: Final[tuple[Role, ...]] = (
    "victim", "nominal", "actor", "third_party", "teller", "product",
)  # fmt: skip
_KINDS: Final = ("name", "place", "authority", "researcher", "outlet", "actor")
_SORTS: Final = ("name", "description", "tagged", "overlap")
_GATES: Final = ("flaw", "firm", "technique", "hard")
_WORD: Final = re.compile(r"[^\W_](?:[\w$&+@./'’\-‑]*[\w$+])?")
_BREAK: Final = re.compile(r"[,;:()\[\]\"“”]|\.\s|\s[-–—]\s")
"""Between two words: they are two names of a list."""
_LITTLE: Final = frozenset(("of", "the", "and", "for", "de", "la", "in", "at", "s"))
TAGGED: Final = 0.35
"""Mean probability of a role from which a word starts or goes on with a tagged span."""
LONG: Final = 1_000
"""Characters from which a text is more than a feed's summary, which all labels are of. What the
tagger says of a body is often wrong: of 49 actors that it and the weights saw in the demonstration
half were wrong, nearly all without a word beside them that makes an actor of them."""
VOTED: Final = 0.5
"""The rules' votes from which they speak for a role."""
FEATURES: Final = (
    *(f"best_{role}" for role in ROLES),
    *(f"log_best_{role}" for role in ROLES),
    *(f"log_mean_{role}" for role in ROLES),
    "log_mean_none", "before", "after", "lead_of_role",
    *(f"vote_{role}" for role in _VOTES),
    *(f"raw_{role}" for role in _VOTES),
    *(f"rule_{role}" for role in ROLES),
    *(f"rule_score_{role}" for role in ROLES),
    *(f"is_{kind}" for kind in _KINDS),
    *(f"sort_{sort}" for sort in _SORTS),
    "in_title", "opens_title", "first", "mentions", "words", "capital", "generic", "ecosystem",
    "platform",
    *(f"gate_{gate}" for gate in _GATES),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who may play a part."""

    sort: str
    mentions: tuple[Mention, ...]
    rule: Party | None
    """What the rules by themselves make of it."""
    votes: dict[Role, float]
    """The rules' votes, weighed by what the lists know."""
    raw: dict[Role, float]
    row: tuple[float, ...] = ()
    """FEATURES."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model over FEATURES: a row for each of LABELS."""

    weights: Any
    """(len(LABELS), len(FEATURES))"""
    bias: Any
    least: dict[str, tuple[float, float]]
    """Probability from which a role is given to the article's first candidate, to further ones."""

    def chances(self, rows: Sequence[Sequence[float]]) -> Any:
        """Probabilities, shape (rows, len(LABELS))."""
        import numpy as np

        return softmax(np.asarray(rows, dtype=float) @ self.weights.T + self.bias)


@cache
def shipped() -> Weights:
    """What `parameters/parties.json` holds."""
    return read(PARAMETERS / "parties.json")


def read(path: Path) -> Weights:
    """Weights as `nlp.train_tagger` writes them. Raises KeyError where a feature has none."""
    import numpy as np

    stored = json.loads(path.read_text("utf-8"))
    table = [[stored["weights"][label][name] for name in FEATURES] for label in LABELS]
    bias = [stored["bias"][label] for label in LABELS]
    least = {role: (float(first), float(more)) for role, (first, more) in stored["least"].items()}
    return Weights(np.array(table), np.array(bias), least)


def find(
    article: Article, passages: Sequence[Passage], tags: Tags, weights: Weights | None = None
) -> tuple[tuple[Passage, ...], list[Party]]:
    """The parties in the order of their first mention, and the passages with those names marked."""
    weights = weights or shipped()
    found = candidates(article, passages, tags)
    if not found:
        return tuple(passages), []
    chosen = _chosen(found, weights)
    if len(article.text) > LONG:
        chosen = [pick for pick in chosen if _borne_out(*pick[:2])]
    marked = {p.index: _remarked(p, [c for c, *_ in chosen]) for p in passages}
    cast = [_party(candidate, role, chance, marked) for candidate, role, chance in chosen]
    return tuple(marked[p.index] for p in passages), sorted(cast, key=_first)


def _first(party: Party) -> tuple[int, int]:
    return min((m.passage.index, m.name.start) for m in party.mentions)


def _chosen(found: Sequence[Candidate], weights: Weights) -> list[tuple[Candidate, Role, float]]:
    """The candidates that play a part, likeliest first; of two that overlap, or are one party by
    two forms of its name, the likelier."""
    chances = weights.chances([candidate.row for candidate in found])
    best = chances[:, 1:].argmax(axis=1)
    order = sorted(range(len(found)), key=lambda n: -chances[n, best[n] + 1])
    chosen: list[tuple[Candidate, Role, float]] = []
    for n in order:
        role, chance = ROLES[int(best[n])], float(chances[n, best[n] + 1])
        if _goes_by(found[n]):
            role, chance = "actor", max(weights.least["actor"])
        first, further = weights.least[role]
        if chance < (further if any(role == r for _, r, _ in chosen) else first):
            continue
        if not any(_clash(found[n], c) or _same(found[n], c) for c, *_ in chosen):
            chosen.append((found[n], role, chance))
    return chosen


def _goes_by(candidate: Candidate) -> bool:
    """Whether it is a handle without a capital that the rules give an offender: "the seller, who
    uses the name quillrat". Few labels have one, so the weights make nothing of it."""
    name = candidate.mentions[0].name.text
    rule = candidate.rule
    return rule is not None and rule.role == "actor" and name == name.lower()


def _borne_out(candidate: Candidate, role: Role) -> bool:
    """Whether more than the tagger's word speaks for a role: the rules' votes or, where nobody is
    accused, the title or the lead."""
    if max(candidate.votes.get(role, 0.0), candidate.raw.get(role, 0.0)) >= VOTED:
        return True
    opens = any(m.passage.opens for m in candidate.mentions)
    return role != "actor" and (opens or candidate.sort == "description")


def _same(one_: Candidate, other: Candidate) -> bool:
    """Whether two names are forms of one: the same words, a beginning or an end, the initials."""
    a, b = (
        [w for w in names.key_of(c.mentions[0].name.text).split() if w not in _LITTLE]
        for c in (one_, other)
    )
    short, long = sorted((a, b), key=len)
    if not short or set(short) == set(long):
        return True
    if len(short) == 1 and "".join(word[0] for word in long) == short[0]:
        return True
    return short in (long[: len(short)], long[-len(short) :])


def _clash(one_: Candidate, other: Candidate) -> bool:
    """Whether two candidates claim the same words."""
    return any(
        a.passage.index == b.passage.index
        and a.name.start < b.name.end
        and b.name.start < a.name.end
        for a in one_.mentions
        for b in other.mentions
    )


def _remarked(passage: Passage, chosen: Sequence[Candidate]) -> Passage:
    """A passage in which the chosen spans are names, whatever names stood there."""
    spans = {
        (m.name.start, m.name.end): m.name
        for candidate in chosen
        for m in candidate.mentions
        if m.passage.index == passage.index and candidate.sort in ("tagged", "overlap")
    }
    if not spans:
        return passage
    kept = [n for n in passage.names if not any(n.start < e and s < n.end for s, e in spans)]
    return reading.with_names(passage, sorted([*kept, *spans.values()], key=lambda n: n.start))


def _party(candidate: Candidate, role: Role, chance: float, marked: dict[int, Passage]) -> Party:
    mentions = tuple(
        Mention(marked[mention.passage.index], mention.name) for mention in candidate.mentions
    )
    return Party(role, roles.value_of(mentions[0].name.text), chance, mentions)


def candidates(article: Article, passages: Sequence[Passage], tags: Tags) -> list[Candidate]:
    """Whoever may play a part, with FEATURES."""
    counted = roles.tallies(passages)
    ruled = roles.find(passages, counted)
    ruled += descriptions.find(passages, ruled)
    found = list(_named(counted, ruled))
    for party in ruled:
        if not any(candidate.rule is party for candidate in found):
            found.append(
                Candidate("description", party.mentions, party, {party.role: party.score}, {})
            )
    found += _tagged(article, passages, tags, found)
    gates = _gates(passages)
    return [replace(c, row=tuple(_row(c, article, tags, gates))) for c in found]


def _named(counted: Mapping[str, roles.Tally], ruled: Sequence[Party]) -> Iterator[Candidate]:
    at = {(m.passage.index, m.name.start): party for party in ruled for m in party.mentions}
    for key, tally in counted.items():
        party = next(
            (at[k] for m in tally.seen if (k := (m.passage.index, m.name.start)) in at), None
        )
        mentions = tuple(party.mentions) if party else ()
        rest = tuple(m for m in tally.seen if not any(_equal(m, o) for o in mentions))
        votes = roles.weighed(key, tally)
        yield Candidate("name", (*mentions, *rest), party, votes, dict(tally.votes))


def _equal(one_: Mention, other: Mention) -> bool:
    return one_.passage.index == other.passage.index and one_.name.start == other.name.start


def _tagged(
    article: Article, passages: Sequence[Passage], tags: Tags, found: Sequence[Candidate]
) -> Iterator[Candidate]:
    """Spans that the tagger gives a role and that aren't a candidate yet, equal ones together."""
    taken = {(m.passage.index, m.name.start, m.name.end) for c in found for m in c.mentions}
    groups: dict[str, list[Mention]] = {}
    for passage in passages:
        for start, end in sorted(set(_spans(article, passage, tags))):
            if (passage.index, start, end) not in taken:
                text = passage.text[start:end]
                name = Name(start, end, text, names.kind_of(text))
                groups.setdefault(names.key_of(text), []).append(Mention(passage, name))
    for key, mentions in groups.items():
        if key:
            whole = Candidate("tagged", tuple(mentions), None, {}, {})
            overlaps = any(_clash(whole, other) for other in found)
            yield replace(whole, sort="overlap") if overlaps else whole


def _spans(article: Article, passage: Passage, tags: Tags) -> Iterator[tuple[int, int]]:
    """Runs of words of one role in a passage."""
    base = _base(article, passage)
    words = [
        (match.start(), match.end(), tags.field(base + match.start(), base + match.end()))
        for match in _WORD.finditer(passage.text)
    ]
    for role in ROLES:
        column = FIELDS.index(role)
        run: tuple[int, int] | None = None
        for start, end, chances in words:
            if run and (chances[column] <= TAGGED or _BREAK.search(passage.text, run[1], start)):
                yield run
                run = None
            if chances[column] > TAGGED:
                run = (run[0] if run else start, end)
        if run:
            yield run


def _base(article: Article, passage: Passage) -> int:
    """What a passage's offsets are moved by in what the tagger has read."""
    return passage.start + (0 if passage.where == "title" else len(article.title) + 1)


def _gates(passages: Sequence[Passage]) -> list[float]:
    opening = [passage.low for passage in passages if passage.index <= 2]
    return [float(any(one("gates", gate).search(low) for low in opening)) for gate in _GATES]


def _row(
    candidate: Candidate, article: Article, tags: Tags, gates: Sequence[float]
) -> Iterator[float]:
    import numpy as np

    spans = [
        (_base(article, m.passage) + m.name.start, _base(article, m.passage) + m.name.end)
        for m in candidate.mentions
    ]
    told = np.array([tags.field(*span) for span in spans])
    best, mean = told.max(axis=0), told.mean(axis=0)
    columns = [FIELDS.index(role) for role in ROLES]
    yield from best[columns]
    yield from np.log(best[columns] + 0.02)
    yield from np.log(mean[columns] + 0.02)
    yield math.log(mean[0] + 0.02)
    beside = [_beside(tags, columns, *span) for span in spans]
    yield max(before for before, _ in beside)
    yield max(after for _, after in beside)
    yield float(told[0][columns].max())
    yield from (min(6.0, candidate.votes.get(role, 0.0)) for role in _VOTES)
    yield from (min(6.0, candidate.raw.get(role, 0.0)) for role in _VOTES)
    rule = candidate.rule
    yield from (float(rule is not None and rule.role == role) for role in ROLES)
    yield from (min(8.0, rule.score) if rule and rule.role == role else 0.0 for role in ROLES)
    kinds = {mention.name.kind for mention in candidate.mentions}
    yield from (float(kind in kinds) for kind in _KINDS)
    yield from (float(candidate.sort == sort) for sort in _SORTS)
    yield from _standing(candidate, article)
    yield from gates


def _beside(tags: Tags, columns: Sequence[int], start: int, end: int) -> tuple[float, float]:
    """How likely the tokens just before and after a span play a part: its bounds may be wrong."""
    at = tags.over(start, end)
    if not len(at):
        return 0.0, 0.0
    before = tags.fields[at[0] - 1][columns].max() if at[0] else 0.0
    after = tags.fields[at[-1] + 1][columns].max() if at[-1] + 1 < len(tags.fields) else 0.0
    return float(before), float(after)


def _standing(candidate: Candidate, article: Article) -> Iterator[float]:
    name = candidate.mentions[0].name.text
    yield float(any(m.passage.where == "title" for m in candidate.mentions))
    yield float(article.title.startswith(name))
    yield float(min(5, min(m.passage.index for m in candidate.mentions)))
    yield math.log(len(candidate.mentions))
    yield float(min(6, len(name.split())))
    yield float(name[:1].isupper())
    yield float(names.generic(name))
    yield float(fold(name) in lexicon.words("parties", "ecosystems"))
    yield float(names.key_of(name) in lexicon.words("parties", "platforms"))
