"""Passkeys (WebAuthn): challenges without rows, what an authenticator answers, and the keys of each account."""
