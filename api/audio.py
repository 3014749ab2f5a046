"""A brief's audio in its thread's document: what is known of it → the `audio` of wire.schema.json.

In: `Playable`, the page's address. Out: a dict. A length that is an estimate says so; sections have
times once the audio is made.
"""

from __future__ import annotations

from typing import Any

from breachwire.model import MEDIA_TYPES, Playable


def document(playable: Playable | None, url: str) -> dict[str, Any] | None:
    """`audio` of a thread's document, `url` that of its page."""
    if playable is None:
        return None
    return {
        "url": f"{url}.mp3",
        "type": MEDIA_TYPES["mp3"],
        "seconds": round(playable.seconds, 3),
        "estimated": not playable.exact,
        "sections": [{"label": cue.label, "start": round(cue.start, 3)} for cue in playable.cues],
        "forms": [{"url": f"{url}.{form}", "type": kind} for form, kind in MEDIA_TYPES.items()],
        "digital_source_type": playable.source_type,
    }
