"""A team's digest: facts, text and picture."""
