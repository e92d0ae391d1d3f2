"""The keys of the process at work, as its database connection carries them.

In: a purpose. Out: the key for it, or the keys of units. Guaranteed: they come from the master key and the folder that
the start gave the connection, and from nothing that the database holds.
"""

from __future__ import annotations

from django.db import connection

from traboule.database.address import from_settings
from traboule.database.keys.derived import KeyPurpose, derived
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.unit_keys import UnitKeys


def process_key(purpose: KeyPurpose) -> bytes:
    """Return this process's key for ``purpose``. Raises Unready where it was started without a master key."""
    return derived(from_settings(connection.settings_dict).signing_key(), purpose)


def process_unit_keys() -> UnitKeys:
    """Return the unit keys of the database in use. Raises Unready where this process was given no folder of keys."""
    address = from_settings(connection.settings_dict)
    return UnitKeys(KeyFiles(address.keys_folder()), address.database)
