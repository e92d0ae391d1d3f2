"""The claims check: everybody else's texts against what was published.

Comes in: any article, and published fact sheets. Goes out: every numeric claim with its span and verdict. Promises: a
wrong value is called wrong and shown right, what may mean something else never is; no model, network or database.
"""

from traboule.release.claims.check import check_text
from traboule.release.claims.report import Claim, ClaimsReport, Remark

__all__ = ["Claim", "ClaimsReport", "Remark", "check_text"]
