"""Labelled key details → the tagger and the weights of parties: `python -m nlp.train_tagger`.

    python -m nlp.train_tagger --data ../shared/data --labels evals/ledger [--folds FILE]

In: `details/*.jsonl` of the data folder, and windows of which `--labels` holds addresses and
offsets, joined with `wire/items.jsonl.gz`. Out: `parameters/tagger.npz` (low-rank changes of
all-MiniLM-L6-v2 and three heads, half precision) and `parameters/parties.json`. The parties'
weights are fitted on what taggers say of windows that they have not seen (four folds), so that they
trust the tagger as far as it can be trusted on other news. Two cores need about 80 minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from breachwire.model import Article
from nlp import parties, reading, roles, tagger, train
from nlp.features import PARAMETERS
from nlp.folding import plain
from nlp.tagger import FIELDS, LONGEST, SCALE, STATUSES

EPOCHS: Final = 8
RATE: Final = 1e-3
WARMING: Final = 100
"""Learning rate, warmed up over so many steps, falling to nothing in a line. At 2e-3 and 30 steps
one fit of five fell into saying "none" of everything and never came out."""
RANK: Final = 16
BATCH: Final = 12
FOLDS: Final = 4
DROPOUT: Final = 0.1
RENAMED: Final = 0.3
"""Share of the examples of an epoch in which parties bear names of other items' parties: the words
around a name are to be learnt, not the name ("mention replacement", Dai and Adel 2020)."""
BESIDE: Final = (1.0, 0.5, 0.3)
"""Weights of the three losses: fields, asserter, status."""
STRENGTH: Final = 0.05
"""Inverse penalty of the parties' weights, on standardised features."""
LEAST: Final = {"victim": (0.3, 0.35), "actor": (0.25, 0.4), "third_party": (0.25, 0.35)}
"""Probability from which a role goes to an article's first candidate, and to further ones: best F1
on windows left out. Nearly every report of an incident names someone."""
IGNORED: Final = -100
_ALTERED: Final = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip
_LITTLE: Final = frozenset(
    ("the", "a", "an", "of", "for", "and", "in", "on", "at", "by", "to", "inc", "llc", "ltd",
     "corp", "company", "group", "city", "county", "university", "department")
)  # fmt: skip
"""Words that say nothing of whether two names are one: those of the scoring script."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item with its labelled details (as the given files have them)."""

    window: str
    article: Article
    details: tuple[dict[str, Any], ...]
    quiet: bool
    """No incident: who asserts what was not labelled."""

    @property
    def text(self) -> str:
        """What the tagger reads."""
        return plain(f"{self.article.title}\n{tagger.without_tail(self.article.text)}")


def read(data: Path, labels: Path) -> list[Labelled]:
    """The labelled items of all windows, in order of window and file."""
    known = {item["url"]: item for item in train.read_items(data / "wire" / "items.jsonl.gz")}
    paths = sorted([*(data / "details").glob("*.jsonl"), *labels.glob("*.jsonl")])
    rows = [(path.stem, row) for path in paths for row in train.read_items(path)]
    return [
        _labelled(number, window, row if "title" in row else joined(known[row["url"]], row))
        for number, (window, row) in enumerate(rows, 1)
    ]


def joined(item: dict[str, Any], label: dict[str, Any]) -> dict[str, Any]:
    """An item with its labels as the given files have them: words instead of offsets."""
    details = [
        {**detail, "text": _cut(item, detail), "asserter": _cut(item, detail["asserter"])}
        for detail in label["details"]
    ]
    return {**item, **label, "details": details}


def _cut(item: dict[str, Any], span: dict[str, Any] | None) -> str | None:
    return item[span["in"]][span["start"] : span["end"]] if span else None


def _labelled(number: int, window: str, item: dict[str, Any]) -> Labelled:
    article = train.article_of(number, item)
    return Labelled(window, article, tuple(item["details"]), bool(item.get("only")))


# --- the tagger


@dataclass(frozen=True, slots=True)
class Example:
    """A text with a label for each of its tokens, IGNORED where there is none."""

    text: str
    fields: list[int]
    asserter: list[int]
    statuses: list[int]


def example(item: Labelled, tokenizer: Any) -> Example:
    """Labels by token. A party's name counts wherever it stands, other facts in their words."""
    offsets = tokenizer(
        item.text, return_offsets_mapping=True, truncation=True, max_length=LONGEST
    )["offset_mapping"]
    blank = [IGNORED if a == b else 0 for a, b in offsets]
    fields, asserter = list(blank), [IGNORED] * len(blank) if item.quiet else list(blank)
    statuses = [IGNORED] * len(blank)
    for detail in item.details:
        forms = {detail["text"]}
        if detail["field"] in parties.ROLES:
            forms.add(str(detail["value"]))
        for form in forms:
            _mark(fields, offsets, item.text, plain(form), FIELDS.index(detail["field"]), 0)
        _mark(
            statuses, offsets, item.text, detail["text"], STATUSES.index(detail["status"]), IGNORED
        )
        if detail["asserter"]:
            _mark(asserter, offsets, item.text, plain(detail["asserter"]), 1, 0)
    return Example(item.text, fields, asserter, statuses)


def known_names(items: Sequence[Labelled]) -> dict[str, list[str]]:
    """The names that the parties of each role bear in these items, once each."""
    names: dict[str, set[str]] = {role: set() for role in parties.ROLES}
    for item in items:
        for detail in item.details:
            if _is_name(detail):
                names[detail["field"]].add(str(detail["value"]))
    return {role: sorted(found) for role, found in names.items()}


def _is_name(detail: dict[str, Any]) -> bool:
    """Whether a detail's words are a party's name as it stands, not a description."""
    text = str(detail["text"])
    return detail["field"] in parties.ROLES and text == detail["value"] and text[:1].isupper()


def renamed(item: Labelled, names: dict[str, list[str]], order: random.Random) -> Labelled:
    """The item with each party named as another item's party of the same role, everywhere."""
    swaps = {str(d["text"]): order.choice(names[d["field"]]) for d in item.details if _is_name(d)}
    if not swaps:
        return item
    longest_first = sorted(swaps, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def swapped(text: Any) -> Any:
        return pattern.sub(lambda m: swaps[m[0]], text) if isinstance(text, str) else text

    details = tuple(
        {**d, "text": swapped(d["text"]), "asserter": swapped(d["asserter"]),
         "value": swapped(d["value"]) if d["field"] in parties.ROLES else d["value"]}
        for d in item.details
    )  # fmt: skip
    article = replace(
        item.article, title=swapped(item.article.title), text=swapped(item.article.text)
    )
    return replace(item, article=article, details=details)


def _mark(
    labels: list[int], offsets: Sequence[Any], text: str, form: str, label: int, free: int
) -> None:
    """Label the tokens of a form wherever it stands as a word and nothing is labelled yet."""
    flags = re.IGNORECASE if len(form) > 4 else 0
    for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text, flags):
        for n, (a, b) in enumerate(offsets):
            if b > a >= match.start() and b <= match.end() and labels[n] == free:
                labels[n] = label


def fit_tagger(items: Sequence[Labelled], path: Path, seed: int = 0) -> None:
    """Fit the low-rank changes and heads on items, write them where `tagger.Tagger` reads them."""
    import torch

    torch.manual_seed(seed)
    order = random.Random(seed)
    tokenizer, model = tagger.base()
    net = _net(model)
    names = known_names(items)
    weights = [p for p in net.parameters() if p.requires_grad]
    steps = EPOCHS * -(-len(items) // BATCH)
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / WARMING) * max(0.02, 1 - step / steps)
    )
    net.train()
    for epoch in range(EPOCHS):
        total = 0.0
        told = [renamed(item, names, order) if order.random() < RENAMED else item for item in items]
        for batch in _batches([example(item, tokenizer) for item in told], order):
            loss = _loss(net, tokenizer, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total:.1f}", flush=True)
    _write(net, path)


def _batches(examples: Sequence[Example], order: random.Random) -> Iterator[list[Example]]:
    """Shuffled batches of texts of like length: padding costs as much as words."""
    mixed = order.sample(list(examples), len(examples))
    runs = [
        sorted(mixed[n : n + 8 * BATCH], key=lambda e: len(e.fields))
        for n in range(0, len(mixed), 8 * BATCH)
    ]
    batches = [run[n : n + BATCH] for run in runs for n in range(0, len(run), BATCH)]
    order.shuffle(batches)
    yield from batches


def _net(model: Any) -> Any:
    """The model with low-rank changes in every layer and the three heads; the rest is held."""
    import torch
    from torch import nn

    class Changed(nn.Module):
        def __init__(self, linear: nn.Linear) -> None:
            super().__init__()
            self.linear = linear
            self.a = nn.Parameter(torch.randn(RANK, linear.in_features) * 0.02)
            self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            changed: torch.Tensor = self.linear(x) + (x @ self.a.t()) @ self.b.t() * SCALE
            return changed

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.field = nn.Linear(model.config.hidden_size, len(FIELDS))
            self.asserter = nn.Linear(model.config.hidden_size, 2)
            self.status = nn.Linear(model.config.hidden_size, len(STATUSES))
            self.drop = nn.Dropout(DROPOUT)

        def forward(self, inputs: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            hidden = self.drop(self.model(**inputs).last_hidden_state)
            return self.field(hidden), self.asserter(hidden), self.status(hidden)

    for parameter in model.parameters():
        parameter.requires_grad = False
    for layer in model.encoder.layer:
        for name in _ALTERED:
            parent, _, last = name.rpartition(".")
            holder = layer.get_submodule(parent)
            setattr(holder, last, Changed(getattr(holder, last)))
    return Net()


def _loss(net: Any, tokenizer: Any, batch: Sequence[Example]) -> Any:
    import torch
    from torch.nn.functional import cross_entropy

    inputs = tokenizer(
        [e.text for e in batch], truncation=True, max_length=LONGEST, padding=True,
        return_tensors="pt",
    )  # fmt: skip
    length = inputs["input_ids"].shape[1]
    total: Any = 0.0
    for said, weight, name in zip(
        net(inputs), BESIDE, ("fields", "asserter", "statuses"), strict=True
    ):
        rows = [getattr(e, name) for e in batch]
        labels = torch.tensor([row + [IGNORED] * (length - len(row)) for row in rows])
        if bool((labels >= 0).any()):
            flat = said.reshape(-1, said.shape[-1])
            total = total + weight * cross_entropy(flat, labels.reshape(-1), ignore_index=IGNORED)
    return total


def _write(net: Any, path: Path) -> None:
    """Low-rank changes and heads, half precision."""
    import numpy as np

    stored = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            stored[name.removeprefix("model.")] = parameter.detach().numpy().astype(np.float16)
    np.savez_compressed(path, **stored)


# --- the parties


def party_rows(items: Sequence[Labelled], model: tagger.Tagger) -> Iterator[tuple[Any, int]]:
    """FEATURES of every candidate of every item, and which of LABELS it is."""
    for item in items:
        passages = reading.read(item.article)
        title, text = plain(item.article.title), plain(tagger.without_tail(item.article.text))
        (tags,) = model.read([(title, text)])
        for candidate in parties.candidates(item.article, passages, tags):
            yield candidate.row, parties.LABELS.index(label_of(candidate, item.details))


def label_of(candidate: parties.Candidate, details: Sequence[dict[str, Any]]) -> str:
    """The role of the labelled party that a candidate names, as the scoring script matches."""
    for role in parties.ROLES:
        for detail in details:
            if detail["field"] == role and any(
                alike(str(detail["text"]), m.name.text)
                or alike(str(detail["value"]), roles.value_of(m.name.text))
                for m in candidate.mentions
            ):
                return role
    return "none"


def alike(one: str, other: str) -> bool:
    """Whether two names are equal or share half of their words, little words aside."""
    a, b = (re.findall(r"[a-z0-9$]+", text.lower()) for text in (one, other))
    if a == b and a:
        return True
    x, y = set(a) - _LITTLE, set(b) - _LITTLE
    return bool(x and y) and 2 * len(x & y) >= len(x | y)


def fit_parties(rows: Sequence[Any], labels: Sequence[int]) -> tuple[Any, Any]:
    """Multinomial logistic regression on standardised features, given back on the plain ones."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    table = np.array(rows)
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit((table - middle) / spread, labels)
    weights = model.coef_ / spread
    return weights, model.intercept_ - weights @ middle


def write_parties(weights: Any, bias: Any, origin: str, path: Path) -> None:
    """What `parties.read` reads."""
    body = {
        "origin": origin,
        "weights": {
            label: {name: round(float(w), 4) for name, w in zip(parties.FEATURES, row, strict=True)}
            for label, row in zip(parties.LABELS, weights, strict=True)
        },
        "bias": {label: round(float(b), 4) for label, b in zip(parties.LABELS, bias, strict=True)},
        "least": LEAST,
    }
    path.write_text(json.dumps(body, indent=1) + "\n", "utf-8")


def folds(windows: Sequence[str]) -> list[list[str]]:
    """The windows dealt out to FOLDS, or one each where there are fewer."""
    return [part for n in range(FOLDS) if (part := list(windows[n::FOLDS]))]


def fit(items: Sequence[Labelled], to: Path, work: Path) -> None:
    """All of it: taggers of the folds into `work`, the shipped files into `to`."""
    windows = sorted({item.window for item in items})
    rows: list[Any] = []
    labels: list[int] = []
    for number, left_out in enumerate(folds(windows), 1):
        path = work / f"tagger{number}.npz"
        fit_tagger([item for item in items if item.window not in left_out], path)
        seen = [item for item in items if item.window in left_out]
        for row, label in party_rows(seen, tagger.Tagger(path)):
            rows.append(row)
            labels.append(label)
    origin = f"nlp.train_tagger on {len(items)} items of the windows {', '.join(windows)}"
    write_parties(*fit_parties(rows, labels), origin, to / "parties.json")
    fit_tagger(items, to / "tagger.npz")


def main() -> None:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description="Fit the tagger and the parties' weights.")
    parser.add_argument("--data", type=Path, required=True, help="folder with details/ and wire/")
    parser.add_argument("--labels", type=Path, required=True, help="folder of addresses and labels")
    parser.add_argument("--work", type=Path, default=Path("build/tagger"), help="the folds' files")
    parser.add_argument("--without", nargs="*", default=(), help="windows to leave out")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    items = [i for i in read(options.data, options.labels) if i.window not in options.without]
    fit(items, PARAMETERS if not options.without else options.work, options.work)


if __name__ == "__main__":
    main()
