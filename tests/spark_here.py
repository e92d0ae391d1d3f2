"""Whether Spark can run on this machine: the contract suites run on it where it can, and say why where it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec


class Spark:
    """Spark as a machine has it: ``has`` finds a package, ``which`` a program."""

    def __init__(
        self, has: Callable[[str], object] = find_spec, which: Callable[[str], str | None] = shutil.which
    ) -> None:
        self._has, self._which = has, which

    def exists(self) -> bool:
        """Tell whether the ``spark`` extra and Java are both here."""
        return self._has("pyspark") is not None and self._which("java") is not None
