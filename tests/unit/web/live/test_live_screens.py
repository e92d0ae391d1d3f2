"""The screens besides the wall that follow the stream: for whom, and which parts of them are replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.conftest import Administered
from tests.room import browser
from tests.worlds import ACCOUNTS, CURIOUS, KNOWN, build, empty

from traboule.app.desk import Desk
from traboule.core.permissions import GRANTS, Permission

STREAM = 'data-live="/wall/stream"'


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed, and that has counted."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.parametrize("by", ACCOUNTS, ids=lambda by: by.role.value)
def test_the_overview_listens_for_whoever_may_listen(desk: Desk, by: object) -> None:
    may = Permission.COMPUTE_FIGURES in GRANTS[by.role]  # type: ignore[attr-defined]
    text = page(browser(desk, by.account), "/")  # type: ignore[attr-defined]
    assert (STREAM in text) == ("data-lost=" in text) == may


def test_each_part_that_changes_stands_by_itself(desk: Desk) -> None:
    client = browser(desk, CURIOUS[1].account)
    for path, most in (("/", 3), ("/figures", 2)):
        parts = re.findall(r'data-part="([\w-]+)"', page(client, path))
        assert len(parts) == len(set(parts))
        assert len([part for part in parts if not part.startswith("figure-")]) <= most
        assert "figure-arrests" in parts
        assert 'id="as-of"' not in page(client, path).partition("data-live")[2]  # What is typed is never replaced.


def test_looking_back_stands_still(desk: Desk) -> None:
    assert STREAM not in page(browser(desk, CURIOUS[1].account), "/figures?as_of=2024-10-09T10:00")
