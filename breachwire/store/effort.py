"""How much a full-text search may do: the numbers that bound it, at a million articles.

Measured on FTS5: to walk a word's rows costs 60 to 100 ns each, and bm25 walks every word of its
expression once to count it; to score a row costs a microsecond or more.
"""

from __future__ import annotations

from typing import Final

SCORED: Final = 5_000
"""Rows that one statement scores at most: 5 ms."""
COMMON: Final = 30_000
"""Rows from which on a group is common: 2 to 3 ms to walk."""
WALKED: Final = 60_000
"""Rows that scoring walks at most to count its groups: 5 ms."""
LATE: Final = 30_000
"""Newest rows with the commonest group in which all groups are looked for where one is common."""
PHRASED: Final = 5_000
"""Rows with the rarest word of a phrase from which on the phrase is not scored: 1 ms a walk, and
bm25 makes two."""
SOUGHT: Final = 60_000
"""Newest rows with the commonest word of such a phrase in which it is looked for: 6 ms."""
DRIVING: Final = 100
"""Rows with the rarest group up to which common ones are conditions on all of them: each is looked
up, at some 20 µs."""
ENOUGH: Final = 50
"""Rows with every group from which on those with any of them are not asked for."""
TELLING: Final = 1_000
"""Rows from which on those that have it in the title, where they are enough, are scored alone."""
COUNTED: Final = 1_000
"""Newest rows with a group that are counted; of what is older, samples: to count 30,000 takes 3 to
6 ms, in three indexes, for each word that was not asked for of late."""
