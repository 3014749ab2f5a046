"""The one safe way out: every request this service makes goes through `Client`.

In: an address that may be hostile. Out: a bounded `Response`, or a FetchError that says why not.
`addresses` decides where may be gone (pure values), `dial` connects there and nowhere else,
`hosts` says when it is whose turn, `client` asks, follows redirects and unpacks; `endpoint` asks
the operator's own server, `receiver` those of webhooks.
"""

from breachwire.net.client import Client, Getter, Response, retry_after
from breachwire.net.dial import Resolver, system_resolver
from breachwire.net.endpoint import Endpoint
from breachwire.net.hosts import UNSAID, Hosts
from breachwire.net.receiver import Answer, Receivers

__all__ = [
    "UNSAID",
    "Answer",
    "Client",
    "Endpoint",
    "Getter",
    "Hosts",
    "Receivers",
    "Resolver",
    "Response",
    "retry_after",
    "system_resolver",
]
