"""What is PostgreSQL's own: opening, refusing, bounds of text search, vectors, lost connections."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from breachwire.errors import SlowSearchError, StoreBusyError, StoreError, StoreVersionError
from breachwire.store import Terms, open_store
from breachwire.store.matching import Bounds
from breachwire.store.protocol import Store as Protocol
from breachwire.store.tables import metadata
from nlp.vectors import FaissIndex
from tests.breachwire.store.test_store_processes import worker
from tests.databases import execute, rows

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="PostgreSQL's driver: `make test-postgres`")

from breachwire.store.postgres import PostgresStore, newest, often, ranking, vectors, word_tables  # noqa: E402
from breachwire.store.postgres.deadline import deadline  # noqa: E402
from breachwire.store.postgres.engine import address, shown  # noqa: E402
from breachwire.store.postgres.locks import Locks  # noqa: E402
from breachwire.store.postgres.queries import Met  # noqa: E402


def test_the_store_answers_to_the_protocol():
    methods = {name for name in vars(Protocol) if not name.startswith("_")}
    assert methods <= set(dir(PostgresStore))


# opening


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("postgresql://ada@127.0.0.1:1/wire", "refused"),
        ("postgresql://ada@127.0.0.1", "names no database"),
        ("postgresql://ada@127.0.0.1:port/wire", "no address of a store"),
    ],
)
def test_what_is_no_store_is_one_clear_line(bad, words):
    with pytest.raises(StoreError, match=words) as raised:
        open_store(bad)
    assert "\n" not in str(raised.value)


def test_a_password_is_never_shown():
    assert shown(address("postgresql://ada:s3cret@db/wire")) == "postgresql://ada:***@db/wire"


def test_another_programs_database_is_left_as_it_is(databases):
    with databases.bare() as other:
        execute(other, "CREATE TABLE article (headline text)")
        with pytest.raises(StoreError, match="another program's tables"):
            open_store(other)


def test_a_newer_versions_store_is_refused(opened, url):
    opened()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreVersionError, match="newer version"):
        opened()


def test_two_processes_may_make_the_same_store(databases):
    with databases.bare() as url:
        with worker(url, "write", 0, 1) as one, worker(url, "write", 1, 1) as other:
            assert (one.wait(), other.wait()) == (0, 0)
        store = open_store(url)
        assert store.counts().articles == 4
        store.close()


def test_alembic_finds_nothing_to_migrate(store):
    def ours(thing, name, kind, reflected, other):
        if kind == "index":  # of an expression, or of a model's vectors
            return name != "name_runs" and not name.startswith("embedding_near")
        return kind != "table" or name in metadata.tables

    with store._read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []


# what is longer than an index holds


def test_long_keys_are_told_apart(store, make):
    base = "https://herald.example/" + "ä" * 2_000
    drafts = [make.draft(n, url=f"{base}{n}", keys=(f"{base}{n}",)) for n in range(2)]
    first, second = make.take(store, *drafts)
    assert first.id != second.id
    assert store.article_by_key(f"{base}1").id == second.id
    assert store.take([(drafts[0], None)], make.now)[0].outcome == "known"


# text


@pytest.fixture
def tight(monkeypatch):
    """Few rows are many: a bucket at a time is looked into, and nothing is asked for at once."""
    monkeypatch.setattr(newest, "AT_ONCE", 1)
    monkeypatch.setattr(newest, "REST", 0)
    monkeypatch.setattr(ranking, "COUNTED", 3)
    monkeypatch.setattr(ranking, "SCORED", 4)
    return monkeypatch


@pytest.mark.usefixtures("tight")
def test_of_common_words_titles_come_first_and_then_the_newest(store, url, make):
    drafts = [
        make.draft(
            n,
            title="Common words" if n == 1 else f"Report {n}",
            text="Common words everywhere." + (" A lighthouse." if n == 0 else ""),
            published=make.now + timedelta(days=30 * (n - 40)),
        )
        for n in range(12)
    ]
    ids = [article.id for article in make.take(store, *drafts)]
    execute(url, "ANALYZE article_search")
    found = [id for id, _ in store.search_text("common words", limit=20)]
    assert found[0] == ids[1]
    assert set(found[1:]) == set(ids[-4:])
    # All words are asked for over all times; of any, the rare ones are.
    assert [id for id, _ in store.search_text("common lighthouse", limit=20)] == [ids[0]]
    every, some = store.search_both("lighthouse common unheard", limit=20)
    assert (every, [id for id, _ in some]) == ([], [ids[0]])
    assert store.search_every(Terms((("common",),)), limit=20) == ids[::-1]


@pytest.fixture
def yearly(store, url, make):
    """Articles of two words each, a month apart; the server has looked through them."""
    words = ("Harbour lights.", "Lights harbour.")  # only every other one has the phrase
    drafts = [
        make.draft(n, text=words[n % 2], published=make.now + timedelta(days=30 * (n - 40)))
        for n in range(40)
    ]
    ids = [article.id for article in make.take(store, *drafts)]
    execute(url, "ANALYZE article_search")
    return ids


def found(store, query, most, **bounds):
    """The newest that meet a tsquery, as the store looks for them."""
    sought = newest.Sought("article_search", "words", query)
    with store._read() as connection, deadline(connection, 5) as hurry:
        number, effort = sought.expected(connection), newest.Effort(most, most, newest.ALL)
        span = newest.Span(connection, "article_search", Bounds(**bounds))
        rows, _ = newest.newest(connection, sought, span, effort, hurry, number=number)
    return [id for id, _ in rows]


@pytest.mark.parametrize(("at_once", "rest"), [(1, 0), (3, 0), (3, 20), (3, 1_000)])
def test_the_newest_are_found_bucket_by_bucket(store, yearly, tight, at_once, rest):
    tight.setattr(newest, "AT_ONCE", at_once)
    tight.setattr(newest, "REST", rest)
    for most in (4, 12, 40, 1_000):
        assert found(store, "'harbour'", most) == yearly[: -most - 1 : -1]
    assert found(store, "'harbour' & 'zinc'", 4) == []
    middle = {"low": yearly[10], "high": yearly[20]}
    assert found(store, "'harbour'", 4, **middle) == yearly[19:15:-1]
    assert found(store, "'harbour'", 1_000, **middle) == yearly[19:9:-1]
    assert found(store, "'harbour'", 4, low=yearly[-1] + 1) == []


def test_old_news_are_not_visited_all_at_once(store, url, make, tight):
    drafts = [
        make.draft(
            n,
            text="A lighthouse." if n < 30 or n == 39 else "Elsewhere.",
            published=make.now + timedelta(days=30 * (n - 40)),
        )
        for n in range(40)
    ]
    ids = [article.id for article in make.take(store, *drafts)]
    execute(url, "ANALYZE article_search")
    visited = list[int]()
    best = newest.Sought.best

    def seen(*args):
        visited.append(best(*args)[2])
        return best(*args)

    tight.setattr(newest, "REST", 5)
    tight.setattr(newest.Sought, "best", seen)
    assert found(store, "'lighthous'", 3) == [ids[39], ids[29], ids[28]]
    assert max(visited) == 1


def test_a_row_that_claims_other_buckets_is_found_once(store, yearly, url, tight):
    forged = " ".join(f"'\ue003{id >> 40}'" for id in yearly[::7])
    execute(url, f"UPDATE article_search SET words = words || CAST($${forged}$$ AS tsvector)")
    tight.setattr(newest, "AT_ONCE", 3)
    assert found(store, "'harbour'", 1_000) == yearly[::-1]
    store.reindex()


def test_a_phrase_of_common_words_is_looked_for_in_the_newest(store, yearly, tight):
    def hits(query):
        return {id for id, _ in store.search_text(query, limit=100)}

    phrase, every_other = '"harbour lights"', yearly[-2::-2]
    tight.setattr(ranking, "SCORED", 100)
    assert hits(phrase) == set(every_other)
    tight.setattr(ranking, "CHECKED", 10)  # of forty
    tight.setattr(ranking, "SCORED", 3)
    assert hits(phrase) == set(every_other[:3])
    tight.setattr(ranking, "SCORED", 8)
    assert hits(phrase) == set(every_other[:5])
    assert hits('lights -"harbour lights"') == set(yearly[-1:-11:-2])
    # A watch misses none.
    assert store.search_every(Terms((("harbour lights",),)), limit=100) == every_other


def test_of_any_words_those_that_are_counted_are_all_scored(store, make, monkeypatch):
    titled = (make.draft(n, title="Quench of the day", text=f"{n}.") for n in range(1, 151))
    rare = make.take(store, make.draft(0, title="Report", text="Zinc barnacle."), *titled)[0].id
    monkeypatch.setattr(ranking, "SCORED", 200)
    monkeypatch.setattr(newest.Sought, "expected", lambda *_: 5_000.0)  # for want of statistics
    found = [id for id, _ in store.search_text("zinc barnacle quench", limit=20)]
    assert found[0] == rare


def test_a_store_of_before_learns_its_buckets(store, url, make, opened):
    make.place(store, *make.take(store, *(make.draft(n) for n in range(3))))
    words = "SELECT words FROM article_search UNION ALL SELECT words FROM thread_search"
    now = sorted(rows(url, words))
    for index, (_, _, columns) in word_tables.SEARCHED.items():
        for name in columns:  # a bucket is the one word with that letter
            execute(
                url,
                f"UPDATE {index} SET {name} = ts_delete({name}, ARRAY(SELECT lexeme"
                f" FROM unnest({name}) WHERE starts_with(lexeme, chr({0xE003}))))",
            )
    assert sorted(rows(url, words)) != now
    execute(url, "UPDATE alembic_version SET version_num = '0018'")
    again = opened()
    assert sorted(rows(url, words)) == now
    assert again.check() == []
    make.take(again, make.draft(9))  # by the triggers there are now
    assert again.check() == []


def test_a_common_word_is_not_counted(store, url, make):
    make.take(store, *(make.draft(n, text=f"Common words, {n}.") for n in range(40)))

    def counted():
        with store._read() as connection:
            own = [Met(word, word) for word in ("'common'", "'zinc'")]
            return list(often.counts(connection, "article_search", own, 4).values())

    assert counted() == [4, 0]
    execute(url, "ANALYZE article_search")
    execute(url, "DELETE FROM article_search WHERE id > (SELECT min(id) FROM article_search)")
    assert counted() == [4, 0]
    store.reindex()


def test_words_of_one_row_and_of_another_are_no_phrase(store, make):
    ids = [
        article.id
        for article in make.take(
            store,
            make.draft(0, title="Lighthouse keeper", text="Other words."),
            make.draft(1, title="A lighthouse", text="Keeper of words."),
            make.draft(2, title="Report", text="The lighthouse keeper."),
        )
    ]
    for query in ('"lighthouse keeper"', '"lighthouse keeper" words'):
        every, some = store.search_both(query, limit=9)
        hit = {ids[0], ids[2]} if query.endswith('"') else {ids[0]}
        assert {id for id, _ in every} == hit
    assert {id for id, _ in some} == {ids[0], ids[1], ids[2]}
    found = store.search_text('words -"lighthouse keeper"', limit=9)
    assert [id for id, _ in found] == [ids[1]]


def test_a_statement_that_takes_too_long_ends_and_the_moment_goes_on(store):
    def sleep():
        with store._read() as connection, deadline(connection, 0.05):
            connection.exec_driver_sql("SELECT pg_sleep(20)")

    with store.reading():
        with pytest.raises(SlowSearchError, match="rarer words"):
            sleep()
        assert store.counts().articles == 0


# vectors


def test_a_filter_leaves_as_many_as_there_are(store, make, monkeypatch):
    articles = make.take(store, *(make.draft(n) for n in range(300)))
    for some in (articles[:150], articles[150:]):
        make.place(store, *some)
    assert store.use_index(FaissIndex(16), make.model) == 300
    given = make.vector(7)
    bounds = {"since": articles[20].at, "until": articles[40].at}
    exact = store.search_vectors(given, limit=15, **bounds)
    monkeypatch.setattr(vectors, "EXACT", 3)
    monkeypatch.setattr(vectors, "SHARE", 0)
    assert len(exact) == 15
    assert store.search_vectors(given, limit=15, **bounds) == exact
    assert all(articles[20].id <= id < articles[40].id for id, _ in exact)
    with store._read() as connection:
        for other in ("seqscan", "sort"):  # so few rows are sorted as fast, by the server's figures
            connection.exec_driver_sql(f"SET LOCAL enable_{other} = off")
        plan = "\n".join(connection.exec_driver_sql(
            "EXPLAIN SELECT article FROM embedding WHERE model = 'test-model'"
            " ORDER BY CAST(vector AS halfvec(16)) <=> CAST(%s AS halfvec(16)) LIMIT 5",
            (str([1.0] * 16),),
        ).scalars())  # fmt: skip
    assert "embedding_near_" in plan


# damage


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE thread SET articles = 9", "1 threads that count other than their members"),
        ("UPDATE claim SET quote = 'Zeta'", "1 claims whose words are not their article's"),
        ("DELETE FROM embedding", "2 placed articles without an embedding"),
        ("DELETE FROM article_search", "search index does not agree with the articles"),
        ("UPDATE article_search SET words = ''", "search index does not agree with the articles"),
        ("DELETE FROM thread_search", "search index does not agree with the threads"),
    ],
)
def test_check_names_what_contradicts(opened, url, make, harm, words):
    store = opened()
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    thread = make.place(store, *articles[:2])
    claim = make.claim(articles[0], thread.id, "Acme")
    store.save_ledger([articles[0].id], [claim], {thread.id: [make.detail(claim)]})
    assert store.check() == []
    execute(url, harm)
    assert words in "; ".join(store.check())
    if "search" in harm:
        store.reindex()
        assert store.check() == []
        assert len(store.search_text("acme", limit=5)) == 3


# connections


CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Every session but this one ends, as when the server begins anew or a network breaks."""


def test_a_lost_connection_is_made_again(store, url, make):
    make.take(store, make.draft(0))
    execute(url, CUT)
    assert store.counts().articles == 1
    make.take(store, make.draft(1))


def test_the_turn_is_waited_for_and_given_up(store):
    impatient = Locks(store._writer, "this store", patience=0.05)
    busy = pytest.raises(StoreBusyError, match="changed by another")
    with store.turn(), store.turn(), busy, impatient.turn():
        pytest.fail("two at a time")
    with impatient.turn(), impatient.turn():
        pass


def test_who_lost_a_role_writes_nothing_and_knows_it(store, opened, url, make):
    other = opened()
    lost = pytest.raises(StoreBusyError, match="held the role threader")
    with store.role("threader"):
        assert store.holds("threader")
        make.take(store, make.draft(0))
        execute(url, CUT)
        with other.role("threader"):
            assert not store.holds("threader")
            with lost:
                make.take(store, make.draft(1))
            make.take(other, make.draft(2))
    assert store.counts().articles == 2
    make.take(store, make.draft(1))  # as anybody


def test_another_thread_of_the_holder_writes_as_the_holder(store, url, make):
    with pytest.raises(StoreBusyError, match="no threader"), store.acting("threader"):
        pytest.fail("nobody has it")
    refused = []

    def work(n):
        try:
            with store.acting("threader"):
                ready.wait()
                make.take(store, make.draft(n))
        except StoreBusyError as error:
            refused.append(str(error))

    with store.role("threader"):
        ready = threading.Barrier(2)
        thread = threading.Thread(target=work, args=(0,))
        thread.start()
        execute(url, CUT)
        ready.wait()
        thread.join()
    assert len(refused) == 1
    assert "was lost" in refused[0]


def test_who_lost_the_turn_writes_nothing(store, url, make):
    with store.turn():
        execute(url, CUT)
        with pytest.raises(StoreBusyError, match="held the turn"):
            make.take(store, make.draft(0))


def test_times_are_utc_whatever_the_server_says(store, make):
    (article,) = make.take(store, make.draft(0))
    assert store.article(article.id).published.utcoffset() == timedelta(0)
