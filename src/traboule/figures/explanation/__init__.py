"""What is behind a figure: its definition, its cells and the records that each of them counts."""
