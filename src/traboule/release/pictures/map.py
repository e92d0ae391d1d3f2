"""stub"""

MAPPED = "potential_victims"
