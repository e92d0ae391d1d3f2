"""The fact checker: other people's texts against what was published.

In: any article, and published fact sheets. Out: every numeric claim with its span and verdict. Guaranteed: a wrong
value is called wrong and the right one given, what may mean something else never is; no model, network or database.
"""

from traboule.factcheck.check import check_text
from traboule.factcheck.report import Claim, ClaimsReport, WordingRemark

__all__ = ["Claim", "ClaimsReport", "WordingRemark", "check_text"]
