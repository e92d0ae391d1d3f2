"""Announce a word to every process of ours, over PostgreSQL's NOTIFY.

In: a word, in the transaction under way. Out: nothing. Guaranteed: it is heard once that transaction is committed, and
never where it is rolled back.
"""

from __future__ import annotations

from django.db import connection

from traboule.database.notices.follow import CHANNEL


def announce(word: str) -> None:
    """Announce ``word`` when the transaction under way is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, word])
