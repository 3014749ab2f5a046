"""Coverage-guided fuzzing of everything that reads what strangers wrote.

`targets` says what must hold for any bytes; `python -m evals.fuzz` looks for bytes that break it;
`cases/` keeps those that once did, and the suite reads them again in each run.
"""
