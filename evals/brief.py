"""Exported briefs and articles → how well each statement rests on its evidence, what is missing.

In: `export briefs` and `export articles` as JSONL. Out: a report as JSON on stdout: statements by
section and kind, share of notices, every broken rule with its thread, overlap between sections,
length of the signal summary, reading grade of the plain-language section, the commonest patterns.
Exit 1 where a rule is broken. Written apart from the writer: it imports none of `nlp` and reads
only what the exports say (the shipped strings it takes from the two TOML files themselves).

    python -m evals.brief briefs.jsonl articles.jsonl
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SECTIONS = (
    "headline",
    "signal_summary",
    "eli5",
    "deep_analysis",
    "impact_assessment",
    "optimistic_outlook",
    "pessimistic_outlook",
    "timeline",
)
CITING = {"quoted", "stated", "inferred"}
SUMMARY_WORDS = 30
COMMON = Path(__file__).parents[1] / "nlp" / "lexicon" / "common.txt"
"""Lower-case English words (SCOWL), a line each."""
GLOSSARY = Path(__file__).parents[1] / "nlp" / "lexicon" / "glossary.toml"

TOKEN = re.compile(r"[A-Za-zÀ-ÿ][\w]*|\d[\d.,]*\d|\d")
HEDGES = {"may", "might", "could", "can", "would", "likely", "possibly", "appear", "appears",
          "suggest", "suggests"}  # fmt: skip
STRONGER = (("confirm", ("confirm",)), ("denies", ("den", "disput", "reject", "refut")))


def rows(path: Path) -> Iterator[Row]:
    """The objects of a JSONL file; `.gz` works, `-` is stdin."""
    if str(path) == "-":
        yield from (json.loads(line) for line in sys.stdin if line.strip())
        return
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def shipped() -> set[str]:
    """The project's own texts."""
    tables = tomllib.loads(GLOSSARY.read_text("utf-8"))
    return {text for table in tables.values() for text in table.values()}


def plain_words(articles: Iterable[Row]) -> set[str]:
    """Plain English and what the articles write in lower case: at a sentence's start their capital
    names nothing."""
    return set(COMMON.read_text("utf-8").split("\n")) | {
        word
        for row in articles
        for word in re.findall(r"\b[a-z][a-z'’-]*", str(row.get("text", "")))
    }


def violations(
    statement: Row, articles: dict[str, Row], own: set[str], plain: set[str]
) -> Iterator[str]:
    """Names of the rules a statement breaks."""
    kind, text, evidence = statement["kind"], statement["text"], statement["evidence"]
    if kind not in CITING:
        if evidence:
            yield "evidence under a glossary or notice"
        if text not in own:
            yield "text that is not shipped"
        return
    if not evidence:
        yield "no evidence"
        return
    yield from _misquotes(evidence, articles)
    quotes = [e["quote"] for e in evidence]
    if kind == "quoted":
        if not any(text in quote for quote in quotes):
            yield "quoted text outside its quotes"
        return
    outlets = [str(articles.get(e["article"], {}).get("source", "")) for e in evidence]
    yield from _unsupported(text, " \n ".join(quotes + outlets), plain)
    lower = " ".join(quotes).lower()
    for word, roots in STRONGER:
        if word in text.lower() and not any(root in lower for root in roots):
            yield "status word the quotes lack"
    if kind == "inferred" and not HEDGES & set(re.findall(r"[a-z]+", text.lower())):
        yield "inferred without a hedge"


def _misquotes(evidence: Sequence[Row], articles: dict[str, Row]) -> Iterator[str]:
    for cited in evidence:
        article = articles.get(cited["article"])
        if article is None:
            yield "unknown article"
            continue
        stored = str(article.get(cited["in"]) or "")
        if not cited["quote"] or stored[cited["start"] : cited["end"]] != cited["quote"]:
            yield "quote not at its offsets"


def _unsupported(text: str, support: str, plain: set[str]) -> Iterator[str]:
    """Numbers and capitalised words that stand nowhere in the support."""
    have = {token.replace(",", "") for token in TOKEN.findall(support)}
    for match in TOKEN.finditer(text):
        word = match.group().replace(",", "")
        if word[0].isdigit():
            if word not in have and not any(word in other for other in have if other[0].isdigit()):
                yield "number that no quote has"
        elif word[0].isupper() and word not in have:
            before = text[: match.start()].rstrip('“"( ')
            opens = not before or before[-1] in ".:!?"
            if not (opens and word.lower() in plain):
                yield "name that no quote has"


def grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al., 1975); syllables are groups of vowels, a silent e left
    out (textstat asks for a dictionary from the network, so it can't serve here)."""
    words = re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", text)
    ends = max(1, len(re.findall(r"[.!?](?:\s|\Z)", text)))
    if not words:
        return 0.0
    groups = (re.findall(r"[aeiouy]+", re.sub(r"(?<=[a-z])e\Z", "", w.lower())) for w in words)
    syllables = sum(max(1, len(found)) for found in groups)
    return 0.39 * len(words) / ends + 11.8 * syllables / len(words) - 15.59


def overlap(one: str, other: str) -> float:
    """Share of the shorter text's runs of four words that the other holds too."""
    grams = [
        {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
        for words in (re.findall(r"\w+", text.lower()) for text in (one, other))
    ]
    smaller = min(len(grams[0]), len(grams[1]))
    return len(grams[0] & grams[1]) / smaller if smaller else 0.0


def pattern(text: str) -> str:
    """A sentence with its names, numbers and quotations blanked: what a template leaves."""
    text = re.sub(r"“[^”]*”|\"[^\"]*\"", "Q", text)
    text = re.sub(r"(?:\b(?:the )?[A-Z][\w.&’'/-]*(?: of| and)? ?)+", "N ", text)
    return re.sub(r"\d[\d.,]*\+?", "0", text).strip()


def report(briefs: Iterable[Row], articles: dict[str, Row]) -> Row:
    """Everything that is counted."""
    own, plain = shipped(), plain_words(articles.values())
    table: dict[str, Counter[str]] = defaultdict(Counter)
    broken: list[Row] = []
    grades, lengths, overlaps, repeats = [], [], [], 0
    patterns: Counter[str] = Counter()
    threads = missing = 0
    for brief in briefs:
        threads += 1
        texts: dict[str, list[str]] = defaultdict(list)
        for statement in brief["statements"]:
            section, kind = statement["section"], statement["kind"]
            table[section][kind] += 1
            if kind != "notice":
                texts[section].append(statement["text"])
            if kind in ("stated", "inferred"):
                patterns[pattern(statement["text"])] += 1
            broken += [
                {"thread": brief["thread"], "rule": rule, "section": section, **statement}
                for rule in violations(statement, articles, own, plain)
            ]
        missing += sum(
            section not in {s["section"] for s in brief["statements"]} for section in SECTIONS
        )
        lengths.append(sum(len(text.split()) for text in texts["signal_summary"]))
        if texts["eli5"]:
            grades.append(grade(" ".join(texts["eli5"])))
        told = [text for section in SECTIONS[1:-1] for text in texts[section]]
        repeats += len(told) - len(set(told))
        pairs = itertools.combinations([s for s in SECTIONS[1:] if texts[s]], 2)
        overlaps += [overlap(" ".join(texts[a]), " ".join(texts[b])) for a, b in pairs]
    total = sum(n for kinds in table.values() for n in kinds.values()) or 1
    notices = sum(kinds["notice"] for kinds in table.values())
    return {
        "threads": threads,
        "statements": total,
        "sections": {s: dict(table[s]) for s in SECTIONS if s in table},
        "sections_missing": missing,
        "notices_share": round(notices / total, 3),
        "violations": len(broken),
        "violations_by_rule": dict(Counter(row["rule"] for row in broken)),
        "violations_first": broken[:20],
        "summary_words_max": max(lengths, default=0),
        "summaries_over_30": sum(n > SUMMARY_WORDS for n in lengths),
        "eli5_grade_mean": round(sum(grades) / max(1, len(grades)), 2),
        "eli5_grade_over_6": sum(g > 6 for g in grades),
        "sentences_repeated": repeats,
        "section_overlap_mean": round(sum(overlaps) / max(1, len(overlaps)), 4),
        "section_overlap_over_half": sum(o > 0.5 for o in overlaps),
        "commonest_patterns": [
            {"pattern": p, "share": round(n / total, 3)} for p, n in patterns.most_common(8)
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("briefs", type=Path, help="export briefs --format jsonl")
    parser.add_argument("articles", type=Path, help="export articles --format jsonl")
    chosen = parser.parse_args(arguments)
    articles = {row["url"]: row for row in rows(chosen.articles)}
    found = report(rows(chosen.briefs), articles)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
