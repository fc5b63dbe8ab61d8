"""What rules find in a text, from data files per language: danger, intent, flags, meaning."""
