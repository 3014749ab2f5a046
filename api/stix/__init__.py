"""Threads as STIX 2.1 for threat-intelligence platforms; docs/exports.md has the mapping.

`bundle` makes them; it alone loads the library, so import it where it is needed.
"""
