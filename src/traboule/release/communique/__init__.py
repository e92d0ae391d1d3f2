"""A communiqué: a statement put into one language, as named sections of blocks that any renderer can lay out."""

from traboule.release.communique.compose import compose
from traboule.release.communique.document import HIDDEN, Block, Communique, Section

__all__ = ["HIDDEN", "Block", "Communique", "Section", "compose"]
