"""Releases for programs: those issued, their documents and facts, and what of them anybody may read."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from traboule.web.api.caller import ApiCall, answered
from traboule.web.api.routes import FILE
from traboule.web.downloads import document_of, download

FACTS = "factsheet.json"


def listed(call: ApiCall) -> HttpResponse:
    """Give the releases that were issued, the last first."""
    plain = call.perform("release.list", operation=call.operation).to_json()
    return call.page_of("releases", plain["releases"], "number")


def shown(call: ApiCall, number: int) -> HttpResponse:
    """Give a release: who signed it, what became of it, its documents with their hashes."""
    shown = call.perform("release.show", number=number, operation=call.operation)
    return answered(shown.to_json())


def facts(call: ApiCall, number: int) -> HttpResponse:
    """Give the facts of a release."""
    return _facts(call.perform("release.show", number=number, operation=call.operation).files)


def document(call: ApiCall, number: int, name: str) -> HttpResponse:
    """Give a document of a release."""
    return _document(call.perform("release.show", number=number, operation=call.operation).files, name)


def published(call: ApiCall) -> HttpResponse:
    """Give the releases that anybody may read, the last first."""
    return call.page_of("releases", call.published().to_json()["releases"], "number")


def published_facts(call: ApiCall, number: int) -> HttpResponse:
    """Give the facts of a release that anybody may read."""
    return _facts(call.published(number).files)


def published_document(call: ApiCall, number: int, name: str) -> HttpResponse:
    """Give a document of the fact sheet of a release that anybody may read."""
    return _document(call.published(number).files, name)


def _facts(files: Mapping[str, bytes]) -> HttpResponse:
    return HttpResponse(document_of(files, FACTS), content_type="application/json")


def _document(files: Mapping[str, bytes], name: str) -> HttpResponse:
    return download(document_of(files, name), name, FILE)
