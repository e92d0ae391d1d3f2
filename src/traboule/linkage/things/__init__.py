"""Link things besides persons: companies, addresses, adverts and accounts.

Input: identifiers as the register gives them, a stop list and judgements. Output: links in the same form as those
between persons, with their explanation. Pure: neither Django nor a database. Every stopped value is reported.
"""
