"""Answer what the links show, from the register and the links that the reader may see alone."""
