"""Traboule: the coordination desk of a joint operation against human trafficking and migrant smuggling."""
