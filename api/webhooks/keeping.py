"""Webhooks made, checked, rotated; and what is said of one.

In: a store, the way out to receivers, what somebody asked for. Out: webhooks, secrets, dicts as
`shapes` describes them. A secret is given once, at birth; the store keeps it, since signing takes
it, and nothing else here ever reads it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import orjson
from standardwebhooks import Webhook as Signer

from api.params import thread_filter
from api.search.page import ASKED
from api.services import Answered
from breachwire.errors import FetchError, UsageError
from breachwire.model.webhooks import HAPPENINGS, DeliveryState, HappeningKind, Webhook
from breachwire.store import ThreadFilter

BYTES: Final = 32
"""Of a secret; the specification wants 24 to 64."""
MOST: Final = 100
"""Webhooks of one wire that the operator made, or that all watches have together."""
OLD: Final = timedelta(hours=24)
"""How long signatures of a rotated secret are sent as well, unless somebody says otherwise."""
TEXT: Final = "This address will be told when security incidents' ledgers change."


Post = Callable[[str, Mapping[str, str], bytes], Answered]
"""Address, headers, body → status. Raises FetchError."""


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signed(keys: Collection[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message: a signature for each secret that holds."""
    made = (Signer(key).sign(id, at.astimezone(UTC), body.decode()) for key in keys)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(made),
    }


def kinds(asked: Collection[str]) -> tuple[HappeningKind, ...]:
    """Checked; all of them are as good as none named. Raises UsageError."""
    if unknown := [one for one in asked if one not in HAPPENINGS]:
        raise UsageError(f"{unknown[0]!r} is no event; there are {', '.join(HAPPENINGS)}")
    found = tuple(one for one in HAPPENINGS if one in asked)
    return () if len(found) == len(HAPPENINGS) else found


def search(asked: Mapping[str, str]) -> dict[str, str]:
    """A search's parameters; none: all threads. Raises UsageError for what is no search."""
    if unknown := [name for name in asked if name not in ASKED]:
        raise UsageError(f"{unknown[0]!r} is no filter; there are {', '.join(ASKED)}")
    query = {name: value for name in ASKED if (value := asked.get(name, "").strip())}
    if asked and thread_filter(query) == ThreadFilter() and "q" not in query:
        raise UsageError("A search needs a word or a filter.")
    return query


def check(post: Post, url: str, keys: Collection[str], now: datetime) -> None:
    """Send a trial. Raises FetchError where nothing took it."""
    at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    told = {"type": "webhook.check", "timestamp": at, "data": {"text": TEXT}}
    body = orjson.dumps(told)
    status = post(url, signed(keys, f"check_{uuid4().hex}", now, body), body).status
    if not 200 <= status < 300:
        raise FetchError("status", host(url), f"the receiver answered {status}", status=status)


def host(url: str) -> str:
    """What is told of an address: not its path, which may hold a secret."""
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or "?"


ADVICE: Final = (
    "`breachwire webhooks check ID` sends a trial and starts it again; `webhooks dead` lists what"
    " was given up, `webhooks replay ID` sends it once more"
)
FAILING: Final = timedelta(hours=1)
"""How long a webhook may fail before it is more than a restart of its receiver."""


def ended(hook: Webhook, now: datetime) -> str:
    """What is wrong with it, in words; empty: nothing that lasts."""
    if hook.state == "gone":
        return f"ended: {host(hook.url)} answered that it is gone"
    if hook.state == "stopped":
        return f"was stopped: {host(hook.url)} took nothing for three days ({hook.error})"
    since = hook.taken_at or hook.made_at
    if hook.failures >= 3 and now - since > FAILING:
        return f"fails: {host(hook.url)}: {hook.error}"
    return ""


def said(hook: Webhook, counts: Mapping[DeliveryState, int]) -> dict[str, Any]:
    """How it stands."""
    return {
        "id": hook.id,
        "host": host(hook.url),
        "events": list(hook.kinds or HAPPENINGS),
        "state": hook.state,
        "made_at": hook.made_at.isoformat(),
        "taken_at": hook.taken_at.isoformat() if hook.taken_at else None,
        "error": hook.error,
        "waiting": counts.get("waiting", 0),
        "dead": counts.get("dead", 0),
    }
