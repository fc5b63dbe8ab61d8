"""Finding what a text says of places."""
