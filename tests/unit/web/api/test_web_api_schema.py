"""Every documented route keeps to its document, whatever is sent: schemathesis before a database in which two filed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.conftest import Administered
from tests.program import RATE, token_of
from tests.worlds import ACCOUNTS, KNOWN, build, empty

from traboule.core.permissions import GRANTS, Role
from traboule.web.api.caller import MEMORY
from traboule.web.api.document import openapi
from traboule.web.api.limits import CallerMemory, RequestRates
from traboule.web.api.routes import API_ROUTES
from traboule.web.visit import DESK, WORKS
from traboule.web.work import Works

SEED = int(os.environ.get("TRABOULE_SCHEMA_SEED", "20241009"))
EXAMPLES = 12  # Of each route.
ROUTES = {route.name: route for route in API_ROUTES}


@pytest.fixture(scope="module")
def tokens(kept_database: Administered) -> Iterator[dict[Role, str]]:
    """A token for each role, before a world in which two states have filed."""
    print(f"TRABOULE_SCHEMA_SEED={SEED}")
    desk = build(kept_database, KNOWN)
    environ = {DESK: desk, WORKS: Works(), MEMORY: CallerMemory(RequestRates(RATE))}
    pages = WSGIHandler()

    def application(asked: dict[str, Any], start_response: Any) -> Any:
        return pages({**asked, **environ, "HTTP_HOST": "127.0.0.1"}, start_response)

    SERVED.append(application)
    yield {by.role: token_of(desk, by.account) for by in ACCOUNTS}
    SERVED.clear()
    empty(kept_database)


SERVED: list[Any] = []


def _served(asked: dict[str, Any], start_response: Any) -> Any:
    return SERVED[-1](asked, start_response)


schema = schemathesis.openapi.from_dict(openapi("en"))
schema.app = _served


@schema.parametrize()
@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_a_route_keeps_to_its_document(tokens: dict[Role, str], case: schemathesis.Case) -> None:
    route = ROUTES[case.operation.definition.raw["operationId"]]
    role = next((by.role for by in ACCOUNTS if route.permission in GRANTS[by.role]), None)
    headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
    # No schema tells what makes a return whole: a file of the right shape may well be refused.
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance] if route.takes_file else [])
