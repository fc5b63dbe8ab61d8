"""A process: its roles, its parts, its health."""
