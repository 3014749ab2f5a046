"""The methods' measured figures, as the about page tells them: one place, each with its command.

In: nothing. Out: `FIGURES`. After a change of a method, run its command and change the number here;
what must not be lost stands in `evals/floors.toml`. All were measured on news that the parameters
were not fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """What one method reaches."""

    method: str
    value: str
    how: str
    """On what it was measured."""
    meaning: str
    command: str


FIGURES: Final = (
    Figure(
        "Threads",
        "pair F1 .90, B-cubed F1 .97",
        "twelve labelled windows of news, each judged by parameters fitted on the others",
        "Of the pairs of articles that belong together about nine in ten stand together, and of"
        " those that stand together about nine in ten should: some incidents are split in two, and"
        " some threads hold an article of another.",
        "python -m evals.threads --out",
    ),
    Figure(
        "Key details",
        "F1 .84; statuses .92 right",
        "labelled windows that nothing was fitted on",
        "About one fact in six is missed or one too many, and of those found one status in twelve"
        " is not what the words say: the quote beside each decides.",
        "python -m evals.details",
    ),
    Figure(
        "Search",
        "nDCG@10 .85",
        "sealed queries, which nobody looked at while search was made",
        "What a reader would want first mostly stands near the top of the first ten; some of it"
        " stands lower, or is not found by these words.",
        "python -m evals.search --sealed",
    ),
)
