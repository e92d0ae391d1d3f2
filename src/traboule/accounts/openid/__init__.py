"""Signing in by an OpenID provider: states without rows, identity tokens as data, and whose identity is whose account.

Nothing here asks a network: what the provider said is handed in.
"""
