"""The way of the data, strung together: feeds → articles → threads → claims → briefs.

`poll` and `intake` turn feeds and import files into stored articles; `derive` turns these into
threads, claims, related coverage and briefs. They read the store, call `ingest` and `nlp`, and
write the store; nothing else calls across these borders. Every stage commits once and says in the
store how far it is, so that a run that was killed goes on where it stopped.
"""
