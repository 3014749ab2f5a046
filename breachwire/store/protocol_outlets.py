"""What a store must do with outlets that asked to be left out: refuse them, and forget them.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too. Left out are a site and all its subdomains (`model.site_among`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from breachwire.model import Detail, Edit, Holding, LeftOut, Placement, Thread


class OutletStore(Protocol):
    """Leaving out goes in three steps, each done again without harm: bar, forget some articles at a
    time, finish."""

    def left_out(self) -> list[LeftOut]:
        """All, by site. `take` raises LeftOutError for their addresses, `add_feeds` passes their
        feeds over."""

    def holding(self, site: str) -> Holding:
        """What there is of a site: articles known by an address of it, or whose text is from one of
        its feeds."""

    def bar(self, given: LeftOut) -> bool:
        """Nothing of the site comes in from now on, with a line in the audit log; False: it is left
        out already, and stays so as it was."""

    def forget_articles(
        self,
        by: LeftOut,
        articles: Sequence[int],
        placements: Sequence[Placement],
        threads: Sequence[Thread],
        details: Mapping[str, Sequence[Detail]],
        *,
        stood: Mapping[int, str | None],
    ) -> Edit:
        """These articles go in one commit, with all that is stored of them or rests on them:
        revisions, entries, embeddings, search rows, claims, changes, corrections, mentions,
        indicators, rules, cached answers of a language model. Memberships, rows and details of what
        is left of their threads are as given, and marked stale; versions of briefs that cite them
        are withdrawn; a thread left empty is withdrawn. Vector indexes of every process drop them.

        Raises ConflictError, and changes nothing, where an article stands elsewhere than in
        `stood`.
        """

    def finish_leaving(self, site: str, feeds: Sequence[str]) -> None:
        """What is left of it elsewhere: its feeds and these, entries that wait in backfills,
        versions of briefs and changes that cite what is gone, names that nothing is called any
        more; search indexes are written anew without it."""

    def let_in(self, given: LeftOut) -> Edit:
        """It may come in again; nothing comes back by itself. Raises NotFoundError."""

    def is_withdrawn(self, thread: str) -> bool:
        """Whether all of a thread's articles were of outlets that are left out."""
