"""Search at ten thousand to a million articles: `python -m bench.search` (see `__main__`)."""
