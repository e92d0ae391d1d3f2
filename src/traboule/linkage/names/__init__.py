"""Names across scripts: from the fields a clerk filled to tokens, to sounds, to how alike two names are.

In: family and given names, native and romanised, as filed. Out: tokens, skeletons of sound, a level of likeness 0 to 6.
Promise: pure, symmetric, indifferent to the order of names; no text makes it raise; a name alone never links (rule 11).
"""
