"""One exported brief → how it reads: grade, overlap, patterns, what leans on nothing, facts told.

In: statements and details as `export briefs` and `export details` give them. Out: numbers, each
counted on the words alone. Written apart from the writer: nothing here imports `nlp`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]

DANGLING = re.compile(
    r"\A[“\"]?(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those(?! affected)"
    r"|The (?:group|gang|crew"
    r"|company"
    r"|firm|latter|former|duo|pair))\b(?!, [A-Z]| (?:is|was) (?:not known|unclear|known|claimed"
    r"|disputed"
    r"|denied)\b)"
)
"""A sentence's first word that names nobody."""
GAP = 3
"""Characters of white space between two sentences of a text."""
VAGUE = re.compile(
    r"\b(?:yesterday|today|tonight|(?:last|this) (?:week|month|year)|on (?:Mon|Tues|Wednes|Thurs"
    r"|Fri"
    r"|Satur|Sun)day)\b"
)
"""A day that means nothing to one who reads it later."""
LEADING = {"victim": 1, "attack_type": 1, "actor": 1, "third_party": 1, "affected": 1,
           "data_type": 3, "volume": 1, "money": 1, "cve": 2, "response": 2}  # fmt: skip
"""How many facts of a field lead an incident, the most often claimed first."""
LABELS = {
    "unknown_intrusion": "breach|hack|intru|broke|break-in|compromis|unauthori|attack|stole|theft",
    "supply_chain": "supply.chain|tamper|supplier|malicious|poisoned|trusted software",
    "vulnerability_exploitation": "flaw|exploit|vulnerab|weak spot|bug|fault",
    "stolen_credentials": "credential|password|login|log-in|token|account|key",
    "misconfiguration": "misconfig|setting|exposed|open|public",
    "social_engineering": "social engineering|trick|posed|impersonat|call",
    "theft_of_funds": "stole|theft|drain|fund|coin",
    "extortion": "extort|ransom|demand|blackmail|money",
    "contact": "contact|address|phone|e-?mail",
    "ssn_or_id": "social security|identity|identif|passport|tax|licen[cs]e|id number",
    "dob": "birth",
    "financial": "financ|bank|account|salar",
    "payment_card": "card",
    "medical": "medic|health|diagnos|patient|radiolog|prescri",
    "credentials": "credential|password|login|token|key",
    "source_code": "code",
    "email_content": "mail",
    "internal_documents": "document|internal|papers|files",
    "customer_records": "customer|client|guest|booking|buyer|record",
    "employee_records": "employee|staff|worker",
    "training_data": "train",
    "crypto_funds": "crypto|coin|token",
    "notified_people": "notif|letter|told|inform|writing|mail",
    "notified_authorities": "authorit|regulator|police|bureau|attorney|notif|office",
    "investigating": "investigat|probe|inquir|looking into|forensic|examin|review",
    "took_systems_offline": "offline|shut|took .* down|disconnect",
    "lawsuit_filed": "lawsuit|suit|sue|class action|complaint|court",
    "refused_ransom": "not pay|refus|no ransom|reject|not be paid|paid nothing",
    "paid_ransom": "paid",
    "restored": "restor|back|resum|recover",
    "paused_partnership": "paus|suspend|stopp",
}
"""What a reader takes a ledger value for, as one pattern each; else the value's own words."""
OWN_WORDS = {"victim", "actor", "third_party", "cve", "affected", "volume", "money"}
UNTOLD = {"other", "denied", "unknown"}
"""Values that name no fact."""


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


def overlaps(texts: dict[str, list[str]], sections: Sequence[str]) -> list[float]:
    """Of each pair of filled sections."""
    pairs = itertools.combinations([s for s in sections if texts.get(s)], 2)
    return [overlap(" ".join(texts[a]), " ".join(texts[b])) for a, b in pairs]


def twice(texts: dict[str, list[str]], sections: Sequence[str]) -> int:
    """Sentences half of whose runs of four words another section's sentence holds."""
    told = [(section, text) for section in sections for text in texts.get(section, ())]
    return sum(
        one[0] != other[0] and overlap(one[1], other[1]) > 0.5
        for one, other in itertools.combinations(told, 2)
    )


def goes_on(statement: Row, before: Row | None) -> bool:
    """Whether a statement stands behind the one whose source's next sentence it is: what "it" is,
    the reader has just read."""
    if before is None or not statement["evidence"] or not before["evidence"]:
        return False
    if (before["section"], before.get("paragraph")) != (
        statement["section"],
        statement.get("paragraph"),
    ):
        return False
    own, last = statement["evidence"][0], before["evidence"][0]
    same = own["article"] == last["article"] and own["in"] == last["in"]
    return bool(same and 0 <= own["start"] - last["end"] <= GAP)


def pattern(text: str) -> str:
    """A sentence with its names, numbers and quotations blanked: what a template leaves."""
    text = re.sub(r"“[^”]*”|\"[^\"]*\"", "Q", text)
    text = re.sub(r"(?:\b(?:the )?[A-Z][\w.&’'/-]*(?: of| and)? ?)+", "N ", text)
    return re.sub(r"\d[\d.,]*\+?", "0", text).strip()


def leading(details: Iterable[Row]) -> list[Row]:
    """A thread's leading facts: of each field those claimed in the most articles (a title counts
    as two), denied ones and values that name nothing left out. A fact that one article alone tells,
    deep in its text and by nobody's word, leads nothing."""
    weights: Counter[tuple[str, str]] = Counter()
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    seen = set()
    for row in details:
        value = str(row["value"])
        if row["field"] not in LEADING or value in UNTOLD or row["status"] == "denied":
            continue
        key = (row["field"], value)
        rows[key].append(row)
        if (key, row["article"]) not in seen:
            seen.add((key, row["article"]))
            weights[key] += 1
        weights[key] += row["in"] == "title"
    found = []
    for field, most in LEADING.items():
        own = [k for k, _ in weights.most_common() if k[0] == field and _weighs(rows[k])]
        found += [{"field": f, "value": v, "texts": [r["text"] for r in rows[f, v]]}
                  for f, v in own[:most]]  # fmt: skip
    return found


def _weighs(rows: Sequence[Row]) -> bool:
    top = any(row["in"] == "title" or row["start"] < 600 for row in rows)
    return top or len({row["article"] for row in rows}) > 1 or any(r["asserter"] for r in rows)


def tells(text: str, fact: Row) -> bool:
    """Whether a brief's text tells the fact: by its sources' words for it, or by what it is."""
    low = text.lower()
    words = [" ".join(t.split()).lower() for t in fact["texts"]]
    if fact["field"] in OWN_WORDS:
        words += [fact["value"].lower()] if not fact["value"].startswith("{") else []
        words += [m[0] for w in words if (m := re.search(r"\d[\d.,]*(?: (?:million|billion))?", w))]
        return any(word in low for word in words if len(word) > 1)
    label = LABELS.get(fact["value"], re.escape(fact["value"].replace("_", " ")))
    return any(word in low for word in words) or bool(re.search(label, low))
