"""What an article gives to look for in one's own logs: an indicator on its exact words.

In: nothing. Out: a frozen dataclass and the closed list of types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from breachwire.model.facts import Evidence

IndicatorType = Literal[
    "cve", "domain", "ipv4", "ipv6", "url", "md5", "sha1", "sha256", "package", "attack"
]
INDICATOR_TYPES: Final[tuple[IndicatorType, ...]] = get_args(IndicatorType)
_HOST: Final = re.compile(r"(\w+://)?([^/?#]*)")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of one article, where it first stands in it."""

    type: IndicatorType
    value: str
    """Normalised, live: a URL with its scheme where one is given, a host in lower case, a CVE or
    ATT&CK id in upper case, a package as purl (`pkg:npm/axios@1.14.1`), or as `name@version` where
    no ecosystem is stated."""
    evidence: Evidence
    """Its own characters as the article writes them, defanged or not."""
    sentence: Evidence
    """What it stands in: the sentence, or the words around it where that is a table."""

    @property
    def defanged(self) -> str:
        """The value for people's eyes: nothing makes a link of it."""
        return defanged(self.type, self.value)


def defanged(type_: str, value: str) -> str:
    """`hxxps://evil[.]example/a`, `192[.]0[.]2[.]1`, `2001[:]db8…`; other types as they are."""
    if type_ in ("domain", "ipv4"):
        return value.replace(".", "[.]")
    if type_ == "ipv6":
        return value.replace(":", "[:]")
    if type_ != "url":
        return value
    match = _HOST.match(value)
    scheme, host = (match.group(1) or "", match.group(2)) if match else ("", "")
    rest = value[len(scheme) + len(host) :]
    return re.sub(r"(?i)^http", "hxxp", scheme) + host.replace(".", "[.]") + rest
