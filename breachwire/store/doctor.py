"""What is wrong with a SQLite store: file, keys, search index, and rows that contradict each other.

In: a connection. Out: a line for people per finding; none where nothing was found.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from breachwire.store.dialects import on_postgres

# NOT EXISTS, never NOT IN: PostgreSQL would read a large list through again for each row.
_CHECKS: Final = {
    "articles that are known by no address": """
        SELECT id FROM article a WHERE NOT EXISTS
        (SELECT 1 FROM address k WHERE k.article = a.id)""",
    "articles marked as placed without a placement": """
        SELECT id FROM article a WHERE state != 'stored' AND NOT EXISTS
        (SELECT 1 FROM membership m WHERE m.article = a.id)""",
    "placed articles without an embedding": """
        SELECT article FROM membership m WHERE NOT EXISTS
        (SELECT 1 FROM embedding e WHERE e.article = m.article)""",
    "articles whose revisions have gaps": """
        SELECT a.id FROM article a LEFT JOIN article_revision r ON r.article = a.id
        GROUP BY a.id HAVING count(r.revision) != a.revision - 1""",
    "threads without an article": """
        SELECT id FROM thread t WHERE merged_into IS NULL AND articles > 0 AND NOT EXISTS
        (SELECT 1 FROM membership m WHERE m.thread = t.id)""",
    "threads that count other than their members": """
        SELECT t.id FROM thread t JOIN membership m ON m.thread = t.id
        GROUP BY t.id HAVING count(*) != t.articles""",
    "merged threads that still have members": """
        SELECT DISTINCT t.id FROM thread t JOIN membership m ON m.thread = t.id
        WHERE t.merged_into IS NOT NULL""",
    "threads whose brief is missing": """
        SELECT id FROM thread WHERE brief_version > 0 AND NOT EXISTS
        (SELECT 1 FROM brief b WHERE b.thread = thread.id AND b.version = brief_version)""",
    "claims in another thread than their article": """
        SELECT c.article FROM claim c JOIN article a ON a.id = c.article
        LEFT JOIN membership m ON m.article = c.article
        WHERE a.state = 'claimed' AND m.thread {differs} c.thread""",
    "claims whose words are not their article's": """
        SELECT c.article FROM claim c JOIN article a ON a.id = c.article
        WHERE a.state = 'claimed' AND c."where" != 'published' AND c.quote {differs}
        substr(CASE c."where" WHEN 'title' THEN a.title ELSE a.text END,
               CAST(c.start + 1 AS integer), CAST(c."end" - c.start AS integer))""",
    "indicators whose words are not their article's": """
        SELECT i.article FROM indicator i JOIN article a ON a.id = i.article
        WHERE a.state = 'claimed' AND i.quote {differs}
        substr(CASE i."where" WHEN 'title' THEN a.title ELSE a.text END,
               CAST(i.start + 1 AS integer), CAST(i."end" - i.start AS integer))""",
    "details without a claim": """
        SELECT thread FROM detail d WHERE NOT EXISTS
        (SELECT 1 FROM detail_claim k WHERE k.thread = d.thread AND k.detail = d.n)""",
}


def findings(connection: Connection) -> list[str]:
    """Every check, cheapest first; a damaged file ends it."""
    damage = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    if damage != ["ok"]:
        return [f"file damaged: {line}" for line in damage]
    return [*_keys(connection), *_search(connection), *contradictions(connection)]


def _keys(connection: Connection) -> list[str]:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    pairs = dict.fromkeys((row[0], row[2]) for row in broken)
    return [f"rows of {table} point at missing rows of {parent}" for table, parent in pairs]


def _search(connection: Connection) -> list[str]:
    try:
        for index in ("article_search", "opening_search"):
            connection.exec_driver_sql(
                f"INSERT INTO {index}({index}, rank) VALUES('integrity-check', 1)"
            )
    except DatabaseError as error:
        if "malformed" not in str(error.orig):
            raise
        return ["the search index does not agree with the articles; run `breachwire reindex`"]
    return []


def contradictions(connection: Connection) -> list[str]:
    """Of rows; on both engines."""
    found, differs = [], "IS DISTINCT FROM" if on_postgres(connection) else "IS NOT"
    for what, query in _CHECKS.items():
        ids = [str(row[0]) for row in connection.exec_driver_sql(query.format(differs=differs))]
        if ids:
            found.append(f"{len(ids)} {what}: {', '.join(ids[:3])}{' …' if len(ids) > 3 else ''}")
    return found
