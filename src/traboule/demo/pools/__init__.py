"""Hand-made data of the demo: names by culture, places, themes, phrases, the cases of the public record. No code."""
