"""What the tests in a browser share: one served demo, one chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.chromium import chromium, copy_played, launched, served
from tests.conftest import open_directory


# Both end with the module: Playwright leaves an event loop running, under which Django refuses to ask a database.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A chromium without a window."""
    program = chromium()
    if program is None:
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as playwright, launched(playwright, program) as running:
        yield running


@pytest.fixture(scope="module")
def room_url(browser: Browser) -> Iterator[str]:
    """The address of a served demo. After ``browser``: without one no demo is run."""
    with open_directory() as data:
        copy_played(data)
        with served(data) as url:
            yield url
