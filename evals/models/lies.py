"""How many falsified sentences pass the checks: the demonstration's passages, each made false.

In: a filled store. Out: JSON on stdout: of the passages' own sentences, how many stand; of each way
to falsify them, how many were tried and how many passed; with `--texts`, those that passed, on
stderr. A falsified sentence cites its own passage and, where a name of another one was put in, that
one too. Written apart from the checks: it imports none of their patterns.

    python -m evals.models.lies --db demo.sqlite3
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from breachwire.model import ThreadView
from breachwire.pipeline.derive import views
from breachwire.store import open_store
from nlp.llm import passages
from nlp.llm.answer import Draft
from nlp.llm.checks import Checker
from nlp.llm.passages import Passage

NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})*")
False_ = Iterator[tuple[str, Passage | None]]
Way = Callable[[Passage, Sequence[Passage]], False_]


def numbers(own: Passage, _: Sequence[Passage]) -> False_:
    """Another number: each one's first digit raised."""
    for match in re.finditer(r"(?<![\w-])\d[\d,.]*\d|(?<![\w-])\d\b", own.text):
        raised = str(int(match.group()[0]) % 9 + 1) + match.group()[1:]
        yield own.text[: match.start()] + raised + own.text[match.end() :], None


def names(own: Passage, others: Sequence[Passage]) -> False_:
    """Another name of the thread in place of one, its passage cited as well."""
    for match in NAME.finditer(own.text):
        for other in others:
            found = [m for m in NAME.findall(other.text) if m not in own.text]
            if found:
                yield own.text[: match.start()] + found[0] + own.text[match.end() :], other
                break


def swapped(own: Passage, _: Sequence[Passage]) -> False_:
    """Two names of a sentence in each other's place."""
    found = list(re.finditer(r"[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})+|" + NAME.pattern, own.text))
    for a, b in itertools.pairwise(found):
        if a.group() != b.group() and b.start() - a.end() > 8:
            text = own.text
            between = text[a.end() : b.start()]
            yield text[: a.start()] + b.group() + between + a.group() + text[b.end() :], None


def unnegated(own: Passage, _: Sequence[Passage]) -> False_:
    """Without its "not"."""
    for pattern, plain in ((r" not\b", ""), (r"\bdenied that\b", "said that"), (r"\bno\b", "the")):
        if re.search(pattern, own.text):
            yield re.sub(pattern, plain, own.text, count=1), None


def negated(own: Passage, _: Sequence[Passage]) -> False_:
    """With a "not" put in."""
    if match := re.search(r"\b(?:was|were|has|have|is|are|had)\b(?! not)", own.text):
        yield own.text[: match.end()] + " not" + own.text[match.end() :], None


def strengthened(own: Passage, _: Sequence[Passage]) -> False_:
    """Claims confirmed, what may be made what is."""
    for pattern, firm in (
        (r"\b(?:claims|claimed|alleges|alleged)\b", "confirmed"),
        (r"\b(?:could|may|might) be\b", "will be"),
        (r"\b(?:could|may|might) have\b", "have"),
        (r"\bexpects? to\b", "will"),
        (r"\bup to ", ""),
        (r"\b(?:some|several)\b", "all"),
    ):
        if re.search(pattern, own.text):
            yield re.sub(pattern, firm, own.text, count=1), None


def flat(own: Passage, _: Sequence[Passage]) -> False_:
    """Only what is claimed, without who claims it."""
    pattern = r"^.{0,80}?\b(?:claims|claimed|alleges) (?:that |to have )?((?:it|they) )?(\w.*)"
    if match := re.match(pattern, own.text):
        rest = match[2]
        yield f"The attackers {rest}", None


WAYS: dict[str, Way] = {
    way.__name__: way for way in (numbers, names, swapped, unnegated, negated, strengthened, flat)
}


def judged(view: ThreadView, counts: Counter[str], texts: bool) -> None:
    """Count what stands and what passes in one thread."""
    offered = passages.offer(view)
    checker = Checker(view, offered)
    for own in offered:
        whole = own.text.endswith(".")
        honest = checker.judge(Draft("what_happened", own.text, False, (own.id,)))
        counts["honest"] += whole
        counts["honest stand"] += whole and honest.statement is not None
        if honest.statement is None:
            continue
        others = [p for p in offered if p is not own]
        for name, way in WAYS.items():
            for text, other in way(own, others):
                cites = (own.id, other.id) if other else (own.id,)
                verdict = checker.judge(Draft("what_happened", text, False, cites))
                counts[name] += 1
                if verdict.statement is not None:
                    counts[f"{name} passed"] += 1
                    if texts:
                        print(f"{name}\n  was {own.text}\n  now {text}", file=sys.stderr)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="falsified sentences that pass")
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=40)
    parser.add_argument("--texts", action="store_true", help="what passed")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    with closing(open_store(f"sqlite:///{options.db}")) as store:
        ids = sorted(t.id for t in store.all_threads())[: options.threads]
        for view in views(store, ids):
            judged(view, counts, options.texts)
    print(json.dumps(dict(sorted(counts.items()))))


if __name__ == "__main__":
    main()
