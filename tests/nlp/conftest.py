"""What the tests of the writers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nlp import fits, printable


@pytest.fixture
def any_is_printable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fake weights that say of every sentence that an editor would print it: for tests of the other
    rules by which one is chosen."""
    free = printable.Weights(
        (0.0,) * len(printable.SECTIONS),
        {},
        dict.fromkeys(printable.SECTIONS, 0.0),
        dict.fromkeys(printable.SECTIONS, 0.0),
    )
    monkeypatch.setattr(fits, "LEARNT", {})
    monkeypatch.setattr(printable, "shipped", lambda: free)
    printable.odds.cache_clear()
    yield
    printable.odds.cache_clear()
