"""Models behind the tables: they hand out cells as they come into view."""
