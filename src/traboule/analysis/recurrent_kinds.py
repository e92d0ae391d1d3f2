"""The kinds of persons and things that may recur, in a module of their own: whoever only names them loads nothing."""

from __future__ import annotations

KINDS = ("suspect", "victim", "phone", "address", "company", "thing")
