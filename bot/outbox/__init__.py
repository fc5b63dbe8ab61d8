"""What goes out: queued, paced, paid for, and what became of it."""
