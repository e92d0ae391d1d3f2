"""A checked text as people read it: in a terminal, or as a web page of its own."""
