"""Building, checking and reading a city's pack of places and areas."""
