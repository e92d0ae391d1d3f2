"""Prepare an installation: compile the matcher, and let Python cache its compiled modules."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import traboule
from traboule.app.start import prepare

OPTIONAL = ("pyspark", "opendp")  # Packages of extras.


def warm_up(show: Callable[[int, int], None]) -> None:
    """Import every module and compile the matcher; ``show`` is told how many of how many parts are ready."""
    prepare()
    for module in pkgutil.walk_packages(traboule.__path__, f"{traboule.__name__}."):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as missing:
            if (missing.name or "").partition(".")[0] not in OPTIONAL:
                raise
    importlib.import_module("traboule.linkage.matching.precompile").precompile(show)
    importlib.import_module("traboule.figures.intervals.gibbs").ready()
