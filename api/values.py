"""Values of details in words: normalised values and codes → what people read.

In: a detail's field, value and bound (data/details/GUIDE.md). Out: "at least 2,500,000 people",
"200 GB", "Social Security numbers or IDs". Numbers are never rounded: a reader compares them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

_CODES: Final = {
    "contact": "contact data",
    "ssn_or_id": "Social Security numbers or IDs",
    "dob": "dates of birth",
    "financial": "financial data",
    "payment_card": "payment cards",
    "medical": "medical data",
    "biometric": "biometric data",
    "location": "location data",
    "ddos": "DDoS",
    "supply_chain": "supply chain",
    "theft_of_funds": "theft of funds",
    "unknown_intrusion": "intrusion of unknown kind",
    "paused_partnership": "paused the partnership",
    "took_systems_offline": "took systems offline",
    "notified_people": "notified the people affected",
    "notified_authorities": "notified authorities",
    "refused_ransom": "refused to pay",
    "paid_ransom": "paid the ransom",
    "denied": "denied it",
}
_OTHER: Final = {
    "data_type": "other data",
    "attack_type": "another kind of attack",
    "response": "another step",
}
_BOUNDS: Final = {"at_least": "at least ", "at_most": "at most ", "about": "about "}
_PLACEHOLDER: Final = " (a placeholder in a filing, not a count)"
_STEPS: Final = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?!\d)")
_CODED: Final = frozenset({"data_type", "attack_type", "response"})


def in_words(field: str, value: Any, bound: str | None = None) -> str:
    """A detail's value as a person reads it."""
    if isinstance(value, Mapping):
        text = _measure(value)
    elif field in _CODED and isinstance(value, str):
        text = _OTHER[field] if value == "other" else _CODES.get(value, value.replace("_", " "))
    else:
        text = event_date(value) if field == "date" else str(value)
    return _BOUNDS.get(bound or "", "") + text + (_PLACEHOLDER if bound == "placeholder" else "")


def told(detail: Mapping[str, Any]) -> str:
    """A detail of the wire format in words; what none of our words names, in its source's."""
    value = in_words(detail["field"], detail["value"], detail["bound"])
    if detail["value"] != "other" or detail["field"] not in _CODED:
        return value
    return f"{value}, “{' '.join(leading(detail)['text'].split())}”"


def leading(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest claim that says what the detail says."""
    named = ("value", "status", "asserter")
    claims: list[Mapping[str, Any]] = detail["claims"]
    return next((c for c in claims if all(c[n] == detail[n] for n in named)), claims[0])


def event_date(value: Any) -> str:
    """A date as known: `14 November 2026`, `November 2026`, `2026`; else as it stands."""
    match = _DATE.match(str(value))
    if not match or (match[2] and not 1 <= int(match[2]) <= 12):
        return str(value)
    year, month, day = match.groups()
    parts = [str(int(day))] if day else []
    return " ".join([*parts, *([MONTHS[int(month) - 1]] if month else []), year])


def day_in_words(at: datetime) -> str:
    """`3 May 2026`, in UTC."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def _measure(value: Mapping[str, Any]) -> str:
    if "number" in value:
        unit = str(value.get("unit") or "").replace("_", " ")
        return f"{_number(value['number'])} {unit if unit != 'other' else ''}".strip()
    if "bytes" in value:
        return _bytes(value["bytes"])
    if "amount" in value:
        kind = str(value.get("kind") or "").replace("_", " ")
        sum_ = f"{value.get('currency') or ''} {_number(value['amount'])}".strip()
        return sum_ if kind in ("", "other") else f"{sum_} ({kind})"
    return ", ".join(f"{key} {part}" for key, part in value.items())


def _number(number: Any) -> str:
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return f"{number:,}" if isinstance(number, int | float) else str(number)


def _bytes(count: Any) -> str:
    if not isinstance(count, int | float):
        return str(count)
    for step, name in _STEPS:
        if count >= step:
            return f"{count / step:,.10g} {name}"
    return f"{count:,.10g} bytes"
