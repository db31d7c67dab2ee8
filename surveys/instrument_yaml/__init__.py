"""Instruments as YAML files, the program's own format: read with every problem named, and written.

The format is that of the files in ``surveys/bank``. Reading finds all problems at once, each with
its line and path.
"""

from __future__ import annotations

from pathlib import Path

from surveys.instrument_yaml.fields import Findings
from surveys.instrument_yaml.nodes import MAX_CHARACTERS, read_nodes, unreadable
from surveys.instrument_yaml.reading import Reading
from surveys.instrument_yaml.writing import as_yaml
from surveys.model import Instrument
from surveys.problems import Problem, Severity, SurveyError
from surveys.words import message

__all__ = [
    "inspect_instrument",
    "load_instrument",
    "read_instrument",
    "read_text",
    "write_instrument",
]


def load_instrument(path: Path | str) -> Instrument:
    """Read an instrument from a YAML file (UTF-8).

    Raises
    ------
    SurveyError
        The file cannot be read, or has errors; all of them are in ``problems``, warnings too.
    """
    file = Path(path)
    return read_instrument(read_text(file), file.name)


def read_instrument(text: str, name: str) -> Instrument:
    """Read an instrument from YAML text; ``name`` is what messages call the file.

    Raises
    ------
    SurveyError
        As :func:`load_instrument`.
    """
    instrument, problems = inspect_instrument(text, name)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if instrument is None or errors:
        raise SurveyError(
            "The instrument {file} cannot be used; errors found: {n}.",
            problems=problems,
            file=name,
            n=len(errors),
        )
    return instrument


def inspect_instrument(text: str, name: str) -> tuple[Instrument | None, tuple[Problem, ...]]:
    """Read an instrument and return it with everything that is wrong, warnings included.

    The instrument is None where there is an error among the problems.

    Raises
    ------
    SurveyError
        The text is not YAML at all.
    """
    from surveys import bank

    root = read_nodes(text, name)
    findings = Findings(name)
    instrument = Reading(root, findings, bank.constructs(), bank.families()).instrument()
    problems = tuple(findings.problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return None, problems
    return instrument, problems


def write_instrument(instrument: Instrument) -> str:
    """Return an instrument as YAML text; reading it gives an equal instrument.

    The definitions of its constructs are written with it, so that the file stands alone.
    """
    return as_yaml(instrument)


def read_text(file: Path) -> str:
    """Return the text of a UTF-8 file, with a sentence for everything that is none.

    Raises
    ------
    SurveyError
        There is no such file, it is a folder, cannot be opened, is too large, holds no text, or is
        in another encoding.
    """
    if file.is_dir():
        raise SurveyError("{file} is a folder. Choose a file in it.", file=str(file))
    try:
        with file.open("rb") as stream:
            data = stream.read(4 * MAX_CHARACTERS + 1)
    except FileNotFoundError as error:
        raise SurveyError(
            "There is no file {file}. Check the name and the folder.", file=str(file)
        ) from error
    except (OSError, ValueError) as error:
        raise SurveyError(
            "{file} cannot be opened ({detail}). Close it in other programs, or check your rights.",
            file=str(file),
            detail=type(error).__name__,
        ) from error
    return _decoded(data, file.name)


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unreadable(
            "wrong-encoding",
            name,
            None,
            message("The file is in UTF-16."),
            message("Save it again as UTF-8."),
        )
    if b"\x00" in data:
        raise unreadable(
            "not-text",
            name,
            None,
            message("The file is not a text file."),
            message("Choose a questionnaire in YAML, or convert this one first."),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable(
            "wrong-encoding",
            name,
            line,
            message("The file is not in UTF-8; it may be in GBK."),
            message("Save it again as UTF-8."),
        ) from error
