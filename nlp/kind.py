"""A thread's members → its kind; kind and details → its section.

In: vectors and words. Out: one of the eight kinds of the labelling guide. A linear model over the
embedding and a small vocabulary of title and lead words, fitted by `nlp.train`; a thread's kind is
the one with the highest mean score over its members.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from breachwire.model import KINDS, SECTION_OF_KIND, Detail, Kind, Section
from nlp.features import PARAMETERS, STOP, clean, stem, tokens

if TYPE_CHECKING:
    from breachwire.model import Vector

Scores = Any
"""Log-probabilities, numpy shape (8,), in the order of `KINDS`."""

_EXTORTION: Final = frozenset({"ransomware", "extortion"})


_FLAW = r"flaws?|vulnerabilit\w+|bugs?|zero[- ]days?|0-days?|CVE-\d|RCE|code execution|exploit\w*"
CUES: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(rf"\b(?:{pattern})\b", re.I)
    for name, pattern in {
        "flaw": _FLAW,
        "cve": r"CVE-\d{4}-\d+",
        "patch": r"patch(?:es|ed|ing)?|fix(?:es|ed)?|updates?|security update|advisor(?:y|ies)|KEV|"
        r"hotfix|backports?",
        "flaw_lets": rf"(?:{_FLAW})\b.{{0,50}}\b(?:lets?|allow\w*|enabl\w+|expos\w+|could|lead\w*|"
        r"bypass\w*|grants?|gives?)",
        "zero_day": r"zero[- ]days?|0-days?|(?:actively )?exploited (?:in|by|to)|PoC",
        "attack_technique": r"side[- ]channel|rowhammer|jailbr\w+|prompt injection|privilege "
        r"escalation|hijack\w*|sandbox escape|CVSS|root access|SYSTEM privileges",
        "breach": r"(?:data )?breach(?:es|ed)?|leak(?:s|ed)?|data theft|stolen data|exposed|"
        r"(?:customer|patient|personal|employee) (?:data|information|records)|cyber ?attack|hacked|"
        r"heist|ransomware attack|outage|intrusion",
        "confirms": r"confirm(?:s|ed)?|disclos(?:es|ed)|notif(?:y|ies|ied)|says|claims?|"
        r"investigat\w+|recover\w*|impact\w*|affect(?:s|ed|ing)?",
        "people": r"(?:[\d.,]+ ?(?:k|m|million|thousand)?)\+? (?:people|users|customers|patients|"
        r"individuals|accounts|records|members|employees|victims)",
        "money_stolen": r"[$€£]\s?[\d.,]+ ?(?:[kmb]|million|billion)?.{0,30}(?:heist|hack|stolen|"
        r"theft|stole|drain\w*)|(?:heist|hack|stolen|theft|stole|drain\w*).{0,40}[$€£]\s?\d",
        "malware": r"malware|rat|trojans?|backdoors?|botnets?|infostealers?|stealers?|wipers?|rootkits?"
        r"|loaders?|spyware|adware|ransomware|phaas|(?:phishing|exploit) kits?|framework|implants?",
        "new_malware": r"(?:new|novel|fresh|uncovers?|variant|dubbed|called|evolv\w+|deliver\w*|"
        r"deploy\w*|drop\w*|spread\w*|targets?|targeting|abus\w+|uses?)\b.{0,50}\b(?:malware|rats?|"
        r"trojans?|backdoors?|botnets?|stealers?|infostealers?|wipers?|rootkits?|loaders?|ransomware)",
        "campaign": r"campaigns?|apts?|spies|espionage|state[- ](?:sponsored|backed)|threat (?:actors?|"
        r"groups?)|hackers|(?:china|russia|iran|north korea)(?:n)?[- ](?:linked|nexus|aligned|backed)|"
        r"phish\w*|lures?|impersonat\w+|UNC\d+|TA\d+|UAC-\d+|fake|typosquat\w*|clickfix|targets?|"
        r"targeting|operation",
        "state": r"chin(?:a|ese)|russian?|iran(?:ian)?|north korean?|dprk|lazarus|kimsuky|apt\d+|"
        r"(?:salt|volt|flax|silk) typhoon|\w+ (?:panda|bear|kitten|blizzard|sleet|typhoon)",
        "scams": r"scam\w*|phish\w*|spam\w*|smish\w*|vish\w*|quish\w*|fraud\w*|device code",
        "supply": r"supply[- ]chain|npm|pypi|packages?|extensions?|open ?vsx|plugins?|github actions?|"
        r"worm|rubygems|docker images?|vs ?code|dependenc\w+|trojani[sz]ed",
        "compromised_package": r"(?:npm|pypi|package|librar|extension|plugin|open ?vsx|github)\w*.{0,60}"
        r"(?:compromis\w+|hijack\w+|malicious|poison\w+|backdoor\w*|trojan\w*|infect\w*)|"
        r"(?:compromis\w+|malicious|poison\w+|backdoor\w*|trojan\w*|infect\w*).{0,60}"
        r"(?:npm|pypi|packages?|librar\w+|extensions?|plugins?|open ?vsx)",
        "law": r"arrest\w*|sentenc\w+|prison|jail\w*|plead\w*|guilty|charg(?:es|ed)|indict\w*|"
        r"convict\w*|extradit\w+|seiz\w+|takedown|takes? down|taken down|dismantl\w+|disrupt\w*|"
        r"sanction\w*|europol|interpol|doj|justice department|court|sued?|lawsuits?|fin(?:es|ed)|"
        r"settle\w*|judge|police|crackdown|law enforcement|years in prison|deport\w*|suspects?",
        "policy": r"polic(?:y|ies)|regulat\w+|laws?|bill|congress|senat\w+|lawmakers?|white house|"
        r"executive order|bans?|banned|nist|fcc|ftc|government|strategy|rules?|eu|european commission|"
        r"parliament|act|legislat\w+|surveillance|mandat\w+|guidance|trump|administration|"
        r"president|cisa director|nominat\w+|agenc(?:y|ies)",
        "business": r"acqui(?:re|res|red|sition)|raises?|funding|series [a-e]|million in|merger|ipo|"
        r"startup|emerges from stealth|invest\w*|valuation|deal|bounty|bounties|prizes?|pays?|paid",
        "product": r"launch\w*|releas\w+|unveil\w*|introduc\w+|announc\w+|adds?|rolls? out|rolling "
        r"out|expands?|feature|features|model|gpt|chatgpt|chrome|android|support|will|now|retir\w+|"
        r"encryption|quantum|passkeys?|plans?|tests?|testing",
        "trouble": r"issues?|fails?|failing|broken?|outage|crash\w*|bug causes|prompts?|known issue|"
        r"fixes|update problems|reboot\w*|emergency|locks?|false positives?",
        "opinion": r"how|why|what|lessons?|report|survey|study|webinar|podcast|year in review|the "
        r"state of|insights?|interview|predictions?|trends?|guide|myths?|discussion|conference|"
        r"black hat|def con|rsac|research",
    }.items()
}
"""What an editor looks for; learned weights say what each is worth."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the linear model."""

    of_vector: Any
    """(dimension, 8)"""
    of_word: Any
    """(vocabulary, 8)"""
    of_cue: Any
    """(2 · cues, 8): in the title, then in the lead."""
    bias: Any
    """(8,)"""
    words: dict[str, int]

    def scores(self, title: str, text: str, vector: Vector) -> Scores:
        """Log-probabilities of the kinds for one article."""
        import numpy as np

        raw = self.bias + np.asarray(vector, dtype=np.float32) @ self.of_vector
        known = [self.words[t] for t in terms(title, text) if t in self.words]
        if known:
            raw = raw + self.of_word[known].sum(axis=0) / math.sqrt(len(known))
        raw = raw + cues(title, text) @ self.of_cue
        raw = raw - raw.max()
        return raw - np.log(np.exp(raw).sum())


@cache
def model() -> Model:
    """The shipped weights."""
    import numpy as np

    with np.load(PARAMETERS / "kind.npz", allow_pickle=False) as stored:
        words = [str(w) for w in stored["words"]]
        return Model(
            of_vector=stored["of_vector"].astype(np.float32),
            of_word=stored["of_word"].astype(np.float32),
            of_cue=stored["of_cue"].astype(np.float32),
            bias=stored["bias"].astype(np.float32),
            words={w: i for i, w in enumerate(words)},
        )


def cues(title: str, text: str) -> Any:
    """Which cues the title has and which the lead, numpy shape (2 · cues,)."""
    import numpy as np

    lead = clean(text)
    hits = [bool(p.search(part)) for part in (title, lead) for p in CUES.values()]
    return np.array(hits, dtype=np.float32)


def terms(title: str, text: str) -> set[str]:
    """What the vocabulary is made of: words of title and lead, the title's apart ("t:…"), and the
    title's neighbouring pairs."""
    head = [stem(w) for w in tokens(title)]
    body = {stem(w) for w in tokens(clean(text))}
    pairs = {f"{a} {b}" for a, b in pairwise(head)}
    numbers = {"#money"} if "$" in title else set()
    return {f"t:{w}" for w in head} | set(head) | body | pairs | numbers - STOP


def kind_of(scores: Iterable[Scores]) -> Kind:
    """The kind of a thread from its members' scores; "other" for none."""
    rows = list(scores)
    if not rows:
        return "other"
    total = sum(rows)
    return KINDS[int(total.argmax())]


def section_of(kind: Kind, details: Sequence[Detail]) -> Section:
    """A kind's section; a breach by ransomware or extortion with a named actor is "Ransomware"."""
    if kind == "breach":
        fields = {d.field for d in details}
        attacks = {str(d.value).casefold() for d in details if d.field == "attack_type"}
        if "actor" in fields and attacks & _EXTORTION:
            return "Ransomware"
    return SECTION_OF_KIND[kind]
