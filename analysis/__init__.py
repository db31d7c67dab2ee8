"""From answers to numbers to a printed page."""
