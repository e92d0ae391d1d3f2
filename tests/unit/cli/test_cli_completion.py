"""The shell completes what a person begins to type, in the language of the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).parent / "traboule")


def completed(shell: str, *words: str) -> str:
    """Return what the program answers a shell whose user has typed ``words``, the last of them not to the end."""
    environment = {
        **os.environ,
        "TRABOULE_LANGUAGE": "fr",
        "_TRABOULE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(words) if shell != "fish" else " ".join(words[:-1]),
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else words[-1],
    }
    return subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("traboule", "jud"), "judge"),
        (("traboule", "judge", "dec"), "decide"),
        (("traboule", "figures", "--dim"), "--dimension"),
        (("traboule", "figures", "--state", "M"), "ML"),
        (("traboule", "judge", "decide", "3", "no"), "no_match"),
    ],
)
def test_words_are_completed(shell: str, words: tuple[str, ...], word: str) -> None:
    assert word in completed(shell, *words).replace(",", "\n").replace("\t", "\n").split()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_what_a_command_does_stands_beside_it(shell: str) -> None:
    assert "Signer une décision" in completed(shell, "traboule", "judge", "dec")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_given_a_script(shell: str) -> None:
    environment = {**os.environ, "_TRABOULE_COMPLETE": f"{shell}_source"}
    ended = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"{shell}_complete" in ended.stdout
