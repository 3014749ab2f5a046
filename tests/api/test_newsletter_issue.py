"""What an issue tells: the rules, what changed since, nothing twice, each reader's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from api.newsletter import export, issue, material, render
from api.newsletter.choose import Candidate, Rules, choose, score, stated
from breachwire.model import Change, Stand
from breachwire.model.newsletter import Wish, masked
from breachwire.store import Store

NOW = datetime.now(UTC)
ONE = Candidate("t0", "Breaches", 5, True, True, 0, 2, 0, False, ("quarrybank",))
FRAME = render.Frame("https://wire.example", "https://wire.example/newsletter/x",
                     "https://wire.example/subscribe/leave/secret", masked("ida@post.example"),
                     NOW, "Breachwire, 1 Example Street")  # fmt: skip


def many(number: int, **changes: Any) -> list[Candidate]:
    return [replace(ONE, thread=f"t{n:02}", **changes) for n in range(number)]


# --- the rules -----------------------------------------------------------------------------------


def test_points_are_as_stated() -> None:
    rules = Rules()
    assert score(ONE, rules) == 2 + 3 + 1
    assert score(replace(ONE, people=1_000_000), rules) == 2 + 3 + 1 + 4
    assert score(replace(ONE, people=1_000_000, claimed=True), rules) == 2 + 3 + 1 + 2
    told = replace(ONE, new=False, changes=9, origins=64, people=10**12)
    assert score(told, rules) == 2 + 3 * 2 + 4 + 6  # each has its limit
    assert score(told, Rules(incident=0, new=0, change=0, origins=0, people=0)) == 0


def test_the_rules_are_stated_in_words_without_those_that_count_nothing() -> None:
    text = stated(Rules(items=7, section_items=3, people=0, new=1.5))
    assert text.startswith(
        "Threads are chosen by rules: at most 7, 3 a section, by points: 2 points"
    )
    assert "1.5 for being new" in text
    assert "people" not in text


def test_items_and_sections_are_bounded_and_ties_do_not_flicker() -> None:
    found = choose(many(20) + many(3, section="Policy"), Rules(items=7, section_items=4))
    assert [c.candidate.section for c in found].count("Breaches") == 4
    assert len(found) == 7
    assert choose(many(20)[::-1], Rules()) == choose(many(20), Rules())
    only = choose(many(20), Rules(items=6, section_items=4), sections=["Breaches"])
    assert len(only) == 6  # whoever wants one section wants more of it


def test_no_thread_twice_unless_its_ledger_changed() -> None:
    sent = {"t0": 5}
    assert choose([ONE], Rules(), told=sent) == []
    assert choose([replace(ONE, mark=6)], Rules(), told=sent) == []  # of old, or none to tell
    (again,) = choose([replace(ONE, mark=6, changes=1, new=False)], Rules(), told=sent)
    assert again.why == "1 change of its key details; 2 origins"


def test_the_watch_list_comes_first_whatever_section_and_points() -> None:
    dull = replace(ONE, thread="dull", section="Policy", incident=False, origins=1, new=False,
                   changes=1, names=("tidewater-sync",))  # fmt: skip
    found = choose([*many(20), dull], Rules(items=3), sections=["Breaches"],
                   watch={"tidewater-sync": "Tidewater Sync"})  # fmt: skip
    assert (found[0].candidate.thread, found[0].watched) == ("dull", "Tidewater Sync")
    assert len(found) == 3
    assert choose([dull], Rules(), watch={"tidewater-sync": "x"}, told={"dull": 5}) == []


# --- from a store --------------------------------------------------------------------------------


@pytest.fixture
def wire(fill: Callable[..., Any], store: Store) -> Any:
    return fill(store)


def make(store: Store, name: str = "a", *, days: int = 7, at: datetime = NOW) -> Any:
    later = at + timedelta(hours=1)
    return issue.make(store, name, "weekly", later - timedelta(days=days), later, Rules(),
                      zone="UTC", now=later)  # fmt: skip


def change(wire: Any, number: int, at: datetime) -> Change:
    """The bank's count goes up, as its last article says."""
    article = wire.articles["quarrybank-confirms"]
    quote = "1.9 million customers"
    start = article.text.index(quote)
    from breachwire.model import Evidence

    def stand(value: int) -> Stand:
        people = {"number": value, "unit": "customers"}
        return Stand(people, None, "confirmed", "Quarrybank", "statement", at, quote)

    words = Evidence(article.id, "text", start, start + len(quote), quote)
    return Change(article.id, at, "affected", "Customers affected", stand(number - 1),
                  stand(number), (words,))  # fmt: skip


def test_every_line_is_the_briefs_or_the_ledgers_with_the_article_it_rests_on(wire: Any) -> None:
    store = wire.store
    view = issue.view(make(store).document)
    assert view.items
    urls = {a.url for a in wire.articles.values()}
    for item in view.items:
        brief = store.briefs([item["thread"]]).get(item["thread"])
        said = {s.text for s in brief.statements} if brief else set()
        assert {s["text"] for s in item["summary"]} <= said
        assert item["headline"] == store.thread(item["thread"]).headline
        lines = [*item["summary"], *issue.shown(item)[1]]
        assert all(line["links"] for line in lines)
        assert {link["url"] for line in lines for link in line["links"]} <= urls
    bank = next(i for i in view.items if i["thread"] == wire.threads["bank"].id)
    assert (bank["people"], bank["claimed"]) == (1_900_000, False)  # not the attacker's 2.5 million


def test_the_next_issue_tells_only_what_changed_since(wire: Any) -> None:
    store, bank = wire.store, wire.threads["bank"].id
    first = make(store)
    store.add_issue(first, issue.view(first.document).marks, NOW)
    assert bank in issue.view(first.document).marks
    assert bank not in issue.view(make(store, "b").document).marks  # nothing new
    ids = [a.id for a in wire.articles.values()]
    claims = [c for own in store.ledger([t.id for t in wire.threads.values()]).values()
              for c in own]  # fmt: skip
    details = store.details([t.id for t in wire.threads.values()])
    store.save_ledger(ids, claims, details, changes=[change(wire, 2_000_000, NOW)])
    view = issue.view(make(store, "c").document)
    assert list(view.marks) == [bank]
    (item,) = view.items
    label, (line,) = issue.shown(item)
    assert label == "What changed"
    assert "1,999,999 customers (confirmed) → 2,000,000 customers (confirmed)" in line["text"]
    assert view.groups[0][0] == "What changed since the last issue"
    store.save_ledger(ids, claims, details, changes=[change(wire, 3, NOW - timedelta(days=40))])
    told = {bank: view.marks[bank]}
    (late,) = material.items(store, [store.thread(bank)], NOW - timedelta(days=7), told)
    assert late["changed"] == 0  # said forty days ago, seen now: no news


def test_a_reader_gets_what_they_wish_and_nothing_they_had(wire: Any) -> None:
    document = make(wire.store, days=30).document
    threads = {nick: t.id for nick, t in wire.threads.items()}
    only = issue.view(document, Wish(sections=("Supply chain",)))
    assert list(only.marks) == [threads["supplier"]]
    watching = issue.view(document, Wish(sections=("Supply chain",), watch=("Quarrybank",)))
    assert watching.groups[0][0] == "On your watch list"
    assert list(watching.marks) == [threads["bank"], threads["supplier"]]
    read = {threads["bank"]: 0}
    assert threads["bank"] not in issue.view(document, Wish(), read).marks


def test_both_parts_say_the_same_in_the_same_order(wire: Any) -> None:
    view = issue.view(make(wire.store, days=30).document)
    letter = render.letter(view, FRAME)
    text = " ".join(letter.text.split())
    html = " ".join(
        re.sub(r"<(style|title).*?</\1>|<[^>]+>", " ", letter.html, flags=re.DOTALL).split()
    )
    wanted = [view.made.label]
    for item in view.items:
        lines = [*item["summary"], *issue.shown(item)[1]]
        wanted += [item["headline"], *(line["text"] for line in lines)]
    for where in (text, html.replace("&#39;", "'").replace("&quot;", '"')):
        places = [where.index(words) for words in wanted]
        assert places[0] < places[1]
        heads = [where.rindex(item["headline"]) for item in view.items]
        assert heads == sorted(heads)
    assert text.startswith(view.made.label)
    for url in re.findall(r'href="([^"]+)"', letter.html):
        assert url in letter.text or url == "https://wire.example/"


def test_the_mark_says_who_wrote_what_is_shown(wire: Any) -> None:
    document = make(wire.store, days=30).document
    first, *rest = document["items"]
    mixed = {**first, "authors": {**first["authors"], "signal_summary": ["model"]}, "model": "m-7"}
    view = issue.view({**document, "items": [mixed, *rest]})
    assert view.made.label == "Parts of this text were generated using artificial intelligence:" \
        " Signal Summary."  # fmt: skip
    assert view.made.source_type == "compositeWithTrainedAlgorithmicMedia"
    letter = render.letter(view, FRAME)
    for part in (letter.html, letter.text.replace("\n", " ")):
        assert view.made.label in part
        assert "This summary was generated using artificial intelligence (m-7)." in part


def test_the_mail_loads_nothing_and_holds_no_one_click_address(wire: Any) -> None:
    letter = render.letter(issue.view(make(wire.store, days=30).document), FRAME)
    assert not re.search(
        r"<(img|link|script|iframe|object|video|audio)\b|url\(|@import", letter.html
    )
    assert "/subscribe/unsubscribe/" not in letter.html + letter.text
    assert "ida@post.example" not in letter.html + letter.text
    assert "prefers-color-scheme: dark" in letter.html
    assert '<p class="mark" style="' in letter.html  # inlined


def test_an_inbox_shows_the_other_headlines_and_the_mail_hides_that_line(wire: Any) -> None:
    view = issue.view(make(wire.store, days=30).document)
    letter = render.letter(view, FRAME)
    found = re.search(r"<body[^>]*>\s*<div ([^>]*)>([^<]+)</div>", letter.html)
    assert found is not None
    assert "display:none" in found[1].replace(" ", "")
    assert 'aria-hidden="true"' in found[1]
    assert found[2].startswith(view.items[1]["headline"])
    assert len(found[2]) <= render.PREVIEW
    assert found[2] not in " ".join(letter.text.split())
    one = issue.selection(view.items[:1], "One", "today")
    assert render.preview(one).startswith("1 thread")


def test_a_long_issue_stays_below_what_mail_services_cut(wire: Any) -> None:
    document = make(wire.store, days=30).document
    first = document["items"][0]
    long = {"text": "Words of a source. " * 300, "kind": "quoted", "links": []}
    items = [{**first, "thread": f"t{n}", "section": f"s{n}", "summary": [long]} for n in range(30)]
    rules = {**document["rules"], "items": 30}
    view = issue.view({**document, "items": items, "rules": rules, "developed": 30})
    letter = render.letter(view, FRAME)
    assert len(letter.html.encode()) < 100_000
    assert 5 < len(letter.threads) < 30
    assert f"{30 - len(letter.threads)} more threads developed" in " ".join(letter.text.split())


HOSTILE = '</style><script>alert(1)</script><img src=x onerror="a()"> [x](javascript:1) *b*'


def test_hostile_words_stay_words(wire: Any) -> None:
    document = make(wire.store, days=30).document
    first = document["items"][0]
    bad = {"outlet": HOSTILE, "title": HOSTILE, "url": 'https://x.example/"><script>'}
    line = {"text": HOSTILE, "kind": "stated", "links": [bad]}
    item = {
        **first, "headline": HOSTILE, "summary": [line], "facts": [line], "sources": [bad],
    }  # fmt: skip
    view = issue.view({**document, "items": [item]})
    letter = render.letter(view, FRAME)
    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.extend([tag, *(n for n, _ in attrs)])  # type: ignore[method-assign]
    parser.feed(letter.html)
    assert not {"script", "img", "onerror"} & set(seen)
    text = export.markdown(view, "https://wire.example")
    assert "<script>" not in text.replace("\\<script", "")
    assert "[x](javascript" not in text


def test_an_address_is_only_hinted_at() -> None:
    assert masked("ida.okafor@northgate.example.org") == "i•••@n•••.example.org"
