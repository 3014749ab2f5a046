"""The way of the data, strung together: feeds → articles → threads → claims → briefs.

`intake` turns feeds and import files into stored articles; `derive` turns stored articles into
threads, claims, related coverage and briefs. Both read the store, call `ingest` and `nlp`, and
write the store; nothing else calls across these borders. Every stage commits once and says in the
store how far it is, so that a run that was killed goes on where it stopped.
"""

from breachwire.pipeline.derive import Derived, Deriver
from breachwire.pipeline.intake import Imported, import_items
from breachwire.pipeline.poll import Polled, Poller

__all__ = ["Derived", "Deriver", "Imported", "Polled", "Poller", "import_items"]
