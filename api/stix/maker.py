"""What every object of a bundle has in common: producer, marking, times, our extension.

In: the service's address, a store for names across threads. Out: a `Maker`, whose `make` gives
`stix2` objects, checked against the standard as they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any, Final

import orjson
import stix2
from stix2.registry import class_for_type

from api.stix.ids import EVER, Ids, millisecond
from breachwire.model import Entity, PartyKind
from breachwire.store import Store, slug

EXTENSION: Final = "extension-definition--a47b8c35-5d52-4cf1-9d21-0f5c3f0a8e61"
INCIDENT_CORE: Final = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
MARKING: Final = stix2.TLP_WHITE
"""What TLP 2.0 calls CLEAR: all that a service shows is public already. STIX 2.1 itself knows the
older word alone."""
SCHEMA: Final[dict[str, Any]] = orjson.loads(
    resources.files("api.stix").joinpath("ledger.schema.json").read_bytes()
)
INVENTED: Final = "invented-demonstration"
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})
Object = Any
"""One of stix2's classes; the library has no types."""


class Maker:
    """For one export."""

    def __init__(
        self, store: Store, base_url: str = "", pages: str = "", demo: bool = False
    ) -> None:
        """`base_url`: as configured, for ids; `pages`: where the wire is read, for links; `demo`:
        the stories are invented, and each object says so."""
        self.ids = Ids(base_url)
        self.pages = pages
        self._labels = {"labels": [INVENTED]} if demo else {}
        self._store = store
        self._entities: dict[tuple[PartyKind, str], Entity | None] = {}
        host = self.ids.host
        self.producer = class_for_type("identity", "2.1")(
            id=self.ids.of("identity", "producer"),
            created=EVER,
            modified=EVER,
            name=f"Breachwire at {host}" if host else "Breachwire",
            identity_class="system",
            description="Security news as incident threads: who claims what, on which words.",
            object_marking_refs=[MARKING.id],
        )
        self.definition = class_for_type("extension-definition", "2.1")(
            id=EXTENSION,
            created_by_ref=self.producer.id,
            created=EVER,
            modified=EVER,
            name="Breachwire ledger",
            description="Status, asserter and exact words of each claim; the facts of a thread.",
            schema=orjson.dumps(SCHEMA).decode(),
            version="1.0.0",
            extension_types=["property-extension"],
            object_marking_refs=[MARKING.id],
        )

    @property
    def common(self) -> list[Object]:
        """What every bundle has."""
        return [MARKING, self.producer, self.definition]

    def make(
        self,
        type_: str,
        parts: tuple[Any, ...],
        *,
        created: datetime,
        modified: datetime,
        ledger: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Object:
        """An object with the id that `parts` give it; empty fields are left out."""
        extensions = dict(fields.pop("extensions", {}))
        if ledger:
            own = {name: value for name, value in ledger.items() if value not in _NOTHING}
            extensions[EXTENSION] = {"extension_type": "property-extension", **own}
        given = {
            "created_by_ref": self.producer.id,
            **self._labels,
            "extensions": extensions,
            **fields,
        }
        return class_for_type(type_, "2.1")(
            id=self.ids.of(type_, *parts),
            created=millisecond(created),
            modified=millisecond(max(created, modified)),
            object_marking_refs=[MARKING.id],
            **{name: value for name, value in given.items() if value not in _NOTHING},
        )

    def entity(self, kind: PartyKind, name: str) -> Entity | None:
        """Who it is across threads; None for nobody."""
        asked = (kind, slug(name))
        if asked not in self._entities:
            self._entities[asked] = self._store.entity(*asked) if asked[1] else None
        return self._entities[asked]

    def page(self, path: str) -> str | None:
        """An address on the wire, where it has one."""
        return self.pages + path if self.pages else None
