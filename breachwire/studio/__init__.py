"""Recordings on demand: briefs and days of the wire → audio files, made once and kept.

In: a store, a voice, a folder. Out: `Studio`, which is what `api.services.Listening` asks for.
"""

from breachwire.studio.studio import Studio, folder_of, forget

__all__ = ["Studio", "folder_of", "forget"]
