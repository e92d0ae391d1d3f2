"""Start the demo: choose the story, its size and its folder.

In: a :class:`Wanted`. Out: the outcome. Guaranteed: the first line is printed within two seconds; the world is
generated after the desk is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from traboule.app.desk import Desk
from traboule.demo.show import StoryPrinter
from traboule.demo.simulated_judge import ERRORS
from traboule.demo.story import DemoStory, Progress
from traboule.demo.story_outcome import StoryOutcome
from traboule.demo.world.difficulty import LEVELS

if TYPE_CHECKING:
    from traboule.demo.filings import DemoOperation
    from traboule.demo.public import PublicStory
    from traboule.demo.world.places import Outline

DEFAULT_SEED = 20240929


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted: ``scale`` 1 is Liberterra II; ``persons`` overrides it. One that is ``running`` leaves links to
    judge and a release to draft. ``judge_errors`` is the share of judgements in which the simulated judge errs,
    ``difficulty`` one of ``LEVELS``."""

    seed: int
    scale: float
    persons: int | None
    out: Path
    public_record: bool = False
    running: bool = False
    judge_errors: float = ERRORS
    difficulty: str = "easy"


def run(desk: Callable[[], Desk], wanted: Wanted, printer: StoryPrinter, progress: Progress) -> StoryOutcome:
    """Run the story that is wanted and return its outcome.

    The generator of the world is loaded only after the first line is printed.
    """
    if wanted.public_record:
        public: type[PublicStory] = import_module("traboule.demo.public").PublicStory
        return public(desk(), wanted.out, printer, progress).run()
    story = DemoStory(desk(), generator(wanted), wanted.out, printer, progress, wanted.judge_errors)
    return story.run_until_judging() if wanted.running else story.run()


def generator(wanted: Wanted) -> Callable[[Outline], DemoOperation]:
    """Return what invents the operation that is wanted; it is loaded when it is called."""

    def invented(operation: Outline) -> DemoOperation:
        filings = import_module("traboule.demo.filings")
        scale = wanted.scale if wanted.persons is None else filings.scale_for(wanted.persons)
        difficulty = LEVELS[wanted.difficulty]
        world: DemoOperation = filings.generate(wanted.seed, scale=scale, operation=operation, difficulty=difficulty)
        return world

    return invented
