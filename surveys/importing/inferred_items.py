"""Items made from columns that nothing but their cells describes."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence

from surveys.importing.cells import chosen_parts, whole_number
from surveys.importing.column_profile import Profile, Sort
from surveys.importing.inference_blocks import Block, point_wordings
from surveys.model import Anchor, Item, ItemKind, Option, ResponseScale, Sensitivity
from surveys.words import Text

MAX_OPTIONS = 12
_MAX_CODE = 9999
_NUMBER_NAMES = re.compile(
    r"\bage\b|^age|_age|year|days?\b|hours?\b|minutes?\b|count|number|income|height|weight"
    r"|年龄|岁|年限|天数|小时|次数|人数|数量|收入|分数|总分",
    re.IGNORECASE,
)
_BACKGROUND_NAMES = re.compile(
    r"gender|sex\b|^age|_age|birth|edu|degree|rank|dept|department|county|town|village|region"
    r"|province|city|district|position|post\b|job|title|leader|tenure|years|party|ethnic|marital|^D_"
    r"|性别|年龄|出生|学历|教育|职级|职务|岗位|部门|单位|县|乡|镇|街道|地区|省|市|区|年限|工龄|党|民族|婚",
    re.IGNORECASE,
)


class ItemMaker:
    """Makes items with ids of their own.

    Parameters
    ----------
    language
        Language of the wordings in the file.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._taken: set[str] = set()

    def text(self, wording: str) -> Text:
        """Make a wording in the file's language."""
        return Text({self._language: wording})

    def new_id(self, name: str, position: int) -> str:
        """Return an id that is as near to a name as ids allow, and not yet taken.

        Parameters
        ----------
        name
            What the file calls the column.
        position
            Its number in the file, for names without a Latin letter.
        """
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:40]
        number = re.match(r"[QqTt]?(\d+)", name.strip())
        if not re.search(r"[A-Za-z]", plain) or not name.isascii():
            plain = f"Q{number[1] if number else position}"
        if not plain[0].isalpha():
            plain = f"Q{plain}"
        chosen, n = plain, 1
        while chosen.casefold() in self._taken:
            n += 1
            chosen = f"{plain}_{n}"
        self._taken.add(chosen.casefold())
        return chosen

    def on_scale(self, profile: Profile, position: int, block: Block) -> Item:
        """Make a Likert or rating item of a column in a block."""
        scale = ResponseScale(
            id=f"{'rating' if block.rating else 'scale'}_{block.low}_{block.high}".replace(
                "-", "m"
            ),
            minimum=block.low,
            maximum=block.high,
            anchors=tuple(
                Anchor(point, self.text(wording))
                for point, wording in sorted(block.wordings.items())
                if block.low <= point <= block.high
            ),
        )
        return Item(
            id=self.new_id(profile.name, position),
            kind=ItemKind.RATING if block.rating else ItemKind.LIKERT,
            text=self._question(profile),
            scale=scale,
        )

    def alone(self, profile: Profile, position: int) -> Item:
        """Make an item of a column that is on no scale."""
        item_id = self.new_id(profile.name, position)
        text = self._question(profile)
        background = bool(_BACKGROUND_NAMES.search(profile.name))
        if options := self._options(profile):
            kind = ItemKind.MULTIPLE if joined_choices(profile) else ItemKind.SINGLE
            return Item(
                id=item_id, kind=kind, text=text, options=options, quasi_identifier=background
            )
        match profile.sort:
            case Sort.INTEGER | Sort.DECIMAL:
                return Item(
                    id=item_id,
                    kind=ItemKind.NUMBER,
                    text=text,
                    integer=profile.sort is Sort.INTEGER,
                    quasi_identifier=background,
                )
            case Sort.DATE:
                return Item(id=item_id, kind=ItemKind.DATE, text=text, quasi_identifier=True)
            case Sort.CODE:
                return Item(id=item_id, kind=ItemKind.CODE, text=text, quasi_identifier=True)
            case _:
                return Item(id=item_id, kind=ItemKind.TEXT, text=text, sensitivity=Sensitivity.HIGH)

    def with_columns(self, stem: str, position: int, parts: Sequence[tuple[int, Profile]]) -> Item:
        """Make a multiple choice of columns that each stand for one option."""
        options = tuple(
            Option(code, self.text(part.column.label.get("zh") if part.column.label else part.name))
            for code, part in parts
        )
        return Item(
            id=self.new_id(stem, position),
            kind=ItemKind.MULTIPLE,
            text=self.text(stem),
            options=options,
        )

    def _question(self, profile: Profile) -> Text:
        label = profile.column.label
        return self.text(label.get(self._language) if label else profile.name)

    def _options(self, profile: Profile) -> tuple[Option, ...]:
        if profile.sort is Sort.INTEGER:
            codes = _choice_codes(profile)
            wordings = point_wordings(profile)
            return tuple(Option(code, self.text(wordings.get(code, str(code)))) for code in codes)
        parts = joined_choices(profile)
        if parts or profile.sort is Sort.CATEGORY:
            words = codes_of_words(parts or sorted(profile.texts))
            return tuple(Option(code, self.text(text)) for text, code in words.items())
        return ()


def codes_of_words(words: Sequence[str]) -> dict[str, int]:
    """Give each word a code; a word that is a number keeps it, so that cells read the same.

    Returns
    -------
    dict
        Word to code, by code; empty if two words are the same number, or one cannot be a code.
    """
    numbers = {word: whole_number(word) for word in words}
    kept = {word: number for word, number in numbers.items() if number is not None}
    taken = set(kept.values())
    if len(taken) < len(kept) or any(not 0 <= number <= _MAX_CODE for number in taken):
        return {}
    free = (code for code in range(1, _MAX_CODE) if code not in taken)
    codes = {word: kept[word] if word in kept else next(free) for word in words}
    return dict(sorted(codes.items(), key=operator.itemgetter(1)))


def joined_choices(profile: Profile) -> list[str]:
    """Return the different choices where cells hold several of them, else nothing."""
    if profile.sort not in {Sort.TEXT, Sort.CATEGORY}:
        return []
    marked = [text for text in profile.texts if "┋" in text]
    codes = all(re.fullmatch(r"\d+([;；┋|]\d+)*", text) for text in profile.texts)
    if not marked and not (codes and any(not text.isdigit() for text in profile.texts)):
        return []
    parts = sorted({part for text in profile.texts for part in chosen_parts(text)})
    return parts if 2 <= len(parts) <= 60 else []


def _choice_codes(profile: Profile) -> list[int]:
    """Return the codes of a choice, or nothing where the numbers are rather amounts."""
    wordings = point_wordings(profile)
    codes = sorted({*profile.numbers, *wordings})
    if codes[0] < 0 or codes[-1] > _MAX_CODE or len(codes) < 2:
        return []
    labelled = sum(number in wordings for number in profile.numbers)
    if labelled * 2 > len(profile.numbers):
        return codes
    if len(codes) > MAX_OPTIONS or len(codes) * 2 > max(4, profile.n_valid):
        return []
    if _NUMBER_NAMES.search(profile.name) and len(codes) > 6:
        return []
    spread = [code for code in codes if code not in profile.doubtful()]
    return codes if spread[-1] - spread[0] <= 2 * MAX_OPTIONS else []
