"""Starting the demo: which story, how large, where to.

Comes in: what is wanted. Goes out: the outcome. Promises: something is told within two seconds; the world is invented
after the desk is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from traboule.app.desk import Desk
from traboule.demo.show import Teller
from traboule.demo.story import Outcome, Progress, Story

if TYPE_CHECKING:
    from traboule.demo.filings import DemoOperation
    from traboule.demo.public import PublicStory
    from traboule.demo.world.places import Outline

DEFAULT_SEED = 20240929


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted: ``scale`` 1 is Liberterra II; ``persons`` overrides it."""

    seed: int
    scale: float
    persons: int | None
    out: Path
    public_record: bool = False


def run(desk: Callable[[], Desk], wanted: Wanted, teller: Teller, progress: Progress) -> Outcome:
    """Run the story that is wanted and return what came of it.

    What invents a world is loaded only when something has been told.
    """
    if wanted.public_record:
        public: type[PublicStory] = import_module("traboule.demo.public").PublicStory
        return public(desk(), wanted.out, teller, progress).run()

    def invented(operation: Outline) -> DemoOperation:
        filings = import_module("traboule.demo.filings")
        scale = wanted.scale if wanted.persons is None else filings.scale_for(wanted.persons)
        world: DemoOperation = filings.generate(wanted.seed, scale=scale, operation=operation)
        return world

    return Story(desk(), invented, wanted.out, teller, progress).run()
