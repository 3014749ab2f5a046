"""What `up` shows: the wire proper or, while it is empty and no feed answers, the demonstration.

In: the running site, whether only this machine can reach it. Out: the services of the moment.
Invented stories are never shown to other machines unasked.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import replace
from typing import Final

from api.services import Services
from breachwire.cli.common import say
from breachwire.cli.progress import Lines
from breachwire.config import Config
from breachwire.demonstration import Demonstration
from breachwire.errors import BreachwireError
from breachwire.service.model import Model
from breachwire.service.site import Site

PATIENCE: Final = 5.0
"""Seconds for a first feed to answer once one failed; a whole round of failures takes no more."""


def loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Wire:
    """Goes over from one to the other, once each way."""

    def __init__(self, site: Site, config: Config, model: Model, may_show_demo: bool) -> None:
        self._site = site
        self._config = config
        self._model = model
        self._may_show_demo = may_show_demo
        self._demo: Demonstration | None = None
        self._has_articles = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="wire", daemon=True)

    def start(self) -> None:
        """Begin to watch whether the feeds answer."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch and the demonstration."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)
        if self._demo:
            self._demo.stop()

    def services(self) -> Services:
        """The real store's as soon as it holds an article."""
        demo, real = self._demo, self._site.services()
        if demo is None or self._has_articles:
            return real
        return replace(demo.site.services(), notices=real.notices)

    def _watch(self) -> None:
        silent_since, shown = None, False
        while not self._stop.wait(0.5):
            try:
                if self._site.store.counts().articles:
                    self._go_over()
                    return
                outcome, now = self._site.outcome, time.monotonic()
                silent = outcome.failed and not outcome.answered
                silent_since = (silent_since or now) if silent else None
                waited = silent_since and (outcome.rounds or now - silent_since > PATIENCE)
                if waited and not shown:
                    shown = True
                    self._show_demo()
            except BreachwireError as error:
                say(f"failed: {error}")
                self._stop.wait(5)

    def _go_over(self) -> None:
        self._has_articles = True
        if self._demo:
            say("the first article is here: the wire replaces the demonstration")
            # Its store stays open to the end: a page may be in the making from it.
            self._demo.rest()

    def _show_demo(self) -> None:
        if not self._may_show_demo:
            say("no feed could be reached; the wire is empty. `breachwire demo` shows an example")
            return
        say("no feed could be reached yet; showing the demonstration (invented stories) meanwhile")
        own = replace(self._config, db="")
        demo = Demonstration(own, self._model, say=say, progress=Lines(say))
        demo.start()
        self._demo = demo
