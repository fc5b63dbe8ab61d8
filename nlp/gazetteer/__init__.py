"""The names of a city's places, indexed in one memory-mapped file."""
