"""The extractor's version is another one when what it finds in the invented stories is."""

from __future__ import annotations

import hashlib

from breachwire.demo import corpus
from breachwire.testing import an_article
from nlp import claims

FOUND = "95403b6831ffb40e"
"""Of what version `VERSION` finds."""
VERSION = "1"


def test_the_version_changes_with_what_is_found() -> None:
    digest = hashlib.sha256()
    for n, one in enumerate(corpus.articles(), 1):
        article = an_article(n, one.title, one.text, source=one.outlet.name, at=one.published)
        digest.update(repr(claims.extract(article)).encode())
    known = (claims.EXTRACTOR_VERSION, digest.hexdigest()[:16])
    assert known == (VERSION, FOUND), (
        "other rules, other claims: raise claims.EXTRACTOR_VERSION, so that stores are read again,"
        " and put both values here"
    )
