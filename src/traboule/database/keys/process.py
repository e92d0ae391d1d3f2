"""The keys of the process at work, as its database connection carries them.

In: a purpose. Out: the key for it. Guaranteed: it is derived from the master key that the start gave the connection,
and from nothing that the database holds.
"""

from __future__ import annotations

from django.db import connection

from traboule.database.address import from_settings
from traboule.database.keys.derived import KeyPurpose, derived


def process_key(purpose: KeyPurpose) -> bytes:
    """Return this process's key for ``purpose``. Raises Unready where it was started without a master key."""
    return derived(from_settings(connection.settings_dict).signing_key(), purpose)
