"""Remember which database a command uses when none is named.

One small file in the data folder, ``current-database.json``: a name for the embedded cluster and for each server that
was used from here. A demo is remembered until an operation of the desk's own is opened; it never takes its place.
"""

from __future__ import annotations

import json
from pathlib import Path

EMBEDDED = "embedded"
DEMO = "demo_"


class CurrentDatabase:
    """The database remembered in folder ``data``, for the embedded cluster or for the server at ``address``.

    ``address`` names a server without its password.
    """

    def __init__(self, data: Path, address: str | None = None) -> None:
        self._file = data / "current-database.json"
        self._place = address or EMBEDDED

    def name(self) -> str | None:
        """Return the name remembered; None where there is none or the file cannot be read."""
        name = self._names().get(self._place)
        return name if isinstance(name, str) else None

    def remember(self, name: str, *, demo: bool = False) -> bool:
        """Remember ``name`` and tell whether it is now the current one.

        A demo does not replace an operation; a demo whose database was named is not remembered, as it has no name by
        which it could be told from an operation.
        """
        earlier = self.name()
        nameless = demo and not name.startswith(DEMO)
        if nameless or (name.startswith(DEMO) and earlier is not None and not earlier.startswith(DEMO)):
            return earlier == name
        making = self._file.with_suffix(".making")
        try:
            making.write_text(json.dumps({**self._names(), self._place: name}, sort_keys=True) + "\n", encoding="utf-8")
            making.replace(self._file)
        except OSError:  # A folder that cannot be written to remembers nothing: the command itself has succeeded.
            return False
        return True

    def forget(self, name: str) -> None:
        """Forget ``name`` if it is the current one, as when its database is dropped."""
        if self.name() == name:
            names = {place: database for place, database in self._names().items() if place != self._place}
            self._file.write_text(json.dumps(names, sort_keys=True) + "\n", encoding="utf-8")

    def _names(self) -> dict[str, object]:
        try:
            names = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return names if isinstance(names, dict) else {}
