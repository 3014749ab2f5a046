"""Text as it is said, and the voices that say it: see `nlp.audio`."""
