"""The programming interface: the same verbs for programs of the units, as JSON over HTTP under ``/api/v1``.

In: requests with a token, which a cookie never stands in for. Out: plain values, and errors as problem details (RFC
9457) with the stable codes. Guaranteed: a route that ``routes.py`` does not list does not exist, and each names the
verbs it may perform; the OpenAPI document is made from the same table.
"""
