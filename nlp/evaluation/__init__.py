"""Measuring on labelled messages, and showing it."""
