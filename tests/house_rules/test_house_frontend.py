"""What the room's pages load: small, licensed, all of it here, nothing of anybody else's address."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB, FRONTEND = ROOT / "src" / "traboule" / "web", ROOT / "frontend"
STATIC = WEB / "static"
TEXTS = ("*.html", "*.css", "*.js", "*.svg", "*.json")
SCRIPT_LIMIT, FONT_LIMIT = 200_000, 120_000
ORIGIN = re.compile(r"(?:(?:https?|wss?):)?//(?=[\w-]+\.)[\w.-]+", re.IGNORECASE)
NAMESPACES = {"http://www.w3.org"}  # Names of vocabularies; nothing is fetched there.
LOADED = re.compile(r"""url\(["']?([^"')]+)|asset '([^']+)'""")


def origins(text: str) -> set[str]:
    """Return the addresses of others that ``text`` names."""
    return set(ORIGIN.findall(text)) - NAMESPACES


def loaded(text: str) -> set[str]:
    """Return the files of the room that a stylesheet or a template loads."""
    return {style or asset for style, asset in LOADED.findall(text)}


def size(pattern: str) -> int:
    return sum(path.stat().st_size for path in STATIC.rglob(pattern))


def test_scripts_and_fonts_stay_small() -> None:
    assert 0 < size("*.js") <= SCRIPT_LIMIT
    assert 0 < size("*.woff2") <= FONT_LIMIT


@pytest.mark.parametrize("folder", [STATIC, WEB / "templates"], ids=["static", "templates"])
def test_no_page_or_file_names_an_address_of_others(folder: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for pattern in TEXTS for path in folder.rglob(pattern)}
    assert {name: origins(text) for name, text in texts.items() if origins(text)} == {}


def test_a_planted_address_is_seen() -> None:
    assert origins('<script src="//cdn.example.org/a.js">') == {"//cdn.example.org"}
    assert origins("@import url(HTTPS://fonts.example.org/x)") == {"HTTPS://fonts.example.org"}
    assert origins('xmlns="http://www.w3.org/2000/svg"') == set()


def test_every_file_that_a_page_loads_is_there() -> None:
    pages = [*WEB.rglob("*.html"), *STATIC.rglob("*.css")]
    names = set().union(*(loaded(page.read_text(encoding="utf-8")) for page in pages))
    assert {"room.css", "room.js", "fonts/noto-sans-bold.woff2"} <= names
    assert {name for name in names if not (STATIC / name).is_file()} == set()


def test_the_packages_are_pinned_without_an_address() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    pins = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in pins.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    lock = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert "resolved" not in lock


def test_every_package_in_the_script_has_its_licence_beside_it() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    licences = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    headed = dict(re.findall(r"^(\S+) (\d\S+) \(", licences, re.MULTILINE))
    assert {name: headed.get(name) for name in package["dependencies"]} == package["dependencies"]
