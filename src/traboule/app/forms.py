"""The form of a return, the formats of an export and the kinds of what recurs.

They are for those who reach the stages only through ``app``.
"""

from __future__ import annotations

from traboule.analysis.recurrent_kinds import KINDS as RECURRENT_KINDS
from traboule.exchange.declarations import FORMATS as EXPORT_FORMATS
from traboule.returns.form import form

__all__ = ["EXPORT_FORMATS", "RECURRENT_KINDS", "form"]
