"""Exported briefs and articles → how well each statement rests on its evidence, what is missing.

In: `export briefs` and `export articles` as JSONL. Out: a report as JSON on stdout: statements by
section and kind, notices by section, every broken rule with its thread, overlap between sections,
length of the signal summary, reading grade of the plain-language section, the commonest patterns,
sentences that lean on nobody; with the details, the share of each thread's leading facts told.
Exit 1 where a rule is broken. Written apart from the writer: it imports none of `nlp` and reads
only what the exports say (the shipped strings it takes from the two TOML files themselves).

    python -m evals.brief briefs.jsonl articles.jsonl [details.jsonl]
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from evals import brief_measures as measures

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


@cache
def remark() -> str:
    """The one notice that says something of an incident: that nobody has confirmed the claim. It
    stands beside text and fills no gap."""
    return str(tomllib.loads(GLOSSARY.read_text("utf-8"))["notice"]["unconfirmed"])


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
    yield from _unsupported(text, " \n ".join(quotes + outlets + _days(evidence, articles)), plain)
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


def _days(evidence: Sequence[Row], articles: dict[str, Row]) -> list[str]:
    """Days of the week before an article, where its date is cited and its words name a weekday or
    "yesterday", the month or year before it for "last month" and "last year": by the calendar these
    are what the words mean."""
    stamped = {e["article"] for e in evidence if e["in"] == "published"}
    found = []
    for cited in evidence:
        stamp = articles.get(cited["article"], {}).get("published")
        if cited["article"] not in stamped or cited["in"] == "published" or not stamp:
            continue
        today = datetime.fromisoformat(stamp).date()
        if "ast month" in cited["quote"]:
            found.append(f"{today.replace(day=1) - timedelta(days=1):%B %Y}")
        if "ast year" in cited["quote"]:
            found.append(str(today.year - 1))
        for back in range(8):
            day = today - timedelta(days=back)
            named = f"{day:%A}" in cited["quote"] or (back == 1 and "esterday" in cited["quote"])
            found += [f"{day:%B} {day.day}"] if named else []
    return found


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


def report(briefs: Iterable[Row], articles: dict[str, Row], details: Iterable[Row] = ()) -> Row:
    """Everything that is counted. Without `details` no facts are."""
    own, plain = shipped(), plain_words(articles.values())
    facts: dict[str, list[Row]] = defaultdict(list)
    for detail in details:
        facts[detail["thread"]].append(detail)
    counts: Counter[str] = Counter()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    broken: list[Row] = []
    grades, lengths, shared, untold = [], [], [], []
    patterns: Counter[str] = Counter()
    for brief in briefs:
        texts = _count(brief, table, patterns, counts)
        broken += [
            {"thread": brief["thread"], "rule": rule, **statement}
            for statement in brief["statements"]
            for rule in violations(statement, articles, own, plain)
        ]
        lengths.append(sum(len(text.split()) for text in texts["signal_summary"]))
        if texts["eli5"]:
            grades.append(measures.grade(" ".join(texts["eli5"])))
        shared += measures.overlaps(texts, SECTIONS[1:-1])
        counts["twice"] += measures.twice(texts, SECTIONS[1:-1])
        told = " ".join(s["text"] for s in brief["statements"] if s["kind"] in CITING)
        leading = measures.leading(facts[brief["thread"]])
        counts["facts"] += len(leading)
        untold += [(brief["thread"], f["field"], f["value"])
                   for f in leading if not measures.tells(told, f)]  # fmt: skip
    total = sum(n for kinds in table.values() for n in kinds.values()) or 1
    notices = {section: kinds["notice"] for section, kinds in table.items() if kinds["notice"]}
    return {
        "threads": counts["threads"],
        "statements": total,
        "sections": {s: dict(table[s]) for s in SECTIONS if s in table},
        "sections_missing": counts["missing"],
        "notices_share": round(sum(notices.values()) / total, 3),
        "notices_by_section": notices,
        "threads_without_notice": counts["full"],
        "quoted_share": round(sum(kinds["quoted"] for kinds in table.values()) / total, 3),
        "violations": len(broken),
        "violations_by_rule": dict(Counter(row["rule"] for row in broken)),
        "violations_first": broken[:20],
        "summary_words_max": max(lengths, default=0),
        "summaries_over_30": sum(n > SUMMARY_WORDS for n in lengths),
        "eli5_grade_mean": round(sum(grades) / max(1, len(grades)), 2),
        "eli5_grade_max": round(max(grades, default=0.0), 2),
        "eli5_grade_over_6": sum(g > 6 for g in grades),
        "dangling": counts["dangling"],
        "vague_dates": counts["vague"],
        "sentences_repeated": counts["repeated"],
        "sentences_twice": counts["twice"],
        "section_overlap_mean": round(sum(shared) / max(1, len(shared)), 4),
        "section_overlap_over_half": sum(o > 0.5 for o in shared),
        "leading_facts": counts["facts"],
        "leading_told": round(1 - len(untold) / max(1, counts["facts"]), 3),
        "leading_untold_by_field": dict(Counter(field for _, field, _ in untold)),
        "leading_untold_first": untold[:20],
        "template_share": round(max(patterns.values(), default=0) / max(1, counts["sentences"]), 3),
        "commonest_patterns": [
            {"pattern": p, "share": round(n / total, 3)} for p, n in patterns.most_common(8)
        ],
    }


def _count(
    brief: Row, table: dict[str, Counter[str]], patterns: Counter[str], counts: Counter[str]
) -> dict[str, list[str]]:
    """One brief into the counters; its texts by section, notices left out."""
    texts: dict[str, list[str]] = defaultdict(list)
    counts["threads"] += 1
    before: Row | None = None
    for statement in brief["statements"]:
        section, kind, text = statement["section"], statement["kind"], statement["text"]
        kind = "remark" if text == remark() else kind
        table[section][kind] += 1
        if kind in CITING and section != "headline":
            leans = bool(measures.DANGLING.search(text))
            counts["dangling"] += leans and not measures.goes_on(statement, before)
            counts["vague"] += section != "timeline" and bool(measures.VAGUE.search(text))
        counts["gaps"] += kind == "notice"
        if kind != "notice":
            texts[section].append(text)
        if kind in CITING:
            counts["sentences"] += 1
        if kind in ("stated", "inferred"):
            patterns[measures.pattern(text)] += 1
        before = statement
    counts["full"] += counts.pop("gaps", 0) == 0
    counts["missing"] += sum(
        section not in {s["section"] for s in brief["statements"]} for section in SECTIONS
    )
    held = [text for section in SECTIONS[1:-1] for text in texts[section]]
    counts["repeated"] += len(held) - len(set(held))
    return texts


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("briefs", type=Path, help="export briefs --format jsonl")
    parser.add_argument("articles", type=Path, help="export articles --format jsonl")
    parser.add_argument("details", type=Path, nargs="?", help="export details --format jsonl")
    chosen = parser.parse_args(arguments)
    articles = {row["url"]: row for row in rows(chosen.articles)}
    found = report(rows(chosen.briefs), articles, rows(chosen.details) if chosen.details else ())
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
