"""A small wire of invented stories in a real store, and an application over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.model import (
    Article,
    Brief,
    Claim,
    Detail,
    Draft,
    Evidence,
    LedgerClaim,
    Placement,
    Related,
    Statement,
    Storyline,
    Thread,
    thread_id,
)
from breachwire.pipeline.compare import Comparer
from breachwire.store import Store, open_store
from nlp import calibration, entities
from tests.databases import Stores

NOW = datetime.now(UTC).replace(microsecond=0)
MODEL = "hand-made"


@dataclass
class Material:
    """What was put into the store."""

    store: Store
    articles: dict[str, Article] = field(default_factory=dict)
    """By the last part of the address."""
    threads: dict[str, Thread] = field(default_factory=dict)
    """By a nickname."""
    model: str = MODEL
    """What the vectors are stored under."""


def evidence(article: Article, quote: str, where: str = "text") -> Evidence:
    """The first place of `quote` in the article."""
    start = (article.title if where == "title" else article.text).index(quote)
    return Evidence(article.id, where, start, start + len(quote), quote)  # type: ignore[arg-type]


def sentence(article: Article, quote: str) -> Evidence:
    """The sentence of the text that holds `quote`."""
    found = next(s for s in re.findall(r".+?\.(?=\s|$)", article.text) if quote in s)
    return evidence(article, found.strip())


def claim(
    article: Article,
    name: str,
    quote: str,
    value: Any,
    status: str,
    asserter: str | None,
    **more: Any,
) -> LedgerClaim:
    """A claim of the article with the sentence it stands in."""
    made = Claim(
        field=name,  # type: ignore[arg-type]
        value=value,
        bound=more.get("bound"),
        status=status,  # type: ignore[arg-type]
        asserter=asserter,
        asserter_kind=more.get("kind"),
        basis=more.get("basis"),
        evidence=evidence(article, quote),
        sentence=sentence(article, quote),
    )
    return LedgerClaim(made, more["thread"], article.at, article.first_seen_at)


def detail(label: str, *claims: LedgerClaim, note: str | None = None) -> Detail:
    """The claims, newest first, as one fact that the first leads."""
    lead = claims[0].claim
    return Detail(
        lead.field, label, lead.value, lead.bound, lead.status, lead.asserter,
        claims[0].said_at, tuple(claims), claims[0], note,
        entities.party(lead.field, claims, str(lead.value), lead.status),
    )  # fmt: skip


STORIES = [
    # nickname, slug, outlet, family, author, hours ago, role, title, text
    ("bank", "quarrybank-offline", "Harbor Ledger", "", "Ida Okafor", 70, "first_report",
     "Quarrybank takes customer portal offline after intrusion",
     "Quarrybank, a lender in the north, took its customer portal offline on Friday. The bank said"
     " it is investigating an intrusion that began at its supplier Tidewater Sync. A group called"
     " Salt Heron claims to have taken 2.5 million customer records. Quarrybank did not say whether"
     " it received a ransom note."),
    ("bank", "quarrybank-wire-copy", "Evening Relay", "", "", 66, "copy",
     "Quarrybank takes customer portal offline after intrusion",
     "Quarrybank, a lender in the north, took its customer portal offline on Friday. The bank said"
     " it is investigating an intrusion that began at its supplier Tidewater Sync."),
    ("bank", "quarrybank-confirms", "Signal Post", "Signal Group", "Bo Marsh", 20, "follow_up",
     "Quarrybank confirms theft of 1.9 million customer records",
     "Quarrybank confirmed on Sunday that names and payment cards of 1.9 million customers were"
     " stolen. “We have told the regulator and every customer we know of,” the bank said. It denied"
     " that 2.5 million records were taken. Partners are expected to review their contracts."),
    ("supplier", "tidewater-poisoned", "Harbor Ledger", "", "Ida Okafor", 90, "first_report",
     "Tidewater Sync shipped a poisoned update for six hours",
     "Tidewater Sync said that an attacker replaced version 4.2.1 of its update agent on Tuesday."
     " The flaw is tracked as CVE-2026-90001. Researchers at Lanternfish Labs found the change."),
    ("flaw", "orrery-patch", "Patch Almanac", "", "Lena Voss", 30, "first_report",
     "Orrery Gateway flaw lets anyone in without a password",
     "Orrery published a patch for CVE-2026-90002 in its gateway. No exploitation is known."),
    ("hospital", "millbrook-diverts", "Signal Post", "Signal Group", "Bo Marsh", 400,
     "first_report",
     "Millbrook hospital diverts ambulances after ransomware",
     "Millbrook General Hospital diverted ambulances on Monday after ransomware locked its records."
     " Staff went back to paper. The hospital said that no patient was harmed."),
]  # fmt: skip
KINDS = {
    "bank": "breach",
    "supplier": "supply-chain",
    "flaw": "vulnerability",
    "hospital": "breach",
}
SECTIONS = {
    "bank": "Breaches", "supplier": "Supply chain", "flaw": "Vulnerabilities",
    "hospital": "Ransomware",
}  # fmt: skip


def _take(material: Material) -> None:
    for _, slug, outlet, family, author, ago, _, title, text in sorted(
        STORIES, key=lambda s: -s[5]
    ):
        host = outlet.lower().replace(" ", "") + ".example"
        draft = Draft(
            url=f"https://{host}/{slug}",
            title=title,
            text=text,
            keys=(f"{host}/{slug}",),
            lead=text.split(". ")[0] + ".",
            authors=(author,) if author else (),
            source=outlet,
            family=family or outlet,
            published=NOW - timedelta(hours=ago),
            text_from="page",
            page_state="ok",
            language="en",
        )
        taken = material.store.take([(draft, None)], NOW - timedelta(hours=ago))
        material.articles[slug] = taken[0].article


def _thread(material: Material, nick: str, own: list[Article], origins: int) -> None:
    first, last = own[0], own[-1]
    material.threads[nick] = Thread(
        thread_id(first.id), first.title, KINDS[nick], SECTIONS[nick],  # type: ignore[arg-type]
        first.at, last.at, last.at, len(own), origins,
    )  # fmt: skip


def _place(material: Material, vectors: dict[int, Any]) -> None:
    for nick in KINDS:
        own = [(material.articles[s[1]], s[6]) for s in STORIES if s[0] == nick]
        _thread(material, nick, [a for a, _ in own], 2 if nick == "bank" else 1)
        thread = material.threads[nick]
        first = own[0][0].id
        for article, role in own:
            placement = Placement(
                article.id, thread.id, role, 1.0 if article.id == first else 0.9,  # type: ignore[arg-type]
                "opens" if article.id == first else "joins", "made by hand", thread.kind,
                copy_of=first if role == "copy" else None,
            )  # fmt: skip
            material.store.place(MODEL, [(placement, vectors[article.id])], [thread])


def _ledger(material: Material) -> None:
    a, t = material.articles, {n: th.id for n, th in material.threads.items()}
    early, late = a["quarrybank-offline"], a["quarrybank-confirms"]
    kw: dict[str, Any] = {"thread": t["bank"]}
    victim = [
        claim(
            late,
            "victim",
            "Quarrybank",
            "Quarrybank",
            "confirmed",
            "Quarrybank",
            kind="victim",
            **kw,
        ),
        claim(early, "victim", "Quarrybank", "Quarrybank", "reported", None, **kw),
    ]
    people = {"unit": "customers"}
    affected = [
        claim(late, "affected", "1.9 million customers", {"number": 1_900_000, **people},
              "confirmed", "Quarrybank", kind="victim", bound="exact", **kw),
        claim(early, "affected", "2.5 million customer records", {"number": 2_500_000, **people},
              "claimed", "Salt Heron", kind="attacker", **kw),
    ]  # fmt: skip
    actor = claim(early, "actor", "Salt Heron", "Salt Heron", "claimed", "Salt Heron", **kw)
    data = [
        claim(late, "data_type", "names", "names", "confirmed", "Quarrybank", **kw),
        claim(late, "data_type", "payment cards", "payment_card", "confirmed", "Quarrybank", **kw),
    ]
    third = claim(early, "third_party", "Tidewater Sync", "Tidewater Sync", "reported", None, **kw)
    bank = [
        detail("Victim", *victim),
        detail("Affected", *affected, note="Salt Heron claimed 2,500,000; the bank denies it"),
        detail("Actor", actor),
        detail("Data", data[0]),
        detail("Data", data[1]),
        detail("Through", third),
    ]
    supplier, flaw, hospital = (
        a[s] for s in ("tidewater-poisoned", "orrery-patch", "millbrook-diverts")
    )
    kw = {"thread": t["supplier"]}
    poisoned = [
        detail("Victim", claim(supplier, "victim", "Tidewater Sync", "Tidewater Sync",
                               "confirmed", "Tidewater Sync", **kw)),
        detail("Flaw", claim(supplier, "cve", "CVE-2026-90001", "CVE-2026-90001", "reported",
                             None, **kw)),
    ]  # fmt: skip
    gateway = [detail("Flaw", claim(flaw, "cve", "CVE-2026-90002", "CVE-2026-90002", "confirmed",
                                    "Orrery", thread=t["flaw"]))]  # fmt: skip
    ward = [
        detail("Victim", claim(hospital, "victim", "Millbrook General Hospital",
                               "Millbrook General Hospital", "confirmed", "The hospital",
                               thread=t["hospital"])),
        detail("Attack", claim(hospital, "attack_type", "ransomware", "ransomware", "confirmed",
                               "The hospital", thread=t["hospital"])),
    ]  # fmt: skip
    details = {t["bank"]: bank, t["supplier"]: poisoned, t["flaw"]: gateway, t["hospital"]: ward}
    claims = [c for own in details.values() for d in own for c in d.claims]
    material.store.save_ledger([x.id for x in a.values()], claims, details)


def _brief(material: Material) -> None:
    a = material.articles
    early, late = a["quarrybank-offline"], a["quarrybank-confirms"]
    title = evidence(late, late.title, "title")
    stolen, offline = sentence(late, "were stolen"), sentence(early, "portal offline")
    partners, denied = sentence(late, "Partners"), sentence(late, "denied")

    def quoted(section: str, e: Evidence, **more: Any) -> Statement:
        return Statement(section, e.quote, "quoted", (e,), **more)  # type: ignore[arg-type]

    statements = (
        Statement("headline", late.title, "stated", (title, stolen)),
        quoted("signal_summary", stolen),
        Statement("eli5", "Someone copied the names and cards that customers gave Quarrybank.",
                  "stated", (stolen,)),
        Statement("eli5", "A breach is like a copied key: the lock looks the same, but another"
                  " can open it.", "glossary"),
        quoted("deep_analysis", offline),
        quoted("deep_analysis", stolen),
        quoted("deep_analysis", sentence(early, "supplier"), paragraph=1),
        quoted("deep_analysis", denied, paragraph=1),
        quoted("deep_analysis", partners, paragraph=2),
        Statement("impact_assessment", "Customers of Quarrybank may be the target of card fraud.",
                  "inferred", (stolen,)),
        Statement("optimistic_outlook", "The theft may stay at the confirmed number.", "inferred",
                  (stolen, denied)),
        Statement("pessimistic_outlook", "No source reports on worse to come yet.", "notice"),
        quoted("timeline", offline, at="2026-09-11"),
        quoted("timeline", stolen, at="2026-09"),
    )  # fmt: skip
    thread = material.threads["bank"].id
    brief = Brief(thread, 1, "a" * 64, "extractive", None, NOW, statements)
    material.store.save_briefs([brief])


def filled(store: Store, encode: Callable[[Sequence[str]], Any] | None = None) -> Material:
    """Put the stories in; `encode` gives vectors, else each article has an axis of its own."""
    material = Material(store)
    _take(material)
    own = list(material.articles.values())
    rows = encode([f"{a.title}\n{a.text}" for a in own]) if encode else np.eye(len(own), 384)
    vectors = {a.id: np.asarray(row, np.float32) for a, row in zip(own, rows, strict=True)}
    _place(material, vectors)
    _ledger(material)
    _brief(material)
    bank, supplier = material.threads["bank"].id, material.threads["supplier"].id
    reason = "Tidewater Sync was the way in at both"
    store.save_related({
        bank: [Related(supplier, "same_supplier", reason, 0.9)],
        supplier: [Related(bank, "same_supplier", reason, 0.9)],
    })  # fmt: skip
    store.save_storylines([Storyline("s1", "Tidewater Sync", (supplier, bank), "one supplier")])
    return material


@pytest.fixture(scope="session")
def fill() -> Callable[..., Material]:
    """`filled`, for tests that bring a store of their own."""
    return filled


@pytest.fixture
def empty(address: str) -> Iterator[Store]:
    """A store with nothing in it."""
    store = open_store(address)
    yield store
    store.close()


@pytest.fixture(scope="session")
def material(stores: Stores) -> Iterator[Material]:
    """A filled store that tests read and don't change."""
    store = open_store(stores.new())
    yield filled(store)
    store.close()


@pytest.fixture(scope="session")
def services(material: Material) -> Services:
    """Services over the filled store; no model."""
    return Services(
        store=material.store,
        config=Config(base_url="https://wire.example"),
        comparing=Comparer(material.store, lambda: MODEL, lambda: None, calibration.shipped),
    )


@pytest.fixture(scope="session")
def client(services: Services) -> Iterator[TestClient]:
    """A client of the application over the filled store."""
    with TestClient(create_app(lambda: services), follow_redirects=False) as found:
        yield found


@pytest.fixture(scope="session")
def demo_client(services: Services) -> Iterator[TestClient]:
    """The same, as the demonstration."""

    def site(host: str, path: str) -> tuple[int, str, bytes]:
        return 200, "text/html; charset=utf-8", f"<html><body lang=en><p>{host} {path}</p>".encode()

    demo = replace(
        services,
        demo=True,
        demo_site=site,
        source_href=lambda url: url.replace("https://", "/demo-source/"),
    )
    with TestClient(create_app(lambda: demo), follow_redirects=False) as found:
        yield found


@pytest.fixture(scope="session")
def evidence_of() -> Callable[..., Evidence]:
    """`evidence`, for tests that bring words of their own."""
    return evidence
