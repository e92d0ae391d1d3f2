"""What protected persons wait for: screening before charge, and referral to services, with a receipt.

In: the register in force and what was done so far. Out: who waits for what, since when, minors first. Guaranteed:
nobody is referred whose consent to share is not filed (rule 17); whoever is a suspect and a potential victim at once is
listed for screening until it is done (rule 15); nothing is changed or deleted, a later act follows an earlier one.
"""
