"""Where a database is and how to connect to it.

In: host (a socket directory or a machine), port, database, user, password. Out: the same as a
URI for psycopg and ADBC, and as settings for Django. Guaranteed: a password never shows in ``repr``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Address:
    """One user's way into one database. ``options`` are further libpq keywords, such as ``sslmode``."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    def to(self, *, database: str | None = None, user: str | None = None, password: str | None = None) -> Address:
        """Return the same server's address for another database or another user."""
        return replace(
            self,
            database=self.database if database is None else database,
            user=self.user if user is None else user,
            password=self.password if password is None else password,
        )

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
    )
