"""Where a database is and how to connect to it.

In: host (a socket directory or a machine), port, database, user, password. Out: the same as a
URI for psycopg and ADBC, and as settings for Django. Guaranteed: neither a password nor the master key shows in
``repr``, and the key stands in no URI: the server never gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from traboule.core.errors import Unready

MASTER_KEY = "MASTER_KEY"  # Django hides settings whose names hold KEY.
KEYS_FOLDER = "KEYS_FOLDER"


@dataclass(frozen=True, slots=True)
class Address:
    """One user's way into one database.

    ``options`` are further libpq keywords, such as ``sslmode``. ``master`` is the master key, for the process that
    signs contexts, and ``keys`` the folder with the keys of units; both are empty in every other address.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    master: bytes = field(default=b"", repr=False)
    keys: Path | None = None

    def to(
        self,
        *,
        database: str | None = None,
        user: str | None = None,
        password: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Address:
        """Return the same server's address for another database or another user."""
        return replace(
            self,
            database=self.database if database is None else database,
            user=self.user if user is None else user,
            password=self.password if password is None else password,
            options=self.options if options is None else options,
        )

    def signing(self, master: bytes, keys: Path | None = None) -> Address:
        """Return this address for a process that signs contexts with the keys of ``master``, and seals with those in
        the folder ``keys``."""
        return replace(self, master=master, keys=keys)

    def signing_key(self) -> bytes:
        """Return the master key. Raises Unready where this process was given none."""
        if not self.master:
            raise Unready("database-key-absent")
        return self.master

    def keys_folder(self) -> Path:
        """Return the folder of keys. Raises Unready where this process was given none."""
        if self.keys is None:
            raise Unready("database-key-absent")
        return self.keys

    def uri(self) -> str:
        """Return the address as a ``postgresql:`` URI for psycopg and ADBC; it holds the password and is never shown.

        Everything stands in the query part, so that a socket's directory is no case apart.
        """
        keywords = {
            "host": self.host,
            "port": str(self.port),
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            **self.options,
        }
        return "postgresql:///?" + urlencode(keywords, quote_via=quote)

    def settings(self) -> dict[str, object]:
        """Return one entry of Django's ``DATABASES``."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.database,
            "USER": self.user,
            "PASSWORD": self.password,
            "OPTIONS": {"application_name": "traboule", **self.options},
            "CONN_MAX_AGE": None,
            MASTER_KEY: self.master,
            KEYS_FOLDER: self.keys,
        }


def from_settings(settings: Mapping[str, Any]) -> Address:
    """Return the address that :meth:`Address.settings` made one entry of Django's ``DATABASES`` from."""
    options = {name: value for name, value in settings["OPTIONS"].items() if name != "application_name"}
    return Address(
        host=settings["HOST"],
        port=int(settings["PORT"]),
        database=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        options=options,
        master=settings.get(MASTER_KEY, b""),
        keys=settings.get(KEYS_FOLDER),
    )
