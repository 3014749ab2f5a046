"""The queue and what workers share, in one process on a real database."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.metrics import exposition
from api.webhooks.keeping import new_secret
from breachwire import courier
from breachwire.cli import examining
from breachwire.config import Config
from breachwire.errors import FetchError, StoreError, UsageError
from breachwire.model import Change, FeedSpec, Stand
from breachwire.model.newsletter import Wish
from breachwire.model.webhooks import Webhook
from breachwire.net import Answer, Hosts
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Poller
from breachwire.store import open_store
from breachwire.studio import Studio
from breachwire.studio.ahead import REST
from tests.breachwire.test_studio import thread_of
from tests.breachwire.work.conftest import CUT, until
from tests.databases import execute

pytestmark = pytest.mark.postgres
pytest.importorskip("procrastinate", reason="the queue: `make test-postgres`")

from breachwire.work import queue as queues  # noqa: E402
from breachwire.work import worker  # noqa: E402
from breachwire.work.chore import CARE, Chore  # noqa: E402
from breachwire.work.chores import Chores  # noqa: E402
from breachwire.work.lead import lead  # noqa: E402
from breachwire.work.plan import Planner  # noqa: E402
from breachwire.work.queue import Queue  # noqa: E402


@pytest.fixture
def queue(store):
    with closing(Queue(store, lambda _: None)) as made:
        yield made


def counted(store, name):
    """Waiting, doing, failed."""
    found = {one.queue: (one.waiting, one.doing, one.failed) for one in store.jobs()}
    return found.get(name, (0, 0, 0))


def worked(queue, chores, enough, at_once=1):
    """Do jobs until there is enough."""
    end = time.monotonic() + 60
    queue.work(chores, at_once, lambda: enough() or time.monotonic() > end)
    assert enough()


def test_a_job_of_a_key_waits_once_and_is_done_once(store, queue):
    done = []
    chore = Chore("greet", "poll", lambda key: done.append(key), alone=True)
    assert [queue.ask(chore, key=key) for key in ("ada", "bo", "ada")] == [True, True, False]
    assert queue.keys("poll") == {"greet ada", "greet bo"}
    assert store.jobs()[0].oldest >= 0
    worked(queue, [chore], lambda: len(done) == 2)
    assert done == ["ada", "bo"]
    assert counted(store, "poll") == (0, 0, 0)  # done ones are deleted


def test_two_of_a_key_are_never_done_at_once(queue):
    now, most, done = [], [], []

    def run(key):
        now.append(key)
        most.append(len(now))
        if len(done) == 0:
            queue.ask(chore, key=key)  # another comes while this one is under way
            time.sleep(0.3)
        now.pop()
        done.append(key)

    chore = Chore("poll", "poll", run, alone=True)
    queue.ask(chore, key="host")
    worked(queue, [chore], lambda: len(done) == 2, at_once=4)
    assert most == [1, 1]


def test_what_fails_is_tried_again_and_counted(store, queue):
    tries = []

    def run():
        tries.append(time.monotonic())
        queue.ask(chore)  # one more waits while this one fails: neither gets stuck
        if len(tries) < 3:
            raise RuntimeError("no luck")

    chore = Chore("hard", "brief", run, pauses=(0,))
    queue.ask(chore)
    worked(queue, [chore], lambda: len(tries) >= 4)
    assert counted(store, "brief")[1:] == (0, 2)


@pytest.mark.parametrize("another_waits", [False, True])
def test_a_killed_workers_job_is_done_by_another(store, queue, url, another_waits):
    done = []
    chore = Chore("slow", "poll", lambda key: done.append(key), alone=True)
    queue.ask(chore, key="host")
    execute(
        url, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1h')"
    )
    execute(url, "UPDATE procrastinate_jobs SET status = 'doing', worker_id ="
                 " (SELECT max(id) FROM procrastinate_workers)")  # fmt: skip
    if another_waits:
        queue.ask(chore, key="host")
    care = Chore("nothing", CARE, lambda: None)
    worked(queue, [chore, care], lambda: done and counted(store, "poll") == (0, 0, 0))
    assert done == ["host"]


def test_a_job_whose_end_could_not_be_written_is_not_done_for_ever(store, queue, url, monkeypatch):
    monkeypatch.setattr(queues, "SETTLED", 0.5)
    at, name = "procrastinate_finish_job_v1", "FUNCTION {} RENAME TO {}"
    done = []

    def run(key):
        execute(url, "ALTER " + name.format(at, "away"))
        back = threading.Timer(0.3, execute, (url, "ALTER " + name.format("away", at)))
        back.start()
        done.append(key)

    chore = Chore("poll", "poll", run, alone=True)
    queue.ask(chore, key="host")
    worked(queue, [chore], lambda: done and counted(store, "poll") == (0, 0, 0))
    assert done == ["host"]


def test_the_tables_are_made_once_and_of_another_program_left_alone(store, url):
    steps = []
    for _ in range(2):
        Queue(store, steps.append).close()
    execute(url, "COMMENT ON TABLE procrastinate_jobs IS NULL")
    try:
        with pytest.raises(StoreError, match="another program's queue"):
            Queue(store, steps.append)
    finally:
        execute(url, "COMMENT ON TABLE procrastinate_jobs IS 'breachwire 99'")


def test_doctor_and_metrics_tell_what_waits(store, queue, url):
    queue.ask(Chore("mail", "mail", print))
    execute(url, "UPDATE procrastinate_jobs SET scheduled_at = now() - interval '20 minutes'")
    told = exposition(store).decode()
    assert 'breachwire_jobs{queue="mail",state="waiting"} 1.0' in told
    assert 'breachwire_oldest_job_seconds{queue="mail"} 12' in told
    (finding,) = examining._queue(store, Config())
    assert not finding.ok
    assert finding.found.endswith("the oldest has waited for 20 minutes")
    assert "work --queues mail" in finding.mend


def test_a_store_that_one_process_works_has_no_queue(databases):
    with databases.bare() as address, closing(open_store(address)) as alone:
        assert alone.jobs() == []


def test_a_newer_librarys_steps_are_taken(databases):
    with databases.bare() as address, closing(open_store(address)) as store:
        store.install("CREATE TABLE procrastinate_jobs (a int)", {"1": "", "2": ""})
        newer = {"1": "bad", "2": "bad", "3": "ALTER TABLE procrastinate_jobs ADD b int"}
        for _ in range(2):
            store.install("bad", newer)
        execute(address, "SELECT b FROM procrastinate_jobs")


def test_letters_go_out_from_whichever_worker_has_the_mail(store, opened, queue, post_office):
    config = replace(Config(), **post_office.settings())
    chores = Chores(
        store, config, HearingClient("test"), store.lines(), now=lambda: datetime.now(UTC),
        stop=threading.Event(), say=lambda _: None, progress=lambda *_: None,
    )  # fmt: skip
    (mail,), (tell,) = chores.of("mail"), chores.of("webhook")
    tell.run()  # there is no webhook
    assert chores.of("brief") == []  # no language model is configured
    store.ask("ada@post.example", Wish(), datetime.now(UTC))
    with opened().role("mailer"):
        mail.run()  # another process does it
        assert post_office.to("ada@post.example") == []
    worked(queue, [mail], lambda: post_office.to("ada@post.example"))
    until(lambda: store.posted() == {"sent": 1}, "the letter's state")
    chores.close()


def test_a_brief_is_spoken_by_whichever_worker_has_the_audio(store, queue, tmp_path):
    config = replace(Config(), audio_ahead="briefs", audio_folder=str(tmp_path))
    now = datetime.now(UTC)
    chores = Chores(
        store, config, HearingClient("test"), store.lines(), now=lambda: now + REST,
        stop=threading.Event(), say=lambda _: None, progress=lambda *_: None,
    )  # fmt: skip
    (record,) = chores.of("audio")
    thread = thread_of(store, 1, now, "One is hit")
    worked(
        queue, [record], lambda: counted(store, "audio") == (0, 0, 0) and any(tmp_path.iterdir())
    )
    kept = Studio(store, config, lambda: now).kept(thread, "mp3")
    assert kept.seconds > 3
    written = kept.path.stat().st_mtime_ns
    record.run()  # it comes twice
    assert kept.path.stat().st_mtime_ns == written
    chores.close()


def test_a_courier_that_lost_its_role_tells_nothing_more(store, opened, url):
    now = datetime.now(UTC)
    thread_of(store, 1, now, "One is hit")
    hook = store.add_webhook(Webhook("https://hooks.example/", (), now), new_secret(), most=1)
    told, kept = [], opened()
    (article,) = store.all_articles()
    for number in (500, 600, 700):
        stands = Stand({"number": number, "unit": "people"}, None, "reported", None, None, now, "")
        at = now + timedelta(seconds=number)
        change = Change(article.id, at, "affected", "People affected", None, stands, ())
        store.save_ledger([], [], {}, changes=[change])

    class Way:
        def post(self, url_, headers, _):
            told.append(headers["webhook-id"])
            if len(told) == 1:
                execute(url, CUT)
                with kept.role("courier"):  # another has it while this one waits for its answer
                    pass
            return Answer(204)

    def rounds():
        return courier.deliver(store, Way(), Config(), now=lambda: datetime.now(UTC))

    rounds()
    assert len(told) == 1
    rounds()
    assert len(told) == 4
    assert told[1] == told[0]
    assert store.deliveries_counted() == {hook.id: {"delivered": 3}}


# lines before hosts


def test_a_host_is_one_workers_at_a_time_and_spaced(store, queue):
    one, other = store.lines(), store.lines()
    assert one.take("herald.example") == 0
    assert 40 < other.take("herald.example") <= 45
    assert other.take("wire.example") == 0
    other.leave("herald.example", 0.0)  # not its own
    assert other.take("herald.example") > 0
    one.leave("herald.example", 0.3)
    assert 0 < other.take("herald.example") <= 0.3
    until(lambda: other.take("herald.example") == 0, "the host")


def test_a_pause_that_one_worker_was_asked_for_holds_for_all(store, queue):
    hosts = [Hosts(shared=store.lines()) for _ in range(2)]
    ended = threading.Event()
    with hosts[0].turn("http://herald.example/a", ended):
        hosts[0].rest("http://herald.example/a", 600)
    assert 590 < hosts[1].resting("http://herald.example/b") <= 600
    refused = pytest.raises(FetchError, match="left alone for another")
    with refused, hosts[1].turn("http://herald.example/b", ended):
        pytest.fail("asked")


def test_a_dead_workers_host_is_free_again(store, queue, url):
    one, other = store.lines(), store.lines()
    one.take("herald.example")
    execute(url, "UPDATE work_host SET held_until = now() - interval '1s'")
    assert other.take("herald.example") == 0
    assert one.silent(60)
    other.heard("herald.example")
    assert not one.silent(60)


# planning and leading


def test_what_is_due_is_planned_once_by_host(store, queue):
    urls = [f"http://{host}.example/{n}" for host in ("a", "b") for n in range(2)]
    store.add_feeds([FeedSpec(url) for url in urls])
    client, lines = HearingClient("test"), store.lines()
    client.hosts = Hosts(shared=lines)
    now = [datetime(2026, 11, 1, tzinfo=UTC)]
    poller = Poller(store, client, Config(), now=lambda: now[0])
    jobs = []
    poll = Chore("poll", "poll", lambda **given: jobs.append(given), alone=True)
    again = Chore("look again", "fetch", lambda: None)
    planner = Planner(poller, lines, queue, poll, again, lambda: now[0])
    assert [planner.run(), planner.run()] == [2, 0]
    worked(queue, [poll], lambda: len(jobs) == 2)
    assert sorted((job["key"], job["feeds"]) for job in jobs) == [
        ("a.example", urls[:2]), ("b.example", urls[2:]),
    ]  # fmt: skip
    lines.rest("a.example", 600)
    now[0] += timedelta(minutes=1)
    assert planner.run() == 1  # b alone, as nobody polled anything


def test_who_lost_a_role_ends_and_takes_it_again(store, url):
    stop, said, holds = threading.Event(), [], []

    def work(hold):
        holds.append(hold)
        while not hold.over():
            time.sleep(0.05)

    thread = threading.Thread(target=lead, args=(store, "threader", work, stop, said.append))
    thread.start()
    until(lambda: holds, "a leader")
    execute(url, CUT)
    until(lambda: len(holds) == 2, "a leader again")
    assert holds[0].over()
    assert not holds[1].over()
    stop.set()
    thread.join()
    assert said[0] == "this process is the threader"


def test_queues_are_named():
    assert worker.chosen(" mail,poll") == ("poll", "mail")
    assert worker.chosen("all") == worker.chosen("") == worker.QUEUES
    with pytest.raises(UsageError, match="no queue 'pol'; there are poll, fetch"):
        worker.chosen("pol")
