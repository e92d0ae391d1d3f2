"""Commands about what the links show."""
