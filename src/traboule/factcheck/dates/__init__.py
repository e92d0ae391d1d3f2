"""When: what a text says of an operation's days, year, length and status.

Comes in: a reading, its phrases and scopes. Goes out: claims on time. Promises: a year or window is wrong only where
the words say it of this operation alone.
"""

from traboule.factcheck.dates.reader import DateClaimReader

__all__ = ["DateClaimReader"]
