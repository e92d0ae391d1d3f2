"""Figures: the tree, one figure with what is behind it, what changed."""
