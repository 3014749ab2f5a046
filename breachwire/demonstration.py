"""The demonstration: the invented corpus, served by this process, read by the ordinary way.

In: configuration and the embedding model. Out: a `Site` over a store of its own, whose feeds and
pages come from a server on a loopback port. Nothing leaves the machine: the outlets' reserved names
(`*.example`) are dialled at that server alone.
"""

from __future__ import annotations

from dataclasses import replace

from platformdirs import user_data_path

from breachwire.config import Config
from breachwire.demo import corpus, serve, site
from breachwire.errors import StoreBusyError
from breachwire.pipeline.derive import Progress
from breachwire.pipeline.outage import HearingClient
from breachwire.service.loops import Say
from breachwire.service.model import Model
from breachwire.service.site import Site
from breachwire.store import open_store
from ingest import opml


class Demonstration:
    """A running demonstration; `stop()` ends its loops, its server and its store."""

    def __init__(self, config: Config, model: Model, *, say: Say, progress: Progress) -> None:
        self._say = say
        self._server = serve.start()
        local = dict.fromkeys(site.HOSTS, ("127.0.0.1", self._server.port))
        self._client = HearingClient("Breachwire demonstration", local=local)
        self._store = open_store(database(config))
        feeds = opml.read(self._client.get(site.FEEDS_URL).body)
        self._store.add_feeds(feeds)
        # The stored times of the last polls are another run's: ask every feed at once.
        for feed in self._store.feeds():
            self._store.save_feed(replace(feed, next_fetch_at=None))
        self.site = Site(
            self._store, self._client, config, model, say=say, progress=progress, demo_site=page
        )

    def start(self) -> None:
        """Begin to poll and thread; where another process does that already, only show."""
        try:
            self.site.start()
        except StoreBusyError:
            self._say("another process fills the demonstration's store; showing what it holds")
            self.site.start(poll=False, derive=False)

    def rest(self) -> None:
        """End the loops; what is there can still be shown."""
        self.site.stop()
        self._server.close()

    def stop(self) -> None:
        """End everything."""
        self.rest()
        self._store.close()


def page(host: str, path: str) -> tuple[int, str, bytes]:
    """An invented outlet's page, for the reader's browser."""
    status, headers, body = site.respond(host, path, {})
    return status, headers.get("Content-Type", "text/html; charset=utf-8"), body


def database(config: Config) -> str:
    """The demonstration's own store: `--db` where it is given, else a file named by the corpus."""
    if config.db:
        return config.database()
    folder = user_data_path("breachwire")
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / f'demonstration-{corpus.digest()[:12]}.sqlite3'}"
