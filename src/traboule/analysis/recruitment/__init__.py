"""How people are recruited: adverts as offers, and what in their words points to deception."""
