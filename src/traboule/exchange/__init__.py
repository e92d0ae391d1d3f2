"""What leaves the house for those entitled, ownership and handling travelling along. Reserved: nothing is
built yet; a later issue builds it.
"""
