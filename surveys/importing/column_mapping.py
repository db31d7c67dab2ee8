"""What the user says about the columns of a file, written in YAML or JSON."""

from __future__ import annotations

from pathlib import Path

import msgspec

from surveys.problems import SurveyError

DROP = "-"
SERIAL = "@serial"
SECONDS = "@seconds"
EVERY_COLUMN = "*"

_MAX_BYTES = 2**20


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of a file are, where their names do not say it.

    Attributes
    ----------
    columns
        Column name to item id, ``ITEM.CODE`` for one option of a multiple choice, ``"@serial"``,
        ``"@seconds"``, or ``"-"`` to leave the column out.
    missing
        Column name (``"*"``: every column) to cells that mean that there is no answer.

    Examples
    --------
    A file::

        columns:
          gender: D_SEX
          remarks: "-"
        missing:
          "*": [99, 999]
    """

    columns: dict[str, str] = {}
    missing: dict[str, tuple[int | float | str, ...]] = {}


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping from a YAML or JSON file.

    Raises
    ------
    SurveyError
        If the file cannot be opened, is no YAML, or has anything else in it than a mapping.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise SurveyError("The mapping {file} cannot be opened.", file=str(path)) from error
    if len(data) > _MAX_BYTES:
        raise SurveyError("The mapping {file} is larger than 1 MB.", file=path.name)
    try:
        content = YAML(typ="safe", pure=True).load(data.decode("utf-8-sig"))
        return msgspec.convert(content or {}, ColumnMapping, strict=True)
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise SurveyError(
            "The mapping {file} is not valid YAML (line {line}).", file=path.name, line=line
        ) from error
    except msgspec.ValidationError as error:
        raise SurveyError(
            'The mapping {file} must have the form "columns: {{name: item}}" and "missing: {{name: [cells]}}" ({detail}).',
            file=path.name,
            detail=str(error),
        ) from error
