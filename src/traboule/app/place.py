"""Where a database is: a folder with a cluster of ours, or a server that others run.

Out: locations, and how people see them. Guaranteed: no password is shown.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.apps import apps

from traboule.core.errors import NotFound
from traboule.core.language.spelling import nearest
from traboule.database import embedded, server

SETTINGS = "traboule.app.settings"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that others run: its URL, and the folder with the files of its keys.

    Where a database is made or dropped the URL is an administrator's, elsewhere the application's.
    """

    url: str = field(repr=False)
    keys: Path

    def to_json(self) -> dict[str, object]:
        """Return plain values for a child of ours."""
        return {"url": self.url, "keys": str(self.keys)}

    @classmethod
    def from_json(cls, plain: dict[str, str]) -> Server:
        """Return what :meth:`to_json` gave."""
        return cls(plain["url"], Path(plain["keys"]))


def prepare() -> None:
    """Set up Django, without a database, and Arrow's memory. Only then can modules with models be imported."""
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        # Arrow and NumPy then share one heap. With a heap each, a million records touch a quarter more pages for the
        # first time, which takes longer than many a sum over them. Arrow reads this when it is first imported.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        django.setup()


def display_name(location: Path | Server | str) -> str:
    """Return a location as people may see it: a directory in full, a URL without its password."""
    if isinstance(location, Path):
        return str(location.resolve())
    return server.masked(location.url if isinstance(location, Server) else location)


def expect_cluster(location: Path | Server) -> None:
    """Raise NotFound where no cluster of ours was made at ``location``."""
    if isinstance(location, Path) and not embedded.exists(location):
        raise NotFound("database-none-here", place=display_name(location))


def expect_name(names: Sequence[str], name: str, place: str) -> None:
    """Raise NotFound where ``name`` is not among the databases at ``place``."""
    if not names:
        raise NotFound("database-none-here", place=place)
    if name not in names:
        raise NotFound(
            "database-unknown", database=name, place=place, known=", ".join(names), near=nearest(name, names)
        )
