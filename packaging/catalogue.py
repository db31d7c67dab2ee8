"""Keep the gettext catalogues: collect sentences, add translations, compile, list what is missing.

python packaging/catalogue.py update      collect every sentence from the code, then compile
python packaging/catalogue.py add FILE    take translations over from a .po file, then update
python packaging/catalogue.py prune       the same, and drop what the code no longer says
python packaging/catalogue.py missing     list what has no Chinese; exit 1 if anything
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "surveys" / "locale"
ROOMS = ("surveys", "analysis", "gui")
KEYWORDS = {
    "message": None,
    "words": None,
    "plural": (1, 2),
    "note": None,
    "AnalysisError": None,
    "SurveyError": None,
}
LANGUAGES = ("zh_CN", "en")


def collect() -> Catalog:
    """Return every sentence in the code, as a catalogue without translations."""
    found = Catalog(fuzzy=False)
    for room in ROOMS:
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            if text:
                found.add(text)
    return found


def load(file: Path) -> Catalog:
    """Read one .po file; a missing one is an empty catalogue."""
    if not file.exists():
        return Catalog(locale=file.stem, fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem if file.stem in LANGUAGES else None)


def save(catalogue: Catalog, language: str) -> None:
    """Write the .po (sorted, without places and dates, so that changes read well) and the .mo."""
    buffer = BytesIO()
    write_po(buffer, catalogue, sort_output=True, omit_header=False, no_location=True, width=100)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if "-Date: " not in line and "Generated-By" not in line]
    (LOCALE / f"{language}.po").write_text("".join(kept), encoding="utf-8")
    with (LOCALE / f"{language}.mo").open("wb") as stream:
        write_mo(stream, catalogue)


def update(extra: Path | None = None, *, prune: bool = False) -> None:
    """Bring both catalogues in line with the code, with translations from ``extra`` if given."""
    template = collect()
    added = load(extra) if extra else None
    for language in LANGUAGES:
        old = load(LOCALE / f"{language}.po")
        new = Catalog(locale=language, project="zhiyan", version="", fuzzy=False, charset="utf-8")
        for entry in template:
            if not entry.id:
                continue
            known = old.get(entry.id)
            string = known.string if known else ""
            if added is not None and language == "zh_CN":
                given = added.get(entry.id)
                if given and given.string:
                    string = given.string
            if language == "en" and not _filled(string):
                string = entry.id
            new.add(entry.id, string)
        if not prune:
            for entry in old:
                if entry.id and entry.id not in new:
                    new.add(entry.id, entry.string)
        save(new, language)


def missing() -> list[str]:
    """Return the sentences without a Chinese translation."""
    chinese = load(LOCALE / "zh_CN.po")
    template = [entry.id for entry in collect() if entry.id]
    return [str(key) for key in template if not (e := chinese.get(key)) or not _filled(e.string)]


def _filled(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def main(arguments: list[str]) -> int:
    """Run one of the commands above."""
    LOCALE.mkdir(parents=True, exist_ok=True)
    with FileLock(ROOT / ".catalogue.lock"):
        match arguments:
            case ["update"]:
                update()
            case ["add", file]:
                update(Path(file))
            case ["prune"]:
                update(prune=True)
            case ["missing"]:
                rows = missing()
                print("\n".join(rows) or "every sentence has its translation")
                return 1 if rows else 0
            case _:
                print(__doc__)
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
