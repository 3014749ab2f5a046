"""Edits and proposals → lines and JSON documents for `thread log` and `thread proposals`.

In: an `Edit` or `Proposal`, addresses of articles by id. Out: text, or a dict to print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breachwire.model import Edit, Proposal


def count(articles: int) -> str:
    """Such as: "1 article", "3 articles"."""
    return f"{articles} article{'s' if articles != 1 else ''}"


def moved(edits: list[Edit]) -> list[int]:
    """The articles that any of them moved."""
    return sorted({article for edit in edits for article, _, _ in edit.moves})


def edit_line(edit: Edit) -> str:
    """Number, time, act, who and why."""
    undone = " (undone)" if edit.undone else ""
    why = f": {edit.why}" if edit.why else ""
    return f"{edit.id}  {edit.at:%Y-%m-%d %H:%M} {edit.what}{undone} by {edit.who}{why}"


def edit_json(edit: Edit, urls: dict[int, str]) -> dict[str, Any]:
    """An edit; articles by their addresses."""
    return {
        "id": edit.id,
        "what": edit.what,
        "who": edit.who,
        "why": edit.why,
        "at": edit.at.isoformat(),
        "undone": edit.undone,
        "moves": [
            {"article": urls.get(article, str(article)), "from": old, "to": new}
            for article, old, new in edit.moves
        ],
    }


def proposal_line(one: Proposal) -> str:
    """Number, act, threads, probability and reason."""
    return f"{one.id}  {one.what} {' '.join(one.threads)}  {one.score:.2f}  {one.reason}"


def proposal_json(one: Proposal, urls: dict[int, str]) -> dict[str, Any]:
    """A proposal; articles by their addresses."""
    return {
        "id": one.id,
        "what": one.what,
        "threads": one.threads,
        "articles": [urls.get(article, str(article)) for article in one.articles],
        "score": one.score,
        "reason": one.reason,
        "made_at": one.made_at.isoformat(),
        "state": one.state,
    }
