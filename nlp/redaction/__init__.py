"""Hiding what tells who a person is."""
