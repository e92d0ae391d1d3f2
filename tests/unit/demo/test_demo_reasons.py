"""Every reason that a release can give for a change has its words, in the demo and in the communiqué."""

from __future__ import annotations

import pytest

from traboule.core.language.languages import SPOKEN_LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.figures.compare import ChangeReason
from traboule.figures.disclosure.editions.publication import TOGETHER
from traboule.release.wording import wording


@pytest.mark.parametrize("reason", [*(str(reason) for reason in ChangeReason), TOGETHER])
def test_every_reason_has_its_words(reason: str) -> None:
    assert f"reason-{reason}" in catalogue("traboule.demo", "words.yaml")
    assert all(wording(language).catalogue["reasons"][reason] for language in SPOKEN_LANGUAGES)
