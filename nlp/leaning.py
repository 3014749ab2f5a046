"""Whether a sentence leans on one before it: "It", "The patch", "both", "the others", "he".

In: a sentence, and whether it names who was hit. Out: true where a reader who has not read the
sentence before it can't know what it is about.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon, speakers
from nlp.folding import Caseless

_DANGLING: Final = re.compile(
    r"(?:It|Its|He|She|They|His|Her|Their|Them|These|Those(?! affected)|This|That|Such|Both"
    r"|Another|Other"
    r"|Others|Each|Either|Neither|Here|There|Then|Thus|Therefore|Hence|Similarly"
    r"|Likewise|Once|Instead|Finally|First|Second|Third|Next|Later|Afterwards?|Earlier|Now|Again"
    r"|With a (?:CVSS|severity)|[A-Z][a-z]+ing (?:them|it|this|these|those)|(?:If|When|Once"
    r"|While|Although|Though|Since|As|Before) (?:it"
    r"|they|he|she|this|these)"
    r"|Rather|Otherwise|Besides|Even|Only|Just|Not|Nor|Or|Because (?:of )?(?:it|they|th\w+)"
    r"|Among (?:them|these)"
    r"|What|Why|How|Who|If so|When asked|Asked|Perhaps|Maybe|Yes|No,|Like|Unlike"
    r"|In (?:this|that|these|such|both|one|another|each)(?=[ ,])|At (?:the (?:same )?|that )time"
    r"|During (?:this|that)|With (?:this|that)|From there|To (?:this|that)|By (?:doing|this|that)"
    r"|(?:In|By) contrast|On the (?:other hand|contrary)|Even so|Then again|Known as|Tracked as"
    r"|Also|Additional|After (?:that|this)|For the rest|Until (?:now|then|this)"
    r"|(?:A|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Several)"
    r" (?:minutes?|hours?|days?|weeks?|months?|years?) (?:later|earlier|before|after that)"
    r"|Combined with|Coupled with|Inside|Beyond|Behind)\b(?![-’'])"
    r"|(?:That|It|There|They|What|Here|This)['’](?:s|re|ll|d)\b",
)
_SOME: Final = re.compile(
    r"(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Some|Many|Most|All|Several|(?<!\d)\d{1,6})"
    r"(?: (?:of (?:these|those|them|which)|w(?:as|ere)|ha[sd]|have|is|are|did|do|went|belong\w*"
    r"|[a-z]{3,}ed)\b|,)"
)
"""So many of what was told before: "Two were rotated", not "Two releases of Spindle were"."""
_COUNTED: Final = re.compile(
    r"(?:Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Dozens|Hundreds|Several|Few)"
    r" (?:of (?:the(?! (?:suspects|defendants|project|largest|company|country))|them|these|those)"
    r"|[a-z]+ed|have|had|were|are|did|do|said)\b"
)
"""So many of whom? "Nine replied"."""
_ONE_OF_MANY: Final = re.compile(
    r"\b(?:one|another) (?:vulnerability|flaw|bug)\b(?! (?:in|that|of|tracked|known|called))"
)
"""Which one, the next sentence says: "added one vulnerability to its catalog"."""
_OBJECT_FIRST: Final = re.compile(
    r"\A(?:(?!\b(?:who|which|that|and)\b)[^,;“\"]){0,60}"
    r"\b(?:under|over|about|against|allow|let|had run|blackmail(?:ed)? all) "
    r"(?:them(?!selves)|two|three|four)\b(?! [a-z]+s\b)"
)
"""Whom? "About 21,000 organizations fall under them"."""
_SUCH: Final = re.compile(
    r"\b(?:against|of|from|with|by|for|to|in|on) such (?!as\b|an?\b)[a-z]+|\banyway\b"
    r"|\beither[,.]|\b(?:announced|noticed|disclosed|discovered|reported) it (?:on|in|at)\b"
    r"|\b[Tt]he (?:importer|buyer|seller|reseller|clinic|office)['’]s\b"
    r"|\A(?:The entry|Patterns like)\b"
    r"|\b(?:confirmed|said|found) that it (?:holds?|contains?|includes?)\b"
    r"|\A(?:\S+ ){1,5}ones\b"
    r"|\AThe [a-z-]+(?: [a-z-]+)? [a-z]{3,}(?:s|ed) (?:it|them|him|her)\b"
    r"|\bthat (?:this|these) (?!week|month|year|summer|autumn|fall|winter|spring)[a-z]+\b"
    r"|\b[Tt]he (?:costlier|larger|smaller|bigger|better|worse|easier|harder|cheaper|nearer|newer"
    r"|wider)\b"
    r"(?!.*\bthan\b)"
    r"|\b(?:a|the) different (?!kind|sort|way)[a-z]+\b(?!.*\b(?:from|than)\b)"
    r"|\b(?:this|these) [a-z]{3,20}ed (?!week|month|year)[a-z]{3,20}\b"
    r"|\bduring (?:this|that) (?:stage|phase|step)\b"
    r"|\bin the first (?:[a-z]{1,20}|\d{1,3}) (?:minutes|hours|days|weeks)\b(?! (?:of|after|that))"
    r"|\AA (?:consultation|hearing|decision|ruling|vote) (?:could|will|may|might|is|was)\b"
    r"|\A(?:When|Once|If|After) the (?:executable|files?|script|payload|archive|installer|link"
    r"|attachment|shortcut|document) [a-z]"
    r"|\A(?:Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Several|Dozens|\d{1,4}) more (?:of )?[A-Z]"
    r"|\A(?:A|The) (?:second|third|fourth|fifth),? (?:unrelated |separate |related )?[a-z]+"
    r"|\AIn the (?:investigated|observed|analy[sz]ed|described|reported) [a-z]+\b"
    r"|\A[A-Z][a-z]+ing (?:that|this|these|those) [a-z]"
    r"|\bthe (?:supplied|provided) (?:report|document|text)\b"
    r"|(?<!of )\bthe (?:identified|listed|described|aforementioned|abovementioned) [a-z]+\b"
    r"|\bof (?:that|this) (?:kind|sort|type)\b|\bsimilarly\b|\blikewise\b"
    r"|(?<!no )(?<!any )(?<!\A)\bsuch (?!as\b|an?\b|that\b)[a-z]+s\b"
    r"|\bthe (?:main|biggest|likeliest|first) (?:customers?|buyers?|takers?|bidders?)\b"
    r"(?! (?:of|for|in|to)\b)"
    r"|\b(?:Message|Sample|Screenshot|Exhibit|Listing|Panel|Table) \d\b"
    r"|\bwhen the [a-z]+ (?:differ|match|agree)\b"
    r"|\A(?:Longer|Shorter|Larger|Smaller|Older|Newer|Higher|Lower|Fewer) [a-z]+ (?!.*\bthan\b)"
    r"|\badds? to (?:that|this)\b|\A(?:For (?:example|instance)|Although not)\b"
    r"|\b(?:used|opened|copied|bought|sold|revoked|stole|answered|addressed|rejected|dismissed|echoed"
    r"|disputed|welcomed|shares?) (?:that|this) (?!the\b|an?\b)[a-z]+\b"
)
"""Against whom, what "it" holds, which key: the sentence before tells."""
_OF_IT: Final = re.compile(
    r" of (?:it|them)\.\Z|\b(?:run|ran|used|installed|fetched|pulled|opened) them\.\Z"
    r"|\ball (?:two|three|four|five)\.\Z|\ba (?:second|third|fourth|fifth)(?:[.,]| [A-Z])"
)
_KNEW: Final = re.compile(r"\b(?:knew|knows?|did|does|do|said) (?:that|this|so)\.\Z")
_THEY_SAY: Final = re.compile(r"[“\"](?:It|They|He|She|That|This|Those|These|There)\b")
_GENERIC_FIRST: Final = re.compile(
    r"The (?:[a-z]\w* )?(?:group|gang|crew|duo|trio|pair|latter|former|two|three|four|same"
    r"|other|others|"
    r"statement|letter|report|post|man|men|woman|boy|girl|teen|teenager|hacker|suspect|defendant|"
    r"spokes\w+|advisory|notice|findings?|move|decision|results?|latest|second|third|first|next|"
    r"news|announcement|filing|documents?|tool|script|files?|sample|technique|feature|function|"
    r"code|image|actor|researchers?|team|executive|complaint|lawsuit|data|page|site|thread|list|"
    r"table|chain|goal|idea|problem|answer|question|messages?|emails?|command|process|method|"
    r"approach|pattern|server|domain|discovery|agencies|authors?|project|application|app|library|"
    r"package|campaign['’]s|malware['’]s|group['’]s|only|key|reason|number|figure|count|entry|"
    r"exemption|pause|releases?|versions?|deal|memo|plan|office|lawyer|judge|bill|rule|patch|fix|"
    r"issue|flaw|vulnerability|bug|weakness|malware|payload|backdoor|stealer|worm|plugin|packages|"
    r"reporter|dataset|records|information|samples?|seller|buyer|period|sum|money|note|folder"
    r"|loader|"
    r"price|sale|loan|vote|exploit|module|component|variant|operation|activity|technique"
    r"|implant|trojan|botnet|sites?)\b"
)
_OPEN_NOUN: Final = re.compile(
    r"The (?!first|second|third|next|other|same|latest)(?:\w+ ){0,2}?(?:attack|attackers?"
    r"|breach|incident|intrusion|intruders?|hackers?|thieves"
    r"|theft|outage|break-in|ransomware|cyberattack|compromise|leak|exposure|victims?"
    r"|way in|entry point|root cause|(?:malicious|poisoned|rogue|fake|tampered|trojani[sz]ed) \w+"
    r"|(?:stolen|exposed|compromised|leaked|affected|copied) (?:\w+ )?(?:data|information|files"
    r"|records|dataset|credentials|accounts|systems))\b"
)
"""Nouns that a brief on an incident may use without saying which: there is one."""
_NEAR: Final = 40
"""Characters behind such a noun within which a name says which: "The flaw in the Alley phone"."""
_NAMES_NOTHING: Final = re.compile(r"\A(?:The|This) (?:[a-z][a-z’'-]*,? ){7}")
"""A sentence on "the increase" or "the agencies": which, the one before says."""
_CVE_NEXT: Final = re.compile(r"[^.]{0,30}\bCVE-\d|, [A-Z“\"]")
"""After such a noun: its own name."""
_ORDINAL: Final = re.compile(r"The (?:first|second|third|next|latest|other|same)\b")
_PAPER: Final = re.compile(
    r"(?<!said in )\b[Tt]he (work|pause|note|memo|listing|notice|plugin|folder|message|post|thread"
    r"|office|analysis"
    r"|report|disclosure|study|letter|kit|trick|approach|complaint|importer|behaviou?r|access|scheme|method|campaigns)\b"
    r"(?! (?:of|to|from|that|by|which|behind|says?|said)\b| [A-Z])(?!['’]s)"
)
_OF_THE: Final = re.compile(r"(?: [a-z]+)? (?:of|in|on|at|by|from|against|over)\b")
"""After such a noun, what makes it a known one: "The number of patients of Example Clinics"."""
_NOT_NAMED: Final = Caseless(
    r"\b(?:said he|said she|he said|she said|they said|it said|it says|he added|she added|it added|"
    r"he told|she told|the latter|the former|respectively|aforementioned|the group said|same day|"
    r"the person said|whether (?:those|these|they)|\bmore of (?:them|it)\b|\b(?:may|can"
    r"|could) (?:abuse|use|exploit) (?:them|it|this)\b|\bsaid (?:that )?(?:it|they|he"
    r"|she) (?:had|has|would) \w+ (?:him|her|them)\b|\bthen (?:did|went|became|[a-z]{2,}ed"
    r"|[a-z]{3,}s)\b|the others|the same (?:thing|way|method|problem)|"
    r"(?:these|those) two|got there|\bboth (?:down|up|were|have|are|had|as|before|from|at)"
    r"|(?:in|of|for|with|by|from|on|about|into|over|through|against|behind)"
    r" (?:that|this|these|those)"
    r" (?!kind|sort|time|year|month|week|stage|point|way|type|nature|size|summer|fall|spring"
    r"|writing)[a-z]+|"
    r"they also (?:hold"
    r"|include|contain)|(?:came (?:up)?on|came across|spotted) it|said (?:that )?(?:this|these"
    r"|those|such)|"
    r"both (?:companies|firms|groups)|the two (?:companies|firms|groups|men|flaws|bugs))\b",
)
_PERSON: Final = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Hh]im)\b")
_CAPITAL: Final = re.compile(r"\b[A-Z][\w’'-]*")
_OBJECT: Final = re.compile(r"\A[^,]{0,60}\b(?:with|in|of|from|for|by|on) (?:it|them)\b")
_IT_SHOULD: Final = re.compile(r"\b(?:said|says|told \w+) (?:that )?(?:it|they) (?!ha|wi)")
"""After a person's "said": what "it" is, only the sentence before knows."""
_SEVERAL_BEFORE: Final = re.compile(r"\bthe (?:thieves|attackers|intruders|hackers|criminals)\b")
NAME_BEFORE: Final = re.compile(
    r"\b(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July"
    r"|August|(?:Sept|Nov|Dec)ember|October|(?:Sept?|Oct|Nov|Dec|Jan|Feb|Aug)\b)[A-Z][\w.-]+"
)
"""A name that is no month and no day."""


@lru_cache(maxsize=1 << 14)
def leans(text: str, *, named: bool) -> bool:
    """Whether a sentence needs the one before it. `named`: it names who was hit."""
    if _OBJECT.search(text) and not NAME_BEFORE.search(text[1:60]):
        return True
    it = _IT_SHOULD.search(text)
    if it and speakers.speaks(text) and not _SEVERAL_BEFORE.search(text, 0, it.start()):
        return True
    if _nobody_before(text) or _SOME.match(text) or _COUNTED.match(text) or _KNEW.search(text):
        return True
    if _ONE_OF_MANY.search(text) or _OBJECT_FIRST.search(text) or _SUCH.search(text):
        return True
    if _OF_IT.search(text):
        return True
    if _NAMES_NOTHING.match(text) and not (named or _OPEN_NOUN.match(text)):
        return True
    if _THEY_SAY.match(text) or _DANGLING.match(text) or _NOT_NAMED.search(text):
        return True
    return _unknown_paper(text) or _unknown_noun(text, named=named)


def _unknown_paper(text: str) -> bool:
    """Whether it speaks of "the note" before anybody wrote one."""
    paper = _PAPER.search(text)
    if paper is None:
        return False
    return not _known_paper(paper[1]).search(text, 0, paper.start())


@cache
def _known_paper(noun: str) -> re.Pattern[str]:
    """Somebody's, or one that was brought up: "a ransom note", "its letter"."""
    return re.compile(
        rf"\b(?:an?|its|their|ransom|[A-Z]\w{{1,40}}+['’]s) (?:\w{{1,40}}+ )?{noun}"
        rf"|\b{noun.title()}\b"
    )


def _unknown_noun(text: str, *, named: bool) -> bool:
    """Whether it opens with "The patch" or "The seller", whose or of what it doesn't say."""
    generic = _GENERIC_FIRST.match(text)
    if (
        generic is None
        or _OPEN_NOUN.match(text)
        or (_CVE_NEXT.match(text, generic.end()) and not _ORDINAL.match(text))
    ):
        return False
    if not _OF_THE.match(text, generic.end()):
        return True
    close = text[generic.end() : generic.end() + _NEAR]
    return not named and not NAME_BEFORE.search(close)


def _nobody_before(text: str) -> bool:
    """Whether "he" or "she" comes before anybody is named."""
    match = _PERSON.search(text)
    if match is None:
        return False
    named = _CAPITAL.findall(text, 0, match.start())
    if match[0] != "him":
        return all(word.lower() in lexicon.common() for word in named)
    return all(len(word) < 3 or word.lower() in lexicon.common() for word in named)
