"""People, their accounts, units and roles; passwords, one-time codes and sessions.

In: logins, passwords, codes, tokens. Out: who is signed in, and in which roles. Guaranteed: passwords and tokens are
stored as hashes alone; an ended account or session is refused at the next verb; an unknown login costs the same work
as a wrong password; two spellings of one name are one person.
"""
