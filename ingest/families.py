"""An article's address and outlet → its publisher family, from a small maintained table.

In: an address, the outlet's name. Out: the family's name, or "" where the table has none. For
articles whose feed states no family: imports, and feeds that an operator added by address alone.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


def family_of(url: str, outlet: str) -> str:
    """By the outlet's name, else by the site; the name goes first, because one site may carry
    another's stories."""
    names, sites = _table()
    return names.get(outlet.casefold()) or sites.get(site_of(url), "")


def sites() -> frozenset[str]:
    """Registered domains of all families."""
    return frozenset(_table()[1])


def site_of(url: str) -> str:
    """The registered domain; empty where an address has none."""
    from tld import get_fld

    return get_fld(url, fail_silently=True, search_private=True) or ""


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Family by outlet's name (case-folded) and by site."""
    text = files("ingest.catalog").joinpath("families.toml").read_text("utf-8")
    listed = tomllib.loads(text)["family"]
    names = {outlet.casefold(): one["name"] for one in listed for outlet in one["outlets"]}
    return names, {site: one["name"] for one in listed for site in one["sites"]}
