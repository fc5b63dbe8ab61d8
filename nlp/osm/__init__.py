"""Reading OpenStreetMap extracts."""
