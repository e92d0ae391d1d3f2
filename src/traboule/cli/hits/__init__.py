"""Commands about hits between units."""
