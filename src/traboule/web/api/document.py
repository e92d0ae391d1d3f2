"""The OpenAPI document, made from the table of routes and the shapes of ``schemas.yaml``.

Guaranteed: what the table does not list is not documented, and what it lists is; sentences come from the catalogue.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.http import HttpResponse

from traboule.web.api.caller import ApiCall, answered
from traboule.web.api.routes import API_ROUTES, FILE, PREFIX, ApiRoute
from traboule.web.words import say

_PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def give(call: ApiCall) -> HttpResponse:
    """Give the document in the caller's language."""
    return answered(openapi(call.language))


def openapi(language: str) -> dict[str, Any]:
    """Return the OpenAPI document, with its sentences in ``language``."""
    paths: dict[str, dict[str, Any]] = {}
    for route in API_ROUTES:
        path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, language)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Traboule", "version": "1", "description": say("api", language)},
        "servers": [{"url": f"/{PREFIX.rstrip('/')}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _shapes()["schemas"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: ApiRoute, language: str) -> dict[str, Any]:
    content = {FILE: {}} if route.answer == FILE else {"application/json": {"schema": _reference(route.answer)}}
    answer = {"description": say(f"api-{route.name}", language), "content": content}
    plain: dict[str, Any] = {
        "operationId": route.name,
        "summary": say(f"api-{route.name}", language),
        "responses": {"200": answer, "default": {"description": say("api-problem", language), **_PROBLEM}},
    }
    if route.name == "return-file":
        plain["responses"]["201"] = answer
    if route.is_open:
        plain["security"] = []
    if route.parameters:
        plain["parameters"] = [
            {**_shapes()["parameters"][name], "description": say(f"api-parameter-{name}", language)}
            for name in route.parameters
        ]
    if route.takes_file:
        plain["requestBody"] = {"required": True, "content": _shapes()["file"]}
    return plain


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def _shapes() -> dict[str, Any]:
    shapes: dict[str, Any] = yaml.safe_load(files("traboule.web.api").joinpath("schemas.yaml").read_text("utf-8"))
    return shapes
