"""How often the headline of a thread is one that an editor would lead with.

In: `judged.jsonl`: {"window", "kind", "articles": [address…], "lead": [address of each article
whose title may lead]}, judged by reading every title: it names the victim or product and the newest
development, tells instead of teasing, and says no more than the thread does. Out: `score()`: the
share of threads whose headline is one of those; and of all steps from a thread's first n articles
to its first n+1 the share at which the headline goes back to one it had left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from breachwire.model import Member
from evals import judged
from nlp import headline, origins, quotable
from nlp.facts import Ledger

JUDGED = Path(__file__).with_name("judged.jsonl")


def score() -> dict[str, Any]:
    """{"threads", "acceptable", "changes", "back", "wrong": [address of each headline judged bad]};
    changes and back: shares of steps."""
    rows = judged.rows(JUDGED)
    wrong, steps, changes, back = [], 0, 0, 0
    for row in rows:
        members = _without_copies(judged.members(row["window"], row["articles"]))
        chosen = [_leads(row["kind"], members[:number]) for number in range(1, len(members) + 1)]
        if chosen[-1] not in row["lead"]:
            wrong.append(chosen[-1])
        path = [url for url, _ in groupby(chosen)]
        steps += len(chosen) - 1
        changes += len(path) - 1
        back += len(path) - len(set(path))
    return {
        "threads": len(rows),
        "acceptable": round(1 - len(wrong) / len(rows), 4),
        "changes": round(changes / max(1, steps), 4),
        "back": round(back / max(1, steps), 4),
        "wrong": wrong,
    }


def _without_copies(members: Sequence[Member]) -> list[Member]:
    """As the threader would mark them."""
    copies = {
        sourced.article
        for origin in origins.groups(members)
        for sourced in origin.articles
        if sourced.reason.startswith("copy of ")
    }
    return [replace(m, role="copy" if m.article.id in copies else m.role) for m in members]


def _leads(kind: Any, members: Sequence[Member]) -> str:
    view = judged.view(kind, members)
    evidence = headline.write(quotable.usable(view.members), Ledger(view)).evidence[0]
    return next(m.article.url for m in members if m.article.id == evidence.article)
