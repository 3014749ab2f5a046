"""An article can be followed in the log from its feed to its thread's brief."""

from __future__ import annotations

import ipaddress
import logging

import pytest

from breachwire.config import Config
from breachwire.model import Embedder, FeedSpec
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Poller
from breachwire.store import Store
from breachwire.testing import FakeClock, ScriptedServer, answer

RSS = (
    "<rss version='2.0'><channel><title>The Ledger</title><item><title>Harbour Clinic breached"
    "</title><link>{base}/a</link><guid>a</guid><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>"
    "<description>Harbour Clinic said that an attack exposed the names of 24,937 patients."
    "</description></item></channel></rss>"
)


def test_ids_lead_from_the_feed_to_the_brief(
    store: Store, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    clock, allow = FakeClock(), (ipaddress.ip_network("127.0.0.0/8"),)
    with ScriptedServer() as server, caplog.at_level(logging.INFO, "breachwire"):
        server.scripts = {"/feed": answer(RSS.format(base=server.url("")).encode())}
        store.add_feeds([FeedSpec(server.url("/feed"), outlet="The Ledger")])
        client = HearingClient("Breachwire tests", allow=allow)
        Poller(store, client, Config(allow_private=allow), now=lambda: clock.now).run()
        client.close()
    with caplog.at_level(logging.INFO, "breachwire"):
        Deriver(store, embedder, now=lambda: clock.now).run()
    told = {r.getMessage(): r.ids for r in caplog.records if hasattr(r, "ids")}
    (feed,), (article,) = store.feeds(), store.all_articles()
    thread = store.threads_of([article.id])[article.id]
    assert (told["polled"]["feed"], told["polled"]["new"]) == (feed.id, 1)
    assert (told["new"]["feed"], told["new"]["article"]) == (feed.id, article.id)
    assert (told["placed"]["article"], told["placed"]["thread"]) == (article.id, thread)
    assert (told["claims read"]["article"], told["claims read"]["thread"]) == (article.id, thread)
    assert told["brief written"]["thread"] == thread
