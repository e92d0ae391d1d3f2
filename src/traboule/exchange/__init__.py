"""What leaves the house for those entitled, in the formats of the field, ownership and handling travelling along.

In: the register's tables as one account may read them, a format, a recipient and a purpose. Out: files, and a loss
report that says of each field of the form whether it was kept, generalised or dropped, and why. Guaranteed: a
declaration of each format says where each field goes, and the report follows from it; rows that may not leave are left
out of every format alike; a value that no calendar or list of codes knows is listed and never dropped in silence.
"""
