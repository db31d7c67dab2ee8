"""Foreign files: one module a format, each reading into a :class:`~surveys.formats.table.RawTable`."""
