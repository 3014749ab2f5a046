from ingest.markup import plain

__all__ = ["plain"]
