"""Jobs on PostgreSQL: procrastinate, of which nothing else knows.

In: chores, the store's database. Out: each run by one worker at a time, again when it failed, later
with each try, and again when its worker died: a worker shows every few seconds that it lives, and
one that did not for a while has its jobs taken away. Done jobs are deleted at once, failed ones
after some days. One that ended while the database was away, so that its end could not be written,
is ended later by the worker that did it (`_Ended`).

What is to be tried again is a job of its own: with procrastinate's own retries one that fails while
another of its kind waits could be neither waiting nor failed, and stayed "doing" for ever.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import procrastinate
from procrastinate import exceptions, jobs
from procrastinate.schema import SchemaManager

from breachwire.errors import BreachwireError, StoreError
from breachwire.store.postgres import PostgresStore
from breachwire.work.chore import CARE, PAUSES, Chore

BEAT: Final = 4.0
"""Seconds between two signs of life."""
DEAD: Final = 20.0
"""Seconds without one after which a worker's jobs are given to others."""
CARED: Final = 10
"""Seconds between two looks for those."""
KEPT: Final = 7 * 24
"""Hours that a failed try is kept."""
AWAY: Final = 3.0
"""Seconds before a worker that lost the database comes back."""
SETTLED: Final = 5.0
"""Seconds after which a job's end should have been written."""
_LOOK: Final = 0.2
_NO_WORKER: Final = "23503"
_FETCH: Final = 1.0
"""Seconds between two looks for jobs by who has nothing to do."""

log = logging.getLogger(__name__)


class _Ended:
    """Jobs of one worker that ended a moment ago; any thread may note one."""

    def __init__(self) -> None:
        self._jobs: dict[int, tuple[float, int | None]] = {}

    def note(self, job: jobs.Job) -> None:
        """It ended just now."""
        if job.id is not None:
            self._jobs[job.id] = time.monotonic(), job.worker_id

    async def settle(self, app: procrastinate.App) -> None:
        """What should have been written by now and was not: the job is gone. What failed in it was
        asked for anew, or is when its time comes."""
        before = time.monotonic() - SETTLED
        old = {id: by for id, (at, by) in tuple(self._jobs.items()) if at < before}
        if not old:
            return
        for job in await app.job_manager.list_jobs_async(status=jobs.Status.DOING.value):
            if job.id in old and job.worker_id == old[job.id]:
                await app.job_manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
        for id in old:
            self._jobs.pop(id, None)


class Queue:
    """The jobs of one store; any thread may ask for some."""

    def __init__(self, store: PostgresStore, say: Callable[[str], None]) -> None:
        """Its tables are made where they are not. Raises StoreError."""
        self._store, self._say = store, say
        steps = {
            path.name: path.read_text("utf-8")
            for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")
        }
        store.install(SchemaManager.get_schema(), steps)
        self._asking = procrastinate.App(
            connector=procrastinate.SyncPsycopgConnector(
                conninfo=store.conninfo, min_size=1, max_size=2, kwargs=_SESSION
            )
        )
        try:
            self._asking.open()
        except Exception as error:  # of the pool of connections, which is not ours to import
            raise StoreError(f"{store.url}: {_line(error)}") from error
        # Our own lines tell what failed; its errors come with a traceback each.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)

    def close(self) -> None:
        """Nobody asks for anything more."""
        self._asking.close()

    def ask(self, chore: Chore, *, after: float = 0.0, tries: int = 0, **given: Any) -> bool:
        """Put a job of it into the queue; False: one of its key waits already. Raises
        StoreError."""
        key = chore.key(given)
        job = self._asking.configure_task(
            chore.name,
            queue=chore.queue,
            priority=chore.priority,
            queueing_lock=key,
            lock=key if chore.alone else None,
            schedule_in={"seconds": after} if after else None,
        )
        try:
            job.defer(**given, **({"tries": tries} if tries else {}))
        except exceptions.AlreadyEnqueued:
            return False
        except exceptions.ConnectorException as error:
            raise StoreError(f"{self._store.url}: {_line(error)}") from error
        return True

    def keys(self, queue: str) -> set[str]:
        """Of the jobs that wait or are being done. Raises StoreError."""
        try:
            found = [
                job
                for state in (jobs.Status.TODO, jobs.Status.DOING)
                for job in self._asking.job_manager.list_jobs(queue=queue, status=state.value)
            ]
        except exceptions.ConnectorException as error:
            raise StoreError(f"{self._store.url}: {_line(error)}") from error
        return {job.queueing_lock for job in found if job.queueing_lock}

    def work(
        self,
        chores: Sequence[Chore],
        at_once: int,
        over: Callable[[], bool],
        *,
        hearing: bool = False,
    ) -> None:
        """Do the jobs of these chores, so many at a time, until `over`, which is asked often; what
        is under way then is waited for. A database that is away is waited for, too. `hearing`: be
        told of each new job, by a connection of its own, instead of looking."""
        while not over():
            try:
                asyncio.run(self._work(chores, at_once, over, hearing))
            except Exception as error:
                log.debug("worker", exc_info=True)
                self._say(f"{_gone(error)}; trying again in {AWAY:.0f} s")
            _wait(AWAY, over)

    async def _work(
        self, chores: Sequence[Chore], at_once: int, over: Callable[[], bool], hearing: bool
    ) -> None:
        loop, ended = asyncio.get_running_loop(), _Ended()
        loop.set_default_executor(ThreadPoolExecutor(at_once, "job"))
        # A job whose end could not be written is a task that nobody looks at.
        loop.set_exception_handler(lambda _, told: log.debug("job: %s", told.get("exception")))
        app = self._app(chores, ended)
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=sorted({chore.queue for chore in chores}),
                    concurrency=at_once,
                    delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
                    install_signal_handlers=False,
                    listen_notify=hearing,
                    fetch_job_polling_interval=_FETCH,
                    update_heartbeat_interval=BEAT,
                    stalled_worker_timeout=DEAD,
                )
            )
            while not over() and not worker.done():
                await asyncio.wait([worker], timeout=_LOOK)
                with suppress(exceptions.ConnectorException):
                    await ended.settle(app)
            worker.cancel()  # it ends the jobs that it has
            with suppress(asyncio.CancelledError):
                await worker

    def _app(self, chores: Sequence[Chore], ended: _Ended) -> procrastinate.App:
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=self._store.conninfo, min_size=1, max_size=2, timeout=10, kwargs=_SESSION
            )
        )
        for chore in chores:
            task = app.task(name=chore.name, queue=chore.queue, pass_context=True)(
                self._tried(chore, ended)
            )
            if chore.every:
                app.periodic(
                    cron=_cron(chore.every), queueing_lock=chore.name, priority=chore.priority,
                    lock=chore.name if chore.alone else None,
                )(task)  # fmt: skip
        if any(chore.queue == CARE for chore in chores):
            _care(app)
        return app

    def _tried(self, chore: Chore, ended: _Ended) -> Callable[..., None]:
        """What a job calls. Of a fault, the job fails and another is asked for."""

        def run(
            context: procrastinate.JobContext, timestamp: int = 0, tries: int = 0, **given: Any
        ) -> None:
            del timestamp  # of a chore that comes unasked: when its time was
            try:
                chore.run(**given)
            except Exception as error:
                pause = chore.pauses[min(tries, len(chore.pauses) - 1)]
                log.debug("%s", chore.key(given), exc_info=True)
                self._say(f"failed: {chore.key(given)}: {_line(error)}; again in {pause} s")
                self.ask(chore, after=pause, tries=tries + 1, **given)
                raise
            finally:
                ended.note(context.job)

        return run


def _care(app: procrastinate.App) -> None:
    """What is done for all queues."""

    async def rescue(timestamp: int = 0) -> None:  # noqa: ARG001
        await rescue_stalled(app)

    async def purge(timestamp: int = 0) -> None:  # noqa: ARG001
        await app.job_manager.delete_old_jobs(
            KEPT, include_failed=True, include_cancelled=True, include_aborted=True
        )

    for name, work, every in (("rescue", rescue, CARED), ("purge", purge, 3600)):
        task = app.task(name=name, queue=CARE)(work)
        app.periodic(cron=_cron(every), queueing_lock=name, priority=90)(task)


async def rescue_stalled(app: procrastinate.App) -> None:
    """Jobs whose worker shows no life wait again, longer with each time that this happens."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
        pause = (0, *PAUSES)[min(job.attempts, len(PAUSES))]
        try:
            await manager.retry_job(job, retry_at=datetime.now(UTC) + timedelta(seconds=pause))
        except exceptions.UniqueViolation:  # another of its key waits
            await manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
        except exceptions.ConnectorException:
            log.debug("not rescued", exc_info=True)  # it ended meanwhile
    await manager.prune_stalled_workers(DEAD)


_SESSION: Final[dict[str, Any]] = {
    "application_name": "breachwire queue",
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,
}


def _cron(seconds: int) -> str:
    """A sixth field is seconds."""
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{seconds // 60} * * * *" if seconds < 3600 else "0 * * * *"


def _wait(seconds: float, over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not over():
        time.sleep(_LOOK)


def _gone(error: BaseException) -> str:
    """Why a worker's part of the queue ended. Who was taken for dead is registered no more."""
    if getattr(error.__cause__ or error, "sqlstate", None) == _NO_WORKER:
        return f"this worker gave no sign of life for {DEAD:.0f} s, and its jobs went to others"
    return f"the queue is away ({_line(error)})"


def _line(error: BaseException) -> str:
    """Our own errors are lines for people; of others what lies behind them."""
    if isinstance(error, BreachwireError):
        return str(error)
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {' '.join(str(cause).split())}"
