"""The invented corpus is as large, varied and consistent as its README and the issue promise."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from difflib import SequenceMatcher

import pytest

from breachwire.demo import corpus
from breachwire.demo.corpus import DemoArticle
from breachwire.model import KINDS, SECTION_OF_KIND

ARTICLES = corpus.articles()
BY_URL = {article.url: article for article in ARTICLES}


def threads() -> dict[str, list[DemoArticle]]:
    found: dict[str, list[DemoArticle]] = defaultdict(list)
    for article in ARTICLES:
        if article.thread:
            found[article.thread].append(article)
    return found


def test_counts() -> None:
    incidents = [label for label, members in threads().items() if members[0].kind == "breach"]
    assert len(ARTICLES) >= 75
    assert len(corpus.outlets()) == 9
    assert len(incidents) >= 16
    assert sum(article.roundup for article in ARTICLES) >= 4
    assert {SECTION_OF_KIND[article.kind] for article in ARTICLES} == set(SECTION_OF_KIND.values())


def test_every_outlet_has_several_authors() -> None:
    for outlet in corpus.outlets():
        own = [a for a in ARTICLES if a.outlet == outlet and not a.copy_of]
        assert len({name for a in own for name in a.authors}) >= 2, outlet.key


def test_one_family_holds_two_outlets() -> None:
    assert len({outlet.family for outlet in corpus.outlets()}) == 8


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.slug)
def test_length(article: DemoArticle) -> None:
    low = 40 if article.note else 150
    assert low <= article.words <= 700


def test_lengths_vary() -> None:
    lengths = sorted(article.words for article in ARTICLES)
    assert 250 <= lengths[len(lengths) // 2] <= 350
    assert lengths[-1] >= 500


def test_dates_are_within_three_months() -> None:
    first, last = datetime(2026, 8, 31, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    for article in ARTICLES:
        assert first <= article.published < last, article.url
        assert article.updated is None or article.published < article.updated < last
    assert (ARTICLES[-1].published - ARTICLES[0].published).days > 75


def test_only_reserved_names() -> None:
    for article in ARTICLES:
        written = f"{article.url} {article.title} {article.summary} {article.text}"
        for host in re.findall(r"https?://([^/\s\"]+)", written):
            assert host.endswith(".example")


def test_cve_ids_are_from_the_unassigned_range() -> None:
    ids = {cve for a in ARTICLES for cve in re.findall(r"CVE-\d+-\d+", f"{a.title} {a.text}")}
    assert len(ids) >= 4
    assert all(re.fullmatch(r"CVE-2026-9\d{4}", cve) for cve in ids)


def test_addresses_are_unique_and_paragraphs_whole() -> None:
    assert len(BY_URL) == len(ARTICLES)
    for article in ARTICLES:
        assert article.summary
        assert article.authors
        assert all(paragraph == paragraph.strip() for paragraph in article.paragraphs)


def test_labels_agree_within_a_thread() -> None:
    for label, members in threads().items():
        assert len({member.kind for member in members}) == 1, label
        assert len({member.storylines for member in members}) == 1, label
        assert len(members) >= 2, label
        assert [m.role for m in members].count("first_report") == 1, label
        assert members[0].role == "first_report", label


def test_roundups_stand_in_no_thread_and_name_real_ones() -> None:
    labels = set(threads())
    for article in ARTICLES:
        assert article.kind in KINDS
        if article.roundup:
            assert article.thread is None
            assert len(article.mentions) >= 4
            assert set(article.mentions) <= labels
        else:
            assert not article.mentions


def test_copies_repeat_their_original() -> None:
    copies = [article for article in ARTICLES if article.copy_of]
    assert len(copies) >= 6
    for copy in copies:
        original = BY_URL[copy.copy_of or ""]
        same = SequenceMatcher(None, original.paragraphs, copy.paragraphs, autojunk=False)
        assert copy.role == "copy"
        assert copy.outlet != original.outlet
        assert copy.thread == original.thread
        assert copy.published >= original.published
        assert same.find_longest_match().size >= 1 or copy.title == original.title


def test_the_three_sorts_of_copies_are_there() -> None:
    copies = [article for article in ARTICLES if article.copy_of]
    same_title = [c for c in copies if c.title == BY_URL[c.copy_of or ""].title]
    credited = [c for c in copies if c.paragraphs[0] == "Harrowgate Wire reports:"]
    excerpts = [c for c in copies if c.note and c.paragraphs[0].endswith(" report:")]
    assert same_title
    assert excerpts
    assert credited
    assert all(c.title != BY_URL[c.copy_of or ""].title for c in credited)


def test_no_outlet_repeats_anothers_sentence_unless_it_copies() -> None:
    """Save for the boilerplate of the two look-alike notices, which is there on purpose."""
    where: dict[str, set[str]] = defaultdict(set)
    for article in ARTICLES:
        if article.copy_of:
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", article.text):
            if len(sentence.split()) >= 6:
                where[sentence].add(article.url)
    repeated = {s: urls for s, urls in where.items() if len(urls) > 1}
    assert all("/office-adds-" in url for urls in repeated.values() for url in urls), repeated


def test_the_flagship_thread_is_rich() -> None:
    members = threads()["Orrelight breach"]
    assert len(members) >= 7
    assert len({member.outlet.family for member in members}) >= 5
    assert (members[-1].published - members[0].published).days >= 28
    victims = {label for label, own in threads().items() if own[0].storylines}
    assert len(victims) >= 4


def test_look_alikes_stay_apart() -> None:
    notices = [article for article in ARTICLES if article.slug.startswith("office-adds-")]
    a, b = notices
    assert SequenceMatcher(None, a.text, b.text, autojunk=False).ratio() > 0.7
    assert a.thread != b.thread


def test_corrections_own_up() -> None:
    corrected = [article for article in ARTICLES if article.correction]
    assert corrected
    for article in corrected:
        assert article.updated
        assert "An earlier version of this article said" in article.text


def test_items_have_the_shape_of_labelled_windows() -> None:
    items = corpus.items()
    assert len(items) == len(ARTICLES)
    assert {"url", "title", "summary", "content", "source", "published", "thread", "kind"} <= set(
        items[0]
    )
    assert len(corpus.digest()) == 64
