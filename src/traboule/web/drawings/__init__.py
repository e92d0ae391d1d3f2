"""Drawings of the room as SVG, made on the server; each stands beside a table that says the same."""
