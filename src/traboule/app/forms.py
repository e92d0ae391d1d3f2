"""The form of a return, for the command line and the demo, which reach the stages only through ``app``."""

from __future__ import annotations

from traboule.returns.form import form

__all__ = ["form"]
