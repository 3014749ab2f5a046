"""What goes on beside polls and threading: webhooks, mails, recordings, a language model's briefs.

In: who does the work (`courier`, `postroom`, `studio.Ahead`, `pipeline.improve`), an event for the
end. Out: round after round of it, each in a thread of its own; a round that fails is told and tried
again, and stops nothing. What one process alone may do waits while another one does it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Final

from breachwire import courier
from breachwire.config import Config
from breachwire.errors import MailError, StoreBusyError
from breachwire.net import Receivers
from breachwire.pipeline.improve import Improver, endpoint
from breachwire.postroom import Postroom
from breachwire.service.loops import RETRY, Loops, Say, line
from breachwire.store import Store
from breachwire.studio import Ahead

HOOK_TICK: Final = 5.0
"""Seconds between two looks for what webhooks are to be told: the first retry comes after as many.
"""
MAIL_TICK: Final = 10.0
"""Seconds between two looks for letters that wait and issues that are due."""
MAIL_PAUSES = (30.0, 60.0, 300.0, 900.0)
"""Seconds that a mail server which can't be reached is left alone, longer each time."""
AUDIO_TICK: Final = 120.0
"""Seconds between two looks for what is to be recorded unasked."""
IMPROVE_TICK: Final = 5.0
"""Seconds between two looks for briefs that a language model has not tried."""

log = logging.getLogger(__name__)


def telling(
    store: Store,
    way: Receivers,
    config: Config,
    stop: threading.Event,
    *,
    now: Callable[[], datetime],
    say: Say,
    tick: float = HOOK_TICK,
) -> None:
    """Webhooks, until the end."""
    while not stop.is_set():
        pause = tick
        try:
            done = courier.deliver(store, way, config, now=now, stopped=stop.is_set)
            if done.dead:
                say(courier.told(done))
            if done.more:
                continue
        except Exception as error:
            log.debug("webhooks failed", exc_info=True)
            say(f"webhooks failed: {line(error)}; trying again in {RETRY:.0f} s")
            pause = RETRY
        stop.wait(pause)


def mailing(
    store: Store, room: Postroom, stop: threading.Event, say: Say, tick: float = MAIL_TICK
) -> None:
    """Issues made and sent, until the end; waits while another process does it."""
    failures = 0
    while not stop.is_set():
        pause = tick
        try:
            with store.role("mailer"):
                while not stop.is_set():
                    room.run(stop.is_set)
                    failures = 0
                    stop.wait(tick)
        except StoreBusyError:
            pause = RETRY
        except Exception as error:
            pause = MAIL_PAUSES[min(failures, len(MAIL_PAUSES) - 1)]
            failures += 1
            log.debug("mail failed", exc_info=not isinstance(error, MailError))
            say(f"mail failed: {line(error)}; trying again in {pause:.0f} s")
        stop.wait(pause)


def recording(ahead: Ahead, loops: Loops) -> None:
    """Audio before anybody asks for it."""
    while not loops.stop.is_set():
        loops.guarded(lambda: ahead.run(loops.stop.is_set))
        loops.stop.wait(AUDIO_TICK)


def improving(store: Store, config: Config, agent: str, loops: Loops) -> None:
    """Ask the language model for briefs; in no other loop's way. `agent`: who asks it."""
    with closing(endpoint(config, agent)) as server:
        improver = Improver(
            store, server, config, now=loops.now, wait=loops.stop.wait, say=loops.say
        )
        while not loops.stop.is_set():
            loops.guarded(lambda: _improve_while_ours(store, improver, loops.stop))


def _improve_while_ours(store: Store, improver: Improver, stop: threading.Event) -> None:
    try:
        with store.role("writer"):
            while not stop.is_set():
                improver.run(stop.is_set)
                stop.wait(IMPROVE_TICK)
    except StoreBusyError:
        stop.wait(RETRY)
