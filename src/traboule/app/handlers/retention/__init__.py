"""Handlers that erase persons: one by one as her state asks, and all of an operation whose time is over."""
