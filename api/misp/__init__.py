"""Threads as MISP events and a feed that a MISP instance subscribes to; docs/exports.md has the
mapping.

`event` makes them; it alone loads the library, so import it where it is needed.
"""
