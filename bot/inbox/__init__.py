"""From a message that came in to its effects: kept, understood, acted on."""
