"""Versions of briefs come back; a sign-off holds for the very bytes it was given for."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachwire.errors import ConflictError, NotFoundError, UsageError
from breachwire.model import Brief, Evidence, SignOff, Statement
from breachwire.model.signoffs import canonical, sha256, standing, voided


@pytest.fixture
def thread(store, make):
    (article,) = make.take(store, make.draft())
    return make.place(store, article).id


def brief(make, thread, hash_="h1", text="Acme confirms breach", **changes):
    words = Evidence(7, "text", 0, 4, "Acme")
    statements = (
        Statement("headline", text, "quoted", (words,)),
        Statement("signal_summary", "Files were taken.", "stated", (words,)),
    )
    values = {
        "thread": thread, "version": 99, "input_hash": hash_, "author": "extractive",
        "model": None, "made_at": make.now, "statements": statements,
    }  # fmt: skip
    return Brief(**(values | changes))


def review(make, read, **changes):
    """As a person would fill it in, for the brief that they read."""
    values = {
        "thread": read.thread, "version": read.version, "sha256": sha256(read),
        "reviewer": "Ida Okafor", "role": "editor", "competence": "ten years of reporting",
        "facts": "victim, counts, dates", "sources": "both articles, the filing",
        "changed": "nothing", "responsible": "Harbor Media", "contact": "desk@harbor.example",
        "at": make.now,
    }  # fmt: skip
    return SignOff(**(values | changes))


@pytest.fixture
def read(store, make, thread):
    """The latest version, as a reviewer reads it."""
    store.save_briefs([brief(make, thread)])
    return store.briefs([thread])[thread]


# versions


def test_versions_come_back_newest_first(store, make, thread):
    texts = ["one", "two", "three"]
    for n, text in enumerate(texts):
        store.save_briefs([brief(make, thread, f"h{n}", text)])
    found = store.brief_versions(thread)
    assert [(b.version, b.statements[0].text) for b in found] == [
        (3, "three"), (2, "two"), (1, "one")
    ]  # fmt: skip
    assert store.brief(thread, 2) == found[1]
    assert store.brief_versions(thread, before=3, limit=1) == [found[1]]
    assert store.brief_versions("x") == []
    for id_, version in ((thread, 4), (thread, 0), ("x", 1)):
        with pytest.raises(NotFoundError):
            store.brief(id_, version)


def test_another_input_that_gives_the_same_words_is_no_new_version(store, make, thread):
    store.save_briefs([brief(make, thread, "h1")])
    store.save_briefs([brief(make, thread, "h2", made_at=make.now + timedelta(days=1))])
    (only,) = store.brief_versions(thread)
    assert (only.version, only.input_hash, only.made_at) == (1, "h2", make.now)
    assert store.stale_threads(5) == []
    store.save_briefs([brief(make, thread, "h3", author="model", model="m")])
    assert [b.version for b in store.brief_versions(thread)] == [2, 1]


# the bytes


def test_the_canonical_bytes_are_fixed():
    """Known bytes: a change of software must not void what people signed."""
    words = Evidence(7, "text", 0, 4, "Acme")
    said = (Statement("timeline", "Es begann.", "stated", (words,), at="2026-03"),)
    one = Brief("1k8p0", 2, "ignored", "model", "m-7b", None, said)  # type: ignore[arg-type]
    assert canonical(one) == (
        b'{"author":"model","format":1,"model":"m-7b","statements":[{"at":"2026-03","author":'
        b'"extractive","evidence":[{"article":7,"end":4,"quote":"Acme","start":0,"where":"text"}],'
        b'"kind":"stated","paragraph":0,"section":"timeline","text":"Es begann."}],'
        b'"thread":"1k8p0","version":2}'
    )
    assert sha256(one) == hashlib.sha256(canonical(one)).hexdigest()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_any_changed_character_changes_the_hash(make, text, other):
    one, two = (brief(make, "t", text=said) for said in (text, other))
    assert (sha256(one) == sha256(two)) == (text == other)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 100}, {"thread": "u"}, {"author": "model"}, {"model": "m"},
        {"section": "eli5"}, {"kind": "stated"}, {"paragraph": 1}, {"at": "2026"},
        {"text": "acme"}, {"author_": "model"}, {"evidence": ()},
    ],
)  # fmt: skip
def test_whatever_is_said_is_in_the_bytes(make, change):
    one = brief(make, "t")
    ((name, value),) = change.items()
    if name in ("version", "thread", "author", "model"):
        other = replace(one, **change)
    else:
        first = replace(one.statements[0], **{name.rstrip("_"): value})
        other = replace(one, statements=(first, *one.statements[1:]))
    assert sha256(one) != sha256(other)


# sign-offs


def test_a_sign_off_comes_back_and_stands_in_the_log(store, make, thread, read):
    given_ = review(make, read, facts="  victim,\n counts ")
    edit = store.sign(given_, who="ida")
    kept = store.signoff(edit.settles)
    assert kept == replace(given_, id=edit.settles, facts="victim, counts")
    assert store.signoffs([thread, "x"]) == {thread: (kept,)}
    assert (edit.what, edit.who, edit.moves) == ("sign", "ida", ())
    assert store.edits(thread=thread)[0] == edit
    assert standing(read, [kept]) == kept
    assert voided(read, [kept]) is None


def test_a_new_version_has_no_sign_off(store, make, thread, read):
    store.sign(review(make, read), who="ida")
    store.save_briefs([brief(make, thread, "h2", text="Acme denies")])
    latest, signed = store.briefs([thread])[thread], store.signoffs([thread])[thread]
    assert standing(latest, signed) is None
    assert voided(latest, signed).version == 1
    assert standing(store.brief(thread, 1), signed) == signed[0]  # of the old one it still is
    # the old words again are a version of their own
    store.save_briefs([brief(make, thread, "h3")])
    assert standing(store.briefs([thread])[thread], signed) is None


def test_a_changed_byte_voids_it(store, make, read):
    store.sign(review(make, read), who="ida")
    signed = store.signoffs([read.thread])[read.thread]
    first = replace(read.statements[0], text="Acme confirms Breach")
    changed = replace(read, statements=(first, *read.statements[1:]))
    assert standing(changed, signed) is None
    assert voided(changed, signed) == signed[0]


def test_a_revoked_one_holds_no_more_and_stays_on_record(store, make, thread, read):
    signed = store.sign(review(make, read), who="ida").settles
    later = make.now + timedelta(hours=1)
    edit = store.revoke_signoff(signed, who="bo", why="a date was wrong", at=later)
    (kept,) = store.signoffs([thread])[thread]
    assert (kept.revoked_at, kept.revoked_by, kept.revoked_why) == (later, "bo", "a date was wrong")
    assert (edit.what, edit.settles) == ("revoke", signed)
    assert standing(read, [kept]) is None
    assert voided(read, [kept]) is None
    with pytest.raises(ConflictError, match="revoked already"):
        store.revoke_signoff(signed, who="bo", why="", at=later)
    with pytest.raises(NotFoundError):
        store.revoke_signoff(signed + 1, who="bo", why="", at=later)
    again = store.sign(review(make, read), who="ida")
    assert again.settles > signed


@pytest.mark.parametrize(
    "name", ["reviewer", "role", "competence", "facts", "sources", "responsible", "contact"]
)
@pytest.mark.parametrize("empty", ["", " \n\t", "-", "\x00"])
def test_nothing_human_may_be_empty(store, make, read, name, empty):
    with pytest.raises(UsageError, match=rf"^{name}: empty"):
        store.sign(review(make, read, **{name: empty}), who="ida")
    assert store.signoffs([read.thread]) == {}
    assert store.edits(thread=read.thread) == []


@pytest.mark.parametrize(
    "contact", ["ask at the desk", "javascript:alert(1)", "@", "a@b", "a b@c.d"]
)
def test_a_contact_can_be_found(store, make, read, contact):
    with pytest.raises(UsageError, match=r"^contact: "):
        store.sign(review(make, read, contact=contact), who="ida")


def test_a_long_field_is_refused(store, make, read):
    with pytest.raises(UsageError, match=r"^changed: longer than"):
        store.sign(review(make, read, changed="a" * 1001), who="ida")


def test_what_was_read_must_be_what_is_there(store, make, thread, read):
    with pytest.raises(ConflictError, match="other bytes"):
        store.sign(review(make, read, sha256="0" * 64), who="ida")
    store.save_briefs([brief(make, thread, "h2", text="Acme denies")])
    with pytest.raises(ConflictError, match=r"latest version of .* is 2, not 1"):
        store.sign(review(make, read), who="ida")
    latest = store.briefs([thread])[thread]
    store.sign(review(make, latest), who="ida")
    with pytest.raises(ConflictError, match="signed already, by Ida Okafor"):
        store.sign(review(make, latest), who="bo")
    with pytest.raises(NotFoundError):
        store.sign(review(make, latest, thread="x"), who="ida")


def test_a_sign_off_can_not_be_undone_as_a_move_can(store, make, read):
    edit = store.sign(review(make, read), who="ida")
    with pytest.raises(ConflictError, match="revoke the sign-off instead"):
        store.regroup("undo", "ida", "", make.now, [], [], {}, stood={}, undoes=edit.id)


def test_a_sign_off_given_as_revoked_is_not(store, make, read):
    edit = store.sign(review(make, read, revoked_at=make.now, revoked_by="x"), who="ida")
    assert store.signoff(edit.settles).revoked_at is None
