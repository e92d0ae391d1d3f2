"""What the pages of the documentation are run with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import open_directory
from tests.forked_commands import forked_commands


@pytest.fixture(scope="session")
def forked() -> Iterator[Path]:
    """The folder of a ``traboule`` that starts at once: its calls are forked from one process."""
    with open_directory() as made, forked_commands(made) as programs:
        yield programs
