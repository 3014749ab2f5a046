"""Recordings: briefs and days of the wire → audio files, on demand or before, made once and kept.

In: a store, a voice, a folder. Out: `Studio`, which is what `api.services.Listening` asks for.
"""

from breachwire.studio.ahead import Ahead, wanted
from breachwire.studio.studio import Studio, folder_of, forget

__all__ = ["Ahead", "Studio", "folder_of", "forget", "wanted"]
