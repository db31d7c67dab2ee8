"""From a table in a file to entries in a project.

:mod:`~surveys.importing.plan` says what importing a file would do, :mod:`~surveys.importing.run` does
it. Where there is no questionnaire, :mod:`~surveys.importing.inference` guesses one.
"""
