"""Threads as STIX 2.1 for threat-intelligence platforms; docs/exports.md has the mapping."""

from api.stix.bundle import MEDIA_TYPE, bundle, bundles, of_threads

__all__ = ["MEDIA_TYPE", "bundle", "bundles", "of_threads"]
