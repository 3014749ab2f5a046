"""`work`: the deriving half of the wire, alone on a file or with other workers on PostgreSQL.

In: a store with articles. Out: threads and briefs, issues sent and webhooks told; once over what
waits, or until stopped with `--watch`. On PostgreSQL it is the queues' jobs that are done, polls
among them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from breachwire.cli.common import (
    AllowPrivate,
    Db,
    Watch,
    agent_of,
    client_of,
    config_of,
    say,
    store_of,
    utcnow,
)
from breachwire.cli.progress import Lines
from breachwire.cli.stopping import INTERRUPTED, leave, stoppable
from breachwire.errors import BreachwireError, UsageError

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.store import Store

Queues = Annotated[
    str | None,
    typer.Option(
        "--queues",
        help="Of poll,fetch,thread,brief,mail,webhook: those to work on, on PostgreSQL. Else all.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(work)


def work(
    ctx: typer.Context,
    watch: Watch = False,
    queues: Queues = None,
    allow_private: AllowPrivate = None,
    db: Db = None,
) -> None:
    """Thread the stored articles, read their claims, write the briefs; on PostgreSQL, do that and
    poll and mail with any number of other workers, until stopped."""
    config = config_of(ctx, db, allow_private=allow_private)
    if config.database().startswith("sqlite:"):
        if queues is not None:
            raise UsageError(
                "--queues needs a store on PostgreSQL, which many may work for (README)"
            )
        _work_alone(config, watch=watch)
    else:
        _work_with_others(config, queues or "all")


def _work_with_others(config: Config, queues: str) -> None:
    try:
        from breachwire.work import worker
    except ModuleNotFoundError as error:
        raise BreachwireError(f"no {error.name} here: pip install 'breachwire[postgres]'") from None
    names = worker.chosen(queues)
    with stoppable() as stop, ExitStack() as stack:
        store = stack.enter_context(store_of(config))
        if not store.feeds():
            say("no feeds yet: `breachwire feeds add` or `feeds import` subscribes to some")
        client = client_of(config)
        stack.callback(client.close)
        working = worker.Worker(
            worker.on_postgres(store), config, client, names, now=utcnow, say=say,
            progress=Lines(say),
        )  # fmt: skip
        stop.call(working.stop)
        working.run()
    leave()


def _work_alone(config: Config, *, watch: bool) -> None:
    from breachwire.pipeline.derive import Deriver
    from breachwire.pipeline.retain import Keeper
    from nlp import embed

    ended = threading.Event()
    with stoppable() as stop, store_of(config) as store, store.role("threader"):
        stop.call(ended.set)
        embedder = embed.load(config.embedding_model)
        deriver = Deriver(store, embedder, now=utcnow, calibrations=config.calibrations())
        done = deriver.run(Lines(say), ended.is_set)
        typer.echo(f"{done.articles} articles threaded, {done.threads} briefs written")
        keeper = Keeper(store, config, utcnow, say)
        keeper.run(ended.is_set)
        mail = _mailing(config, store, ended, watch=watch)
        hooks = _telling(config, store, ended, watch=watch)
        with _improving(config, store, ended, watch=watch), mail, hooks:
            while watch and not ended.wait(1):
                deriver.run(Lines(say), ended.is_set)
                keeper.run(ended.is_set)
    if stop.asked:
        raise typer.Exit(0 if watch else INTERRUPTED)


@contextmanager
def _improving(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """A language model, where one is configured, at work on the briefs: beside what is inside, and
    where that goes on, as long; else until no brief waits."""
    if not config.model_endpoint:
        yield
        return
    from breachwire.pipeline.improve import Improver, endpoint

    with closing(endpoint(config, agent_of(config))) as server, store.role("writer"):
        improver = Improver(store, server, config, now=utcnow, wait=ended.wait, say=say)

        def work() -> None:
            done = improver.run(ended.is_set)
            say(f"{done.tried} briefs tried by {config.model_name}, {done.by_model} of them stand")
            while watch and not ended.wait(5):
                improver.run(ended.is_set)

        thread = threading.Thread(target=work, name="improve")
        thread.start()
        yield
        thread.join()


@contextmanager
def _telling(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """Webhooks: beside what is inside as long as that goes on; else what waits now."""
    from breachwire import courier
    from breachwire.cli.webhooks import way
    from breachwire.service.beside import telling

    with closing(way(config)) as out:
        if watch:
            thread = threading.Thread(
                target=telling,
                args=(store, out, config, ended),
                kwargs={"now": utcnow, "say": say},
                name="webhooks",
            )
            thread.start()
            yield
            thread.join()
            return
        yield
        if store.webhooks():
            say(courier.told(courier.deliver(store, out, config, now=utcnow, stopped=ended.is_set)))


@contextmanager
def _mailing(
    config: Config, store: Store, ended: threading.Event, *, watch: bool
) -> Iterator[None]:
    """The newsletter, where a mail server is configured: beside what is inside as long as that goes
    on; else what is due and waits now."""
    if not config.smtp_host:
        yield
        return
    from breachwire.errors import MailError, StoreBusyError
    from breachwire.postroom import Postroom
    from breachwire.service.beside import mailing

    room = Postroom(store, config, now=utcnow, wait=ended.wait, say=say)
    if watch:
        thread = threading.Thread(target=mailing, args=(store, room, ended, say), name="mail")
        thread.start()
        yield
        thread.join()
        return
    yield
    try:
        with store.role("mailer"):
            room.run(ended.is_set)
    except (MailError, StoreBusyError) as error:
        say(f"mail failed: {error}")
