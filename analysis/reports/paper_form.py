"""The questionnaire on paper: from an instrument to a form that can be printed, filled in and keyed.

Nothing on it asks for a name, and the number of the form is written by whoever keys it, so that no
form leads to a person. Every item can be left out, and every item that a person is asked offers
"prefer not to answer". Sections are printed in the order of the instrument; ``shuffle`` does not
apply to paper, where a changing order would make keying unsafe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.reports.paper_conditions import only_if
from analysis.reports.paper_front import HowTo, Masthead
from analysis.reports.paper_items import MAIN, SMALL, ItemPieces
from analysis.reports.paper_marks import Piece
from analysis.reports.paper_pdf import WIDTH, Copy, Running, paginate, render
from analysis.reports.paper_pieces import Boxed, SectionTitle, Space, Words
from analysis.reports.paper_text import GREY, Face, PaperLanguage, Wording
from analysis.reports.paper_versions import Version, allot, name_of, recording_items
from surveys.logic import parse
from surveys.model import Instrument, Section
from surveys.words import Message, Text, message

MOST_COPIES = 20_000
CONSENT_LINES = 16


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What was written.

    Attributes
    ----------
    pages
        Printed pages of one copy.
    versions
        Letters of the variants on each copy, in order; empty strings where nothing varies.
    """

    pages: int
    versions: tuple[str, ...]


def write_paper(
    instrument: Instrument,
    path: str | Path,
    language: PaperLanguage = "zh",
    copies: int = 1,
    synthetic: bool = False,
    seed: int = 1,
) -> PaperForm:
    """Write the paper form of an instrument as a PDF file; an existing file is replaced.

    Parameters
    ----------
    instrument
        Checked beforehand (see :mod:`surveys.checks`).
    path
        The PDF file.
    language
        ``"zh"``, ``"en"``, or ``"both"``: Chinese with English beneath.
    copies
        Number of forms in the file. Where cases have variants, the versions are allotted equally
        often; otherwise all copies are the same and one copy can go to the printer.
    synthetic
        Print across every page that the form is for made-up answers.
    seed
        Of the random order of the versions.

    Raises
    ------
    AnalysisError
        The instrument is not in this language, the number of copies makes no sense, or a question
        is too long for a page.
    surveys.problems.SurveyError
        An item's condition cannot be read.
    """
    form, data = paper_form(instrument, language, copies, synthetic, seed)
    Path(path).write_bytes(data)
    return form


def paper_form(
    instrument: Instrument,
    language: PaperLanguage = "zh",
    copies: int = 1,
    synthetic: bool = False,
    seed: int = 1,
) -> tuple[PaperForm, bytes]:
    """Return the paper form as PDF bytes; parameters and errors as :func:`write_paper`."""
    if language not in {"zh", "en", "both"}:
        raise AnalysisError("There is no paper form in {language}.", language=language)
    if not 1 <= copies <= MOST_COPIES:
        raise AnalysisError("The number of copies must be between 1 and {most}.", most=MOST_COPIES)
    for code in ("zh", "en") if language == "both" else (language,):
        if code not in instrument.languages:
            raise AnalysisError(
                "The questionnaire is not in this language ({language}); it is in: {languages}.",
                language=code,
                languages=", ".join(instrument.languages),
            )
    wording = Wording(language)
    allotted = allot(instrument, copies, seed)
    made: dict[str, Copy] = {}
    for version in allotted:
        if name_of(version) not in made:
            made[name_of(version)] = _copy(instrument, wording, version, synthetic)
    names = tuple(name_of(version) for version in allotted)
    chosen = [made[name] for name in names]
    title = wording.say(instrument.title)
    return PaperForm(len(chosen[0].pages), names), render(chosen, title, language)


def _copy(instrument: Instrument, wording: Wording, version: Version, synthetic: bool) -> Copy:
    running = Running(
        title=wording.say(instrument.title),
        number=wording.say(message("Form number")),
        foot=f"{instrument.id} {instrument.version} · {instrument.digest[:8]}",
        version=_version_words(wording, version),
        synthetic=wording.say(message("SYNTHETIC – demonstration only")) if synthetic else "",
    )
    return Copy(paginate(_pieces(instrument, wording, version)), running)


def _version_words(wording: Wording, version: Version) -> str:
    name = name_of(version)
    return wording.say(message("Version {letters}", letters=name)) if name else ""


def _pieces(instrument: Instrument, wording: Wording, version: Version) -> list[Piece]:
    pieces = _front(instrument, wording, version)
    numbers = item_numbers(instrument)
    items = ItemPieces(wording, numbers, version, recording_items(instrument))
    for section in instrument.sections:
        pieces += _section(section, instrument, wording, items, numbers)
    thanks = message(
        "This is the end of the questionnaire. Thank you for taking part. Put the form into the "
        "envelope, seal it and drop it into the sealed box yourself; do not hand it to a superior "
        "or a colleague."
    )
    end = wording.lines(thanks, Face(9, 14, bold=True), WIDTH)
    return [*pieces, Space(14), Words(end, keep=False)]


def item_numbers(instrument: Instrument) -> dict[str, int]:
    """Return the printed number of each item; what only records a variant has none."""
    printed = recording_items(instrument)
    asked = [item.id for item in instrument.presented() if item.id not in printed]
    return {name: number for number, name in enumerate(asked, start=1)}


def _front(instrument: Instrument, wording: Wording, version: Version) -> list[Piece]:
    label = message("Form number (written by the person who keys it)")
    box = 5 * 17.5
    masthead = Masthead(
        title=wording.lines(instrument.title, Face(16.5, 24, bold=True), WIDTH - box - 45),
        facts=wording.lines(_facts(instrument), Face(8.5, 13, shade=GREY), WIDTH - box - 45),
        label=wording.lines(label, Face(6.6, 8.6, shade=GREY), box),
        version=name_of(version),
    )
    pieces: list[Piece] = [masthead]
    if instrument.consent:
        pieces += _consent(instrument, wording)
    return [*pieces, Space(7), _how_to(wording), Space(4)]


def _facts(instrument: Instrument) -> Message:
    if instrument.estimated_minutes:
        return message(
            "Voluntary and anonymous. Takes about {n} minutes.", n=instrument.estimated_minutes
        )
    return message("Voluntary and anonymous.")


def _consent(instrument: Instrument, wording: Wording) -> list[Piece]:
    title = wording.lines(message("Before you begin"), Face(9.5, 15, bold=True), WIDTH - 20)
    text = wording.lines(instrument.consent, Face(9, 14.5), WIDTH - 20)
    lines = (title + text).lines
    parts = [lines[start : start + CONSENT_LINES] for start in range(0, len(lines), CONSENT_LINES)]
    last = len(parts) - 1
    return [
        Boxed(type(text)(part), first=number == 0, last=number == last)
        for number, part in enumerate(parts)
    ]


def _how_to(wording: Wording) -> HowTo:
    left, right = WIDTH / 2 - 58, WIDTH / 2 - 45
    tick = message("Tick with a black or blue pen; the small digits are for keying only.")
    shapes = message("Circles: tick one. Squares: tick all that apply.")
    correct = message("To correct: cross out the wrong mark and tick the right one.")
    skip = message("You may tick “Prefer not to answer” anywhere, or leave the question blank.")
    return HowTo(
        title=wording.lines(message("How to fill in the form"), Face(9.5, 14, bold=True), WIDTH),
        tick=wording.lines(tick, SMALL, left),
        shapes=wording.lines(shapes, SMALL, right),
        correct=wording.lines(correct, SMALL, left),
        skip=wording.lines(skip, SMALL, right),
    )


def _section(
    section: Section,
    instrument: Instrument,
    wording: Wording,
    items: ItemPieces,
    numbers: Mapping[str, int],
) -> list[Piece]:
    asked = [instrument.item(name) for name in section.item_ids]
    conditions = {
        item.id: only_if(parse(item.relevance), instrument, numbers)
        for item in asked
        if item.relevance
    }
    body = items.of(asked, conditions)
    if not body:
        return []
    title = SectionTitle(
        wording.lines(section.title, Face(11, 16, bold=True), WIDTH - 20),
        wording.lines(section.instruction or Text({}), MAIN, WIDTH),
    )
    return [Space(12), title, *body]
