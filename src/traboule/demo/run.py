"""Starting the demo: which story, how large, where to.

Comes in: what is wanted. Goes out: the outcome. Promises: something is told within two seconds; the world is invented
after the desk is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from traboule.app.desk import Desk
from traboule.demo.filings import generate, scale_for
from traboule.demo.public import PublicStory
from traboule.demo.show import Teller
from traboule.demo.story import Outcome, Progress, Story


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted: ``scale`` 1 is Liberterra II; ``persons`` overrides it."""

    seed: int
    scale: float
    persons: int | None
    out: Path
    public_record: bool = False


def run(desk: Callable[[], Desk], wanted: Wanted, teller: Teller, progress: Progress) -> Outcome:
    """Run the story that is wanted and return what came of it."""
    if wanted.public_record:
        return PublicStory(desk(), wanted.out, teller, progress).run()
    scale = wanted.scale if wanted.persons is None else scale_for(wanted.persons)
    invent = partial(generate, wanted.seed, scale=scale)
    return Story(desk(), lambda operation: invent(operation=operation), wanted.out, teller, progress).run()
