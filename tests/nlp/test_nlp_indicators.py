"""What an article gives as indicators, and what only looks like one."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breachwire.model import Article, Indicator, defanged
from nlp import indicators

OUTLETS = frozenset({"courier.example", "dispatch.news"})


def article(text: str, title: str = "", url: str = "https://www.ledger.example/a/1") -> Article:
    return Article(
        id=7, url=url, title=title, text=text, lead="", authors=(), source="The Ledger", family="",
        section="", published=None, first_seen_at=datetime(2026, 11, 25, tzinfo=UTC),
        content_hash="", revision=1, state="threaded", language="en", text_from="page",
        page_state="ok", page_note="", credit="",
    )  # fmt: skip


def found(text: str, title: str = "", **more: str) -> list[tuple[str, str]]:
    return [(i.type, i.value) for i in indicators.find(article(text, title, **more), OUTLETS)]


MD5 = "9e107d9d372bb6826bd81d3542a419d6"
SHA1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
SHA256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It calls tallow-sync[.]com.", [("domain", "tallow-sync.com")]),
        ("Its C2 is Tallow-Sync(.)com, they say.", [("domain", "tallow-sync.com")]),
        ("It calls tallow-sync[dot]com:8080.", [("domain", "tallow-sync.com")]),
        (
            "Fetched from hxxps://cdn.tallow-sync[.]com/a/Drop.sh (now down).",
            [("url", "https://cdn.tallow-sync.com/a/Drop.sh"), ("domain", "cdn.tallow-sync.com")],
        ),
        ("hxxp[://]tallow-sync[.]com", [("url", "http://tallow-sync.com"),
                                        ("domain", "tallow-sync.com")]),
        ("Traffic to 198[.]51[.]100[.]23 was seen.", [("ipv4", "198.51.100.23")]),
        ("The C2 server at 45.59.120.8:443 answers.", [("ipv4", "45.59.120.8")]),
        ("IP range 45.59.120.0/22", [("ipv4", "45.59.120.0/22")]),
        ("Address: 2a0e[:]97c0[:]3ea[:]1[:][:]7", [("ipv6", "2a0e:97c0:3ea:1::7")]),
        ("The C2 domain tallow-sync.com is down.", [("domain", "tallow-sync.com")]),
        ("The page at darkl33k5sitexyz.onion lists it.", [("domain", "darkl33k5sitexyz.onion")]),
        (
            "Indicators of compromise\ntallow-sync.com\n45.59.120.8\n" + MD5,
            [("domain", "tallow-sync.com"), ("ipv4", "45.59.120.8"), ("md5", MD5)],
        ),
        (f"SHA256:{SHA256.upper()}, SHA-1 {SHA1}", [("sha256", SHA256), ("sha1", SHA1)]),
        ("Tracked as CVE‑2026‑91288 (and cve-2026-91289).",
         [("cve", "CVE-2026-91288"), ("cve", "CVE-2026-91289")]),
        ("They use T1059.001 and T1486.", [("attack", "T1059.001"), ("attack", "T1486")]),
        ("A repository at github[.]com/tallow/drop held it.",
         [("url", "github.com/tallow/drop")]),
        ("Hosted at tallow.workers[.]dev.", [("domain", "tallow.workers.dev")]),
    ],
)  # fmt: skip
def test_what_is_given_as_an_indicator(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Guests of Booking.com were warned; Crates.io and Node.js were not.",
        "The ASP.NET key in setup.py, README.md and deploy.sh was leaked by the payload main.rs.",
        "Write to tips@ledger.example or tips[at]ledger[.]example, follow us on x.com/ledger.",
        "The malicious domain was first named by courier.example and www.dispatch[.]news/a.",
        "As we wrote at hxxps://ledger[.]example/a/2, it spread.",
        "The phishing site impersonated quarrybank.com.",
        "Customers can read more at https://www.quarrybank.com/notice.",
        "The phishing kit, sold to actors, is described at https://blog.cipherfold.com/a.",
        "Update Trellisgate to 9.0.5.29 or later; the server ran version 10.0.19.4.",
        "The hosts run Chrome 131.0.6.85 and Fix Pack 9.0.5.29.",
        "The server answered at 192.168.1.4 and 10.0.0.8; C2 on 127[.]0[.]0[.]1.",
        "The campaign targets users of ukr[.]net, a webmail service.",
        "The token of the T9999 and the T1000 model.",
        f"Fixed in commit {SHA1}; certificate serial {MD5}.",
        "The key aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and 12345678901234567890123456789012.",
        "It exfiltrates to github[.]com and api.telegram[.]org.",
        "At 12:30:45 std::string a::b cafe::de was read.",
        "A malicious page (see [https://www.vendorsite.com/p](https://www.vendorsite.com/p)).",
        "Moldova's job portal, cariere.gov[.]md, was open.",
        'Attackers got into Quarrybank ("quarrybank[.]com"); the DataLeek[.]com team saw it.',
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Two malicious npm releases, axios@1.14.1 and axios@0.30.4, were pulled.",
         ["pkg:npm/axios@1.14.1", "pkg:npm/axios@0.30.4"]),
        ("The compromised PyPI package LiteLLM 1.82.7 and 1.82.8 steals keys.",
         ["pkg:pypi/litellm@1.82.7", "pkg:pypi/litellm@1.82.8"]),
        ("Attackers poisoned versions 1.82.7 and 1.82.8 of the litellm package on PyPI.",
         ["pkg:pypi/litellm@1.82.7", "pkg:pypi/litellm@1.82.8"]),
        ("The backdoored @tallow/core@2.0.1-rc.1 went to npm.",
         ["pkg:npm/%40tallow/core@2.0.1-rc.1"]),
        ("A worm on npm and PyPI infected tallow-sync@3.1.4.", ["tallow-sync@3.1.4"]),
        ("npm users should upgrade to the fixed axios@1.14.2, as attackers took 1.14.1.", []),
        ("Compromised: install its 8.14.0 from npm with Node.js 22.1.0.", []),
        ("The npm registry is fine. The malware hit Trellisgate 9.1.0 and axios@1.2.3.",
         ["pkg:npm/axios@1.2.3"]),
        ("Malicious mail went to ada@10.0.0 and axios@1.14.1.", []),
    ],
)  # fmt: skip
def test_versions_of_packages(text: str, wanted: list[str]) -> None:
    assert [value for type_, value in found(text) if type_ == "package"] == wanted


def test_each_once_on_its_own_words_with_its_sentence() -> None:
    text = "Rain. It calls tallow-sync[.]com, again tallow-sync.com[.]\nThe C2 is tallow-sync.com."
    (one,) = indicators.find(article(text, "No domain here"))
    assert one.evidence.quote == "tallow-sync[.]com"
    assert text[one.evidence.start : one.evidence.end] == one.evidence.quote
    assert one.sentence.quote.startswith("It calls tallow-sync[.]com")
    assert text[one.sentence.start : one.sentence.end] == one.sentence.quote
    assert one.defanged == "tallow-sync[.]com"


def test_the_host_of_a_url_is_cut_out_of_it() -> None:
    url, host = indicators.find(article("See (hxxps[:]//a.tallow[.]com:8443/x?y=1)."))
    assert (url.evidence.quote, url.value) == (
        "hxxps[:]//a.tallow[.]com:8443/x?y=1", "https://a.tallow.com:8443/x?y=1",
    )  # fmt: skip
    assert (host.evidence.quote, host.value) == ("a.tallow[.]com", "a.tallow.com")


def test_a_long_line_gives_the_words_around() -> None:
    text = "word " * 200 + "evil-tallow[.]com" + " tail" * 200
    (one,) = indicators.find(article(text))
    assert len(one.sentence.quote) < 300
    assert "evil-tallow[.]com" in one.sentence.quote
    assert one.sentence.quote == one.sentence.quote.strip()


def test_a_flood_is_cut() -> None:
    text = "\n".join(f"a{n}.tallow[.]com" for n in range(1000))
    assert len(found(text)) == indicators.MOST


@pytest.mark.parametrize(
    ("type_", "value", "wanted"),
    [
        ("url", "https://a.b.example/c.d?e=http://f.g", "hxxps://a[.]b[.]example/c.d?e=http://f.g"),
        ("url", "a.example/c.d", "a[.]example/c.d"),
        ("url", "wss://a.example", "wss://a[.]example"),
        ("ipv4", "198.51.100.7", "198[.]51[.]100[.]7"),
        ("ipv6", "2001:db8::1", "2001[:]db8[:][:]1"),
        ("package", "pkg:npm/axios@1.14.1", "pkg:npm/axios@1.14.1"),
    ],
)
def test_defanged(type_: str, value: str, wanted: str) -> None:
    assert defanged(type_, value) == wanted


JUNK = {
    "dots": "a." * 100_000,
    "hex": "a1" * 100_000,
    "schemes": "http://" * 30_000,
    "colons": "::1:" * 50_000,
    "brackets": "[.]" * 66_000,
    "defanged": "evil[.]com " * 18_000,
    "urls": "hxxp[:]//a.b/c " * 13_000,
    "versions": "malicious npm a@1.1.1 " * 9_000,
    "row": "malicious npm package a 1.1.1" + ", 1.1.1" * 28_000,
    "dashes": "malicious npm " + "a-" * 100_000,
    "numbers": "malicious npm " + "1.1.1." * 33_000,
    "spaces": "c2 " + " " * 200_000,
    "lines": "iocs\n" * 40_000,
    "ats": "malicious npm " + "@a/" * 66_000,
}


@pytest.mark.parametrize("name", JUNK)
def test_hostile_text_is_read_to_its_end(name: str) -> None:
    """Seconds at most (`bench` has the figures): what is quadratic in 200 kB never ends here."""
    check(indicators.find(article(JUNK[name], JUNK[name][:300])), JUNK[name], JUNK[name][:300])


def check(some: tuple[Indicator, ...], text: str, title: str) -> None:
    for one in some:
        for words in (one.evidence, one.sentence):
            said = title if words.where == "title" else text
            assert said[words.start : words.end] == words.quote
        assert one.evidence.quote in one.sentence.quote
    assert len({(one.type, one.value) for one in some}) == len(some)


PARTS = st.sampled_from(
    ["evil", ".", "[.]", "com", "hxxp://", "://", "198", "/", " ", "\n", ":", "@", "1.2.3", "npm",
     "malicious", "C2", "İ", "’", "(", ")", "CVE-2026-1234", "T1059", MD5, "\u2028", "-", "[", "]"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=40).map("".join), st.text(max_size=60))
def test_any_text_is_cut_at_its_own_characters(text: str, title: str) -> None:
    check(indicators.find(article(text, title)), text, title)


def test_order_of_random_text_does_not_matter() -> None:
    words = ["evil[.]com", "hxxp://a[.]org/x", MD5, "CVE-2026-12345", "rain", "said."]
    rng = random.Random(3)
    for _ in range(10):
        rng.shuffle(words)
        assert len(found(" ".join(words))) == 5
