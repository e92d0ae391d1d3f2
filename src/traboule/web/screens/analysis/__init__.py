"""Screens about what the links show."""
