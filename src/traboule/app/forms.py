"""The form of a return and the formats of an export, for those who reach the stages only through ``app``."""

from __future__ import annotations

from traboule.exchange.declarations import FORMATS as EXPORT_FORMATS
from traboule.returns.form import form

__all__ = ["EXPORT_FORMATS", "form"]
