"""What links besides persons: companies, addresses, adverts, accounts.

In: identifiers as the register gives them, a stop-list, judgements. Out: links of the same form as those between
persons, with their explanation. Promise: pure, neither Django nor a database; nothing stopped is silent.
"""
