"""From what a text says of places to a point, an area, or the one question."""
