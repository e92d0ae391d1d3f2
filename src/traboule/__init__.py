"""Traboule: the coordination desk of a joint operation against human trafficking and migrant smuggling."""

import os

# Arrow's tables then take what arrays have given back, and the other way round. With two heaps, as Arrow has it, a
# million records touch a quarter more memory for the first time, which costs the system longer than many a sum over it.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
