"""Ids of feeds over the life of a wire: read anew, edited, merged by an editor, parted again.

Real model, real pipeline, real store: stories come in and are derived, feeds are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.model import Draft, Embedder
from breachwire.pipeline import edits
from breachwire.pipeline.derive import Deriver
from breachwire.store import Store
from ingest.parse import parse_feed
from nlp import claims

DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
SEEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORIES = [
    # address, day, title, text
    ("clinic-1", 0, "Harbour Clinic confirms ransomware attack",
     "Harbour Clinic said on Friday that a ransomware attack exposed the names and Social Security"
     " numbers of 38,000 patients. The clinic notified the police and took its systems offline."),
    ("clinic-2", 1, "Harbour Clinic ransomware attack affects 91,400",
     "Harbour Clinic told regulators that 91,400 patients were affected by the ransomware attack"
     " in November. Names and Social Security numbers were stolen, the clinic said in its filing."),
    ("college-1", 0, "Fernway College discloses theft of transcripts",
     "Fernway College disclosed on Friday that transcripts of 12,000 students were stolen from a"
     " file server in a data breach. The college reset all passwords."),
    ("college-2", 2, "Fernway College: 15,500 students affected by data breach",
     "Fernway College said that transcripts of 15,500 students were stolen in the data breach"
     " that it disclosed on Friday, more than the 12,000 it had named."),
]  # fmt: skip


def draft(slug: str, day: int, title: str, text: str) -> Draft:
    return Draft(
        url=f"https://{slug}.example/story", title=title, text=text, keys=(f"{slug}.example/s",),
        source=slug.title(), published=DAY + timedelta(days=day), text_from="page",
        page_state="ok", language="en",
    )  # fmt: skip


@dataclass
class Life:
    """A wire, what happens to it, and what its feeds say."""

    store: Store
    embedder: Embedder
    client: TestClient
    now: datetime = SEEN

    def come(self, *drafts: Draft) -> None:
        """Articles, new or edited, and all that follows from them."""
        self.now += timedelta(hours=1)
        self.store.take([(one, None) for one in drafts], self.now)
        Deriver(self.store, self.embedder, now=lambda: self.now).run()

    def home(self, slug: str) -> str:
        (article,) = (a for a in self.store.all_articles() if f"//{slug}." in a.url)
        return self.store.threads_of([article.id])[article.id]

    def feed(self, path: str) -> list[str]:
        """The ids of a feed, the same in each format, in order of their names."""
        ending = ".feed.json" if path.startswith("/wire") else ".json"
        path, _, query = path.partition("?")
        query = f"?{query}" if query else ""
        found = []
        for form in (".atom", ".rss", ending):
            answer = self.client.get(f"{path}{form}{query}")
            assert answer.status_code == 200, answer.text
            parsed = parse_feed(answer.content, content_type=answer.headers["content-type"])
            found.append(sorted(entry.key for entry in parsed.entries))
        assert found[0] == found[1] == found[2]
        assert found[0]
        return found[0]

    def feeds(self) -> dict[str, list[str]]:
        """Of the wire, a section, a thread, an entity, a search."""
        clinic = f"/wire/{self.home('clinic-1')}/any"
        paths = ["/feed", "/feed?section=Ransomware", clinic, "/victim/harbour-clinic",
                 "/search?q=harbour+clinic"]  # fmt: skip
        return {path: self.feed(path) for path in paths}


@pytest.fixture
def life(store: Store, embedder: Embedder) -> Life:
    services = Services(store=store, config=Config(base_url="https://wire.example"))
    lived = Life(store, embedder, TestClient(create_app(lambda: services)))
    for story in STORIES:  # one after the other, so that the later ones change something
        lived.come(draft(*story))
    clinic, college = lived.home("clinic-1"), lived.home("college-1")
    assert clinic != college
    assert (lived.home("clinic-2"), lived.home("college-2")) == (clinic, college)
    assert store.changes(clinic)
    assert store.changes(college)
    return lived


def test_ids_stay_when_all_is_read_anew(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    before = life.feeds()
    extract: Callable[[Any], list[Any]] = claims.extract
    fewer = lambda article: [c for c in extract(article) if c.field != "data_type"]  # noqa: E731
    monkeypatch.setattr(claims, "extract", fewer)
    places = life.store.placements([a.id for a in life.store.all_articles()])
    vectors = life.store.vectors_of(life.embedder.name, list(places))
    rows = [(places[id_], vectors[id_]) for id_ in vectors]
    life.store.place(life.embedder.name, rows, list(life.store.all_threads()))
    life.come()
    assert life.feeds() == before


def test_ids_stay_under_another_title(life: Life) -> None:
    before, clinic = life.feeds(), life.home("clinic-1")
    address = life.client.get(f"/wire/{clinic}").url.path
    slug, day, _, text = STORIES[0]
    other = "Patients of Harbour Clinic told of ransomware attack"
    life.come(replace(draft(slug, day, other, text), keys=(f"{slug}.example/s",)))
    slug, day, _, text = STORIES[1]
    life.come(draft(slug, day, "Ransomware attack on Harbour Clinic hit 91,400 patients", text))
    assert life.home("clinic-1") == clinic
    assert life.client.get(f"/wire/{clinic}").url.path != address
    assert life.feeds() == before


def test_ids_stay_over_a_merge_and_back(life: Life) -> None:
    before = life.feeds()
    clinic, college = life.home("clinic-1"), life.home("college-1")
    theirs = life.feed(f"/wire/{college}/any")
    edits.merge(life.store, clinic, college, who="ada", now=life.now)
    life.come()
    merged = life.feeds()
    whole = merged.pop(f"/wire/{clinic}/any")
    own = f"tag:wire.example,2026:{college}"
    # The thread's own feed has the notices of both, each as it was known.
    assert sorted({*before[f"/wire/{clinic}/any"], *theirs} - {own}) == whole
    for path, ids in merged.items():
        assert ids == [one for one in before[path] if one != own]
    assert life.feed(f"/wire/{college}/any") == whole  # whoever has its address
    edits.undo(life.store, life.store.edits()[0].id, who="ada", now=life.now)
    life.come()
    assert life.feeds() == before
