"""What each number counts: its noun, the total it is part of, and what it shares with its neighbours.

In: a reading. Out: a :class:`~traboule.factcheck.reading.phrase.Phrase` for each number, all but its setting.
Guaranteed: a phrase ends where its sentence or the next number begins.
"""
