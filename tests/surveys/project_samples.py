"""A small questionnaire with every kind of item, and forms filled in with it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from surveys.answers import Missing
from surveys.entry import Entry, EntryBuilder
from surveys.model import Instrument, Item, ItemKind, Option, ResponseScale, Section
from surveys.study import Study
from surveys.words import Text

PASSPHRASE = "correct 马 battery 's \" staple"
NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


def text(words: str) -> Text:
    return Text({"zh": words, "en": words})


AGREE = ResponseScale("agree5", 1, 5)
OPTIONS = tuple(Option(code, text(f"选项{code}")) for code in (1, 2, 3, 300))
STUDY = Study(title=text("试验"))


def small_instrument(version: str = "1", title: str = "小问卷") -> Instrument:
    items = (
        Item(id="Q1", kind=ItemKind.LIKERT, text=text("我敢于尝试"), scale=AGREE),
        Item(id="Q2", kind=ItemKind.LIKERT, text=text("我愿意担责"), scale=AGREE, reverse=True),
        Item(
            id="R1",
            kind=ItemKind.RATING,
            text=text("评分"),
            scale=ResponseScale("r", -200, 200),
        ),
        Item(id="AT", kind=ItemKind.ATTENTION, text=text("请选3"), scale=AGREE, correct=3),
        Item(id="S1", kind=ItemKind.SINGLE, text=text("单选"), options=OPTIONS),
        Item(id="M1", kind=ItemKind.MULTIPLE, text=text("多选"), options=OPTIONS),
        Item(id="N1", kind=ItemKind.NUMBER, text=text("人数"), minimum=0, maximum=5000),
        Item(id="N2", kind=ItemKind.NUMBER, text=text("小时"), integer=False),
        Item(id="D1", kind=ItemKind.DATE, text=text("日期")),
        Item(id="C1", kind=ItemKind.CODE, text=text("县"), pattern="C[0-9]{2}", cluster_level=3),
        Item(id="T1", kind=ItemKind.TEXT, text=text("建议")),
    )
    ids = tuple(item.id for item in items)
    return Instrument(
        id="small",
        version=version,
        title=text(title),
        sections=(Section("a", text("甲"), ids[:5]), Section("b", text("乙"), ids[5:])),
        items=items,
    )


FULL: dict[str, object] = {
    "Q1": 4,
    "Q2": 2,
    "R1": -150,
    "AT": 3,
    "S1": 300,
    "M1": [2, 1],
    "N1": 12,
    "N2": 7.5,
    "D1": "2024-02-29",
    "C1": "C07",
    "T1": "少开会，多办事",
}


def some_entries(n: int, seed: int = 1, instrument: Instrument | None = None) -> list[Entry]:
    draw = random.Random(seed)
    builder = EntryBuilder(instrument or small_instrument())
    return [
        builder.build(
            {
                **FULL,
                "Q1": draw.randint(1, 5),
                "Q2": draw.choice([1, 2, 3, 4, 5, Missing.PREFER_NOT]),
                "N1": draw.randint(0, 5000),
                "M1": draw.sample([1, 2, 3, 300], draw.randint(0, 4)),
                "T1": draw.choice([None, "好", "很长的建议" * 30]),
            },
            serial=f"{seed}-{number}",
            seconds=float(draw.randint(60, 900)),
            batch="b1",
        )
        for number in range(n)
    ]
