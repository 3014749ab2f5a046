"""Client of the Breachwire API: typed answers, paging, retries, conditional requests.

    from breachwire_client import Client

    with Client("https://wire.example") as wire:
        for row in wire.threads(since="7d", kind=["breach"]):
            print(row.headline, row.url)

`Client` is for ordinary code, `AsyncClient` for asyncio. `types` has the shapes of all answers.
"""

from breachwire_client import types
from breachwire_client._version import VERSION
from breachwire_client.aio import AsyncClient
from breachwire_client.client import Client
from breachwire_client.errors import (
    ClientError,
    ConflictError,
    GoneError,
    NoAnswerError,
    NotFoundError,
    NoTokenError,
    ProblemError,
    TooManyError,
    UnavailableError,
    UnexpectedAnswerError,
    WrongUseError,
)
from breachwire_client.news import NewsItem
from breachwire_client.retrying import Retrying
from breachwire_client.types import EntryAsked

__all__ = [
    "VERSION",
    "AsyncClient",
    "Client",
    "ClientError",
    "ConflictError",
    "EntryAsked",
    "GoneError",
    "NewsItem",
    "NoAnswerError",
    "NoTokenError",
    "NotFoundError",
    "ProblemError",
    "Retrying",
    "TooManyError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "WrongUseError",
    "types",
]
