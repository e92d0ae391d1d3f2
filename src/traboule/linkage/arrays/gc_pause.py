"""Pause the garbage collector while building millions of long-lived objects.

The collector is restored afterwards, also after an error. Reference counting goes on as usual.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Run a block, or a decorated function, with the garbage collector paused."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
