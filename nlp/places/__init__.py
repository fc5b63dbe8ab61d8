"""Points, lines, distances and areas on the ground."""
