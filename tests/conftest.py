"""Shared fixtures: the real embedding model, a real store, items of invented news."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from breachwire.model import Embedder
from breachwire.store import Store, open_store

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
"""No test asserts a time: beside other work an example may take longer than 200 ms."""
SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real default model, loaded once a run."""
    from nlp import embed

    return embed.load("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was just made: copying it saves each test 0.1 s of migrations."""
    path = tmp_path_factory.mktemp("store") / "new.sqlite3"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(new_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A real store in a folder of its own."""
    opened = open_store(f"sqlite:///{shutil.copy(new_file, tmp_path / 'wire.sqlite3')}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the checkout, where there is one."""
    if not (SHARED / "data" / "README.md").exists():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED


@pytest.fixture
def item() -> Callable[..., dict[str, Any]]:
    """An import item; keyword arguments replace its fields."""

    def make(**fields: Any) -> dict[str, Any]:
        return {
            "url": "https://ledger.example/2026/harbour-clinic",
            "title": "Harbour Clinic confirms ransomware attack",
            "summary": "Harbour Clinic said on Monday that a ransomware attack exposed the names "
            "and Social Security numbers of 24,937 patients. The Grey Lantern group claims it.",
            "source": "The Ledger",
            "published": "2026-10-05T09:00:00+00:00",
            **fields,
        }

    return make


def jsonl(path: Path, items: list[dict[str, Any]]) -> Path:
    """Write items, one a line."""
    path.write_text("".join(json.dumps(i) + "\n" for i in items), "utf-8")
    return path


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
