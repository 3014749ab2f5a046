"""How well claims answer CASIE's roles on its 713 articles of 2017: precision, recall, F1 a role.

    python -m evals.casie [--misses ROLE] [--limit N] [--actual] [--json]

In: `../shared/data/casie/casie-2017.jsonl.gz` (or BREACHWIRE_SHARED), evaluation only: CASIE has no
licence, and nothing that ships is fitted to it. Out: a line a role, pooled figures, what others
have published; `--misses` lists a role's missed and false facts article by article, for reading;
`--limit` takes every k-th article so that N are left; `--actual` leaves out what CASIE marks as
generic or as not having happened (a third of its events).

What is compared, and what differs. CASIE marks, sentence by sentence, every mention that fills a
role of every event nugget: names, plain nouns ("users", "the site"), pronouns, events that are only
told of in general. A ledger keeps each fact of one incident once, by name where there is one. So
each role has several recalls, from strict to fair:

- mentions: gold spans that overlap a claim of the role; a fact said five times counts five times;
- facts: gold mentions of the same words in one article are one fact, found when one of them
  overlaps a claim of the role or has its words; pronouns are no facts of their own;
- named (victims and attackers): of these facts, those that are names: capitals inside a sentence;
- slots: one event (CASIE's `hopper`, its coreference of nuggets) and one role, pronouns alone
  aside; filled when any of its mentions is found. For data it says that some kind was found.

Precision is of claims: right when a span overlaps a gold mention of the role (`mentions`), or also
when its words are a gold fact's (`facts`). F1 is each precision with its own recall. Titles are not
annotated: a claim on a title's words stands wherever the text has these words, and is left
out (counted as `unplaced`) where it has none. CASIE's roles without a field of ours, like
Attack-Pattern (what attackers did, in clauses), are no part of this; `attack_type` is a label of
ours without a role there.

Published figures (PUBLISHED) are of models trained on CASIE's other articles, all 26 roles,
exact spans, each mention counted, over all years: none is comparable one to one, and none is given
by role there. CASIE's authors report their parts one by one, arguments apart from their roles
(Satyapanich, Ferraro, Finin: "CASIE: Extracting Cybersecurity Event Information from Text", AAAI
2020, doi 10.1609/aaai.v34i05.6401); their table was not at hand when this was written, so no
figure of it is named.
"""
