"""Read what is written: the script of a text, the text without clerical marks, its romanisation."""
