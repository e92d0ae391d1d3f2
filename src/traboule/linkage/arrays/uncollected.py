"""Work in bulk without the search for garbage: what is made by the million and all kept is looked through in vain.

In comes an act, as a block or a function; it is done while nobody looks for objects that hold each other. It promises:
the search goes on afterwards, also after an error; what is no longer held is freed as ever.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do what stands in the block, or in the function below, without the search for garbage."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()
