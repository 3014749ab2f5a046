"""A whole issue to many subscribers over a real mail server while its sender is killed (-9).

Each subscriber gets it once; where the kill falls between the server's answer and the record, twice
with the same Message-ID. `BREACHWIRE_SUBSCRIBERS=500 pytest -s tests/api/test_newsletter_kills.py`
is the figure of the note; it prints how many came twice.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breachwire.model.newsletter import Link, Wish
from breachwire.model.tokens import digest
from breachwire.store import Store, open_store

PEOPLE = int(os.environ.get("BREACHWIRE_SUBSCRIBERS", "60"))
KILLS = 5
SEED = int(os.environ.get("BREACHWIRE_SEED", "7"))
COMMAND = [sys.executable, "-c", "from breachwire.cli import main; main()"]


def subscribe(store: Store, address: str, wish: Wish = Wish()) -> int:  # noqa: B008 (frozen)
    """An address that confirmed."""
    now = datetime.now(UTC)
    store.ask(address, wish, now)
    person = store.subscriber(address)
    store.add_links(person.id, [Link("confirm", digest(address))], now)
    assert store.confirm(digest(address), "yes", now)
    return person.id


class Sender:
    """`breachwire newsletter send` in processes of its own, killed while it sends."""

    def __init__(self, environ: dict[str, str], office: Any, chance: random.Random) -> None:
        self._environ, self._office, self._chance = environ, office, chance
        self._process: subprocess.Popen[bytes] | None = None
        self.deaths = 0

    def start(self) -> None:
        self._process = subprocess.Popen([*COMMAND, "newsletter", "send"], env=self._environ)

    def kill_outside(self, after: int) -> None:
        """At a chance moment once `after` more mails are in."""
        until = len(self._office.mails) + after
        self.start()
        while len(self._office.mails) < until:
            assert self._process is not None
            assert self._process.poll() is None, "it ended too early"
            time.sleep(0.001)
        time.sleep(self._chance.uniform(0, 0.01))
        self._die()

    def kill_before_the_answer(self, after: int) -> None:
        """The server has the mail; the sender dies before it hears of it."""
        until = len(self._office.mails) + after

        def on_data(_: str) -> str | None:
            if len(self._office.mails) == until:
                self._die()
            return None

        self._office.on_data = on_data
        self.start()
        assert self._process
        self._process.wait(timeout=120)
        self._office.on_data = None

    def _die(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.deaths += 1


@pytest.mark.slow
def test_a_killed_sender_sends_each_letter_once_or_twice_as_the_same(
    fill: Callable[..., Any], post_office: Any, tmp_path: Path, address: str
) -> None:
    store = open_store(address)
    fill(store)
    people = [f"reader{number}@post{number % 7}.example" for number in range(PEOPLE)]
    for person in people:
        subscribe(store, person)
    settings = {f"BREACHWIRE_{name.upper()}": str(value)
                for name, value in post_office.settings().items()}  # fmt: skip
    environ = {**os.environ, **settings, "BREACHWIRE_DB": address, "XDG_CONFIG_HOME": str(tmp_path)}
    chance = random.Random(SEED)
    sender, step = Sender(environ, post_office, chance), max(2, PEOPLE // (KILLS + 2))
    for number in range(KILLS):
        after = chance.randint(2, step)
        (sender.kill_before_the_answer if number % 2 else sender.kill_outside)(after)
    assert sender.deaths == KILLS
    done = subprocess.run([*COMMAND, "newsletter", "send"], env=environ, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    again = subprocess.run([*COMMAND, "newsletter", "send"], env=environ, capture_output=True,
                           text=True, check=True)  # fmt: skip
    assert "nothing waits" in again.stdout

    got = Counter(to for to, _ in post_office.mails)
    twice = [address for address, number in got.items() if number > 1]
    told = f"seed {SEED}: {len(got)} got it, {len(twice)} twice; {KILLS} kills"
    print(f"\n{PEOPLE} subscribers; {told}")
    assert set(got) == set(people), told
    assert sum(got.values()) - len(got) <= KILLS, told
    for address in twice:
        assert len({mail["Message-ID"] for mail in post_office.to(address)}) == 1, told
    ids = {mail["Message-ID"] for address in people for mail in post_office.to(address)}
    assert len(ids) == PEOPLE, told
    (made,) = store.issues()
    assert store.posted(made.id) == {"sent": PEOPLE}
    assert post_office.logins
    store.close()
