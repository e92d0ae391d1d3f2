"""What leaves the house for those entitled, ownership and handling travelling along. A room kept free for its own
issue.
"""
