"""What a text says of an operation's days, year, length and status.

In: a reading, its phrases and scopes. Out: claims on time. Guaranteed: a year or window is wrong only where the words
say it of this operation alone.
"""

from traboule.factcheck.dates.reader import DateClaimReader

__all__ = ["DateClaimReader"]
