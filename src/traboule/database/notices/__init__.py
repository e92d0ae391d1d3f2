"""Short words from one process of ours to all: something has changed."""
