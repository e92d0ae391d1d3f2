"""What links besides persons: companies, addresses, adverts, accounts.

In: identifiers as the register gives them, a stop-list. Out: links of the same form as those between persons, with
their explanation. Promise: pure, neither Django nor a database; nothing stopped is silent.
"""

from traboule.linkage.things.find import THINGS, ThingResult, find_things

__all__ = ["THINGS", "ThingResult", "find_things"]
