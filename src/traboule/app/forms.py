"""The form of a return, for faces and the demo, which reach the stages only through here."""

from __future__ import annotations

from traboule.returns.form import form

__all__ = ["form"]
