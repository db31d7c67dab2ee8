"""The commands of ``zhiyan``, one module each, with a function ``run(options, console)``."""
