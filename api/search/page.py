"""The search page's document: what was asked → the answer, with links to narrow and to loosen it.

In: `Services` and the query's parameters. Out: a dict for the template. An article's address in the
box is answered by its related coverage (`api.related_page`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from api.params import thread_filter
from api.search import Sort, search
from api.services import Services

ASKED: Final = (
    "q", "section", "kind", "sector", "since", "until", "status", "victim", "actor", "third_party",
    "source", "attack_type", "data_type", "cve",
)  # fmt: skip
SORTS: Final[Mapping[Sort, str]] = {
    "relevance": "Best first",
    "recent": "Best first, newer preferred",
    "updated": "Newest first",
    "articles": "Most articles first",
}
LABELS: Final[Mapping[str, str]] = {
    "section": "Section", "kind": "Kind", "sector": "Sector", "since": "Reported in",
    "until": "Reported before", "status": "Status", "victim": "Victim", "actor": "Actor",
    "third_party": "Through", "source": "Outlet", "attack_type": "Attack", "data_type": "Data",
    "cve": "Flaw",
}  # fmt: skip
AGES: Final[Mapping[str, str]] = {
    "24h": "the last 24 hours", "7d": "the last 7 days", "30d": "the last 30 days",
    "365d": "the last year",
}  # fmt: skip
_SHOWN: Final = 8
"""Values of a facet on the page; the API gives more."""
_BARE: Final[Mapping[str, Any]] = {
    "terms": (), "corrected": (), "found": None, "loosen": (), "narrow": (), "chosen": (),
}  # fmt: skip
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)


def elsewhere(query: str) -> str | None:
    """Where an article's address in the box is answered; None for anything else."""
    return f"/related?{urlencode({'url': query})}" if _ADDRESS.fullmatch(query) else None


def answer(
    services: Services, asked: Mapping[str, str], sort: Sort, cursor: str | None
) -> dict[str, Any]:
    """What a query finds. Raises UsageError."""
    query = asked.get("q", "")
    found = search(
        services.store,
        services.embedder(),
        query,
        thread_filter(asked),
        sort=sort,
        cursor=cursor,
        known_actor=services.known_actor,
        with_facets=cursor is None,
    )
    chosen = {**asked, "sort": "" if sort == "relevance" else sort}
    return {**_BARE, **found, "narrow": _narrow(found, chosen), "chosen": _chosen(chosen)}


def _narrow(found: Mapping[str, Any], asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Facets that would narrow the result, with links."""
    groups = []
    for name, values in (found.get("facets") or {}).items():
        if asked.get(name):
            continue
        links = [
            {
                "text": _shown(name, one["value"]),
                "count": one["count"],
                "href": _href({**asked, name: one["value"]}),
            }
            for one in values[:_SHOWN]
            if one["count"] < found["found"]
        ]
        if links:
            groups.append({"label": LABELS[name], "links": links})
    return groups


def _chosen(asked: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters that hold, with links to do without each."""
    return [
        {
            "text": f"{LABELS[name]}: {_shown(name, value)}",
            "href": _href({k: v for k, v in asked.items() if k != name}),
        }
        for name, value in asked.items()
        if name in LABELS
    ]


def _shown(name: str, value: str) -> str:
    return AGES.get(value, value) if name == "since" else value.replace("_", " ")


def _href(asked: Mapping[str, str]) -> str:
    return "/search?" + urlencode({k: v for k, v in asked.items() if v})
