"""What went wrong, as problem details (RFC 9457): the stable code, the sentence in the caller's language, the faults.

In: an error, or none where the fault is our own. Out: ``application/problem+json`` with the status of its kind.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from traboule.app.faults import spoken
from traboule.core.errors import TrabouleError
from traboule.web.api.caller import as_bytes, language_of
from traboule.web.failures import status_of
from traboule.web.words import refusal, say

# Errors whose status says more than that of their kind.
STATUSES = {
    "token-needed": 401,
    "api-path-unknown": 404,
    "api-method": 405,
    "upload-too-large": 413,
    "upload-none": 422,
    "request-malformed": 400,
    "requests-too-many": 429,
}


def problem(request: HttpRequest, error: TrabouleError | None) -> HttpResponse:
    """Return the answer of an error."""
    language = language_of(request)
    code = error.code if error else "broken"
    status = STATUSES.get(code, status_of(error))
    plain: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": refusal(error, language) if error else say("broken-room", language),
    }
    if findings := getattr(error, "findings", ()):
        plain["findings"] = spoken(findings, language)
    answer = HttpResponse(as_bytes(plain), status=status, content_type="application/problem+json")
    answer["Content-Language"] = language
    if code == "token-needed":
        answer["WWW-Authenticate"] = "Bearer"
    if error and code == "requests-too-many":
        answer["Retry-After"] = str(error.values["seconds"])
    return answer
