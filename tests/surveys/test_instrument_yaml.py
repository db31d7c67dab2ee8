"""Instruments as YAML: what is read, what is refused and where, and the way back."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import bank
from surveys.instrument_yaml import (
    inspect_instrument,
    load_instrument,
    read_instrument,
    write_instrument,
)
from surveys.model import (
    Anchor,
    Construct,
    Family,
    Instrument,
    Item,
    ItemKind,
    Option,
    ResponseScale,
    Scoring,
    Section,
    Sensitivity,
    Valence,
    Variant,
)
from surveys.problems import Severity, SurveyError
from surveys.words import Text, Words

SMALL = """\
schema_version: '1.0'
instrument:
  id: small
  version: 1.0.0
  title: {zh: 小卷, en: Small}
scales:
  agree3:
    type: likert
    min: 1
    max: 3
    anchors:
      1: {zh: 不同意, en: Disagree}
      '3': {zh: 同意, en: Agree}
  rate:
    type: rating
    min: 0
    max: 10
    anchors_per_item: true
constructs:
- {id: OWN, zh: 自有, en: Own, role: driver, definition: One's own, high_means: 更多}
sections:
- id: S1
  title: {zh: 一, en: One}
  item_ids: [Q1, Q2, Q3]
items:
- id: Q1
  type: likert
  construct: OWN
  scale: agree3
  text: {zh: 甲, en: A}
- id: Q2
  type: single_choice
  text: {zh: 乙, en: B}
  options:
  - {code: 1, label: {zh: 是, en: 'Yes'}}
  - {code: 2, label: {zh: 否, en: No}}
- id: Q3
  type: rating
  scale: rate
  text: {zh: 丙, en: C}
  show_if: {item: Q2, equals: 1}
  anchors:
    0: {zh: 无, en: None at all}
    10: {zh: 全, en: All}
"""


def problems(text: str):
    """Return (code, line, path, severity) of each problem of a text."""
    _, found = inspect_instrument(text, "f.yaml")
    return [
        (p.code, p.where.values["line"], p.where.values.get("path", ""), p.severity) for p in found
    ]


def errors(text: str):
    return {(code, path) for code, _, path, level in problems(text) if level is Severity.ERROR}


def test_small_instrument_is_read_in_full():
    """The format's parts arrive in the model: scales, own anchors, integer and text keys, show_if."""
    instrument = read_instrument(SMALL, "f.yaml")
    assert problems(SMALL) == []
    assert instrument.title == Text({"zh": "小卷", "en": "Small"})
    q1, q2, q3 = instrument.items
    assert [a.value for a in q1.scale.anchors] == [1, 3]
    assert q2.options[1].label.get("en") == "No"
    assert q3.relevance == "Q2 = 1"
    assert q3.scale.label(10).get("en") == "All"
    own = instrument.constructs[0]
    assert own.label.get("zh") == "自有"
    assert own.definition == Text({"en": "One's own"})
    assert own.high_means == Text({"zh": "更多"})
    assert instrument.scoring == Scoring(2, 3)


@pytest.mark.parametrize("name", bank.INSTRUMENTS)
def test_bank_survives_the_round_trip(name):
    """Writing a shipped instrument and reading it again gives the equal instrument, no warnings."""
    instrument = bank.load(name)
    again, found = inspect_instrument(write_instrument(instrument), "again.yaml")
    assert again == instrument
    assert again.digest == instrument.digest
    assert found == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  version: 1.0.0\n", "", ("missing-key", "instrument")),
        ("scale: agree3\n", "scale: agree4\n", ("unknown-word", "items[0].scale")),
        (
            "type: likert\n  construct",
            "type: lickert\n  construct",
            ("unknown-word", "items[0].type"),
        ),
        ("    max: 3\n", "    max: 1\n", ("empty-range", "scales.agree3.min")),
        ("    max: 3\n", "    max: three\n", ("wrong-type", "scales.agree3.max")),
        ("      '3'", "      7", ("anchor-out-of-range", "scales.agree3.anchors.7")),
        ("[Q1, Q2, Q3]", "[Q1, Q2]", ("item-in-no-section", "items[2]")),
        ("[Q1, Q2, Q3]", "[Q1, Q2, Q3, Q1]", ("item-in-two-sections", "sections[0].item_ids[3]")),
        ("[Q1, Q2, Q3]", "[Q1, Q2, Q3, Q9]", ("unknown-item", "sections[0].item_ids[3]")),
        ("- id: Q2", "- id: Q1", ("duplicate-item", "items[1].id")),
        ("- id: Q2", "- id: 2Q", ("bad-id", "items[1].id")),
        ("- {code: 2", "- {code: 1", ("duplicate-option", "items[1].options[1].code")),
        ("- {code: 2", "- {code: -98", ("bad-code", "items[1].options[1].code")),
        ("construct: OWN", "construct: NONE", ("unknown-construct", "items[0].construct")),
        ("item: Q2, equals", "item: Q8, equals", ("bad-relevance", "items[2].show_if")),
        ("item: Q2, equals", "item: Q3, equals", ("bad-relevance", "items[2].show_if")),
        ("zh: 甲, en: A", "zh: 甲, en: true", ("boolean-as-text", "items[0].text.en")),
        ("schema_version: '1.0'", "schema_version: '2.0'", ("schema-version", "schema_version")),
        ("    max: 10\n", "    max: 10\n    max: 11\n", ("duplicate-key", "scales.rate.max")),
        ("  construct: OWN\n", "  pattern: x\n", ("key-without-effect", "items[0].pattern")),
        (
            "  construct: OWN\n",
            "  sensitivity: extreme\n",
            ("unknown-word", "items[0].sensitivity"),
        ),
        ("role: driver", "family: nowhere", ("unknown-word", "constructs[0].family")),
    ],
)
def test_each_error_is_found_at_its_place(old, new, expected):
    """One broken line gives that error with the path of the value."""
    assert SMALL.count(old) >= 1
    assert expected in errors(SMALL.replace(old, new, 1))


def test_all_errors_are_raised_together_with_lines():
    """A person corrects the whole file at once, so one error carries every problem."""
    text = SMALL.replace("scale: agree3", "scale: nope").replace("- {code: 2", "- {code: 1")
    with pytest.raises(SurveyError) as caught:
        read_instrument(text, "f.yaml")
    found = {p.code: p.where.values["line"] for p in caught.value.problems}
    lines = text.splitlines()
    assert "nope" in lines[found["unknown-word"] - 1]
    assert "No" in lines[found["duplicate-option"] - 1]
    for problem in caught.value.problems:
        for language in ("zh", "en"):
            assert "{" not in Words(language).say(problem)


def test_unknown_key_is_a_warning_that_suggests_the_nearest():
    """A mistyped key must not vanish silently, and must not stop the work either."""
    text = SMALL.replace("  construct: OWN\n", "  constuct: OWN\n")
    instrument, found = inspect_instrument(text, "f.yaml")
    assert instrument is not None
    assert [p.code for p in found] == ["unknown-key"]
    assert found[0].severity is Severity.WARNING
    assert found[0].remedy.values["near"] == "construct"


def test_missing_translation_and_required_are_warnings():
    """Untranslated text and 'required: true' are said, but the instrument can be used."""
    text = SMALL.replace("zh: 甲, en: A", "zh: 甲, en: ''").replace(
        "- id: Q1", "- required: true\n  id: Q1"
    )
    assert {code for code, *_ in problems(text)} == {"empty-text", "always-skippable"}
    read_instrument(text, "f.yaml")


def test_missing_codes_must_be_the_programs_own():
    """A file with other codes would have its refusals read as something else."""
    block = "missing_codes:\n  prefer_not: {code: -9}\n  skipped: {code: null}\nscales:"
    assert ("missing-code", "missing_codes.prefer_not.code") in errors(
        SMALL.replace("scales:", block, 1)
    )
    good = block.replace("-9", "-98")
    assert errors(SMALL.replace("scales:", good, 1)) == set()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("3 * n_valid >= 2 * n_items", (2, 3)), ("2*n_valid >= 1*n_items", (1, 2))],
)
def test_scoring_rule_is_read(rule, expected):
    """The rule of least valid items becomes a fraction."""
    text = SMALL.replace("scales:", f"scoring: {{min_valid_rule: '{rule}'}}\nscales:", 1)
    scoring = read_instrument(text, "f").scoring
    assert (scoring.numerator, scoring.denominator) == expected


@pytest.mark.parametrize(
    "block",
    [
        "min_valid_rule: 'n_valid > 3'",
        "min_valid_rule: '2 * n_valid >= 3 * n_items'",
        "method: sum",
        "reverse: 6 - x",
        "min_valid_items: {'3': 3}",
    ],
)
def test_scoring_the_program_does_not_do_is_refused(block):
    """No scoring rule is silently replaced by another."""
    text = SMALL.replace("scales:", f"scoring: {{{block}}}\nscales:", 1)
    assert {code for code, _ in errors(text)} == {"unknown-scoring"}


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|aa)*b", "[", r"(a)\1", "(?=a)a", "a*a*a*b", "((a*)){20}", "x" * 300]
)
def test_dangerous_patterns_are_refused(pattern):
    """A pattern must be valid and must not be able to run for hours."""
    item = f"- id: Q4\n  type: code\n  text: {{zh: 码, en: Code}}\n  pattern: '{pattern}'\n"
    text = SMALL.replace("Q3]", "Q3, Q4]") + item
    assert ("bad-pattern", "items[3].pattern") in errors(text)


@pytest.mark.parametrize(
    "pattern", ["^C[0-9]{2}$", "[AB]", "(A|B){2}", r"\d{3}-?\d+", "[]x]+", "([0-9]{2}-){2}[0-9]"]
)
def test_ordinary_patterns_are_taken(pattern):
    """The patterns that codes need are not refused with the dangerous ones."""
    item = f"- id: Q4\n  type: code\n  text: {{zh: 码, en: Code}}\n  pattern: '{pattern}'\n"
    assert errors(SMALL.replace("Q3]", "Q3, Q4]") + item) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"),
        ("\ufeff \n", "empty-file"),
        ("# only a comment\n", "empty-file"),
        ("a: [1", "not-yaml"),
        ("a:\n\t- b", "not-yaml"),
        ("a: 1\n---\nb: 2\n", "several-documents"),
        ("a: &x [*x]", "bad-alias"),
        ("a: *nobody", "not-yaml"),
        ("a: !!python/object/apply:os.system [x]", "bad-tag"),
        ("[" * 60 + "]" * 60, "too-deep"),
        ("? [a, b]\n: c", "bad-key"),
        ("a: \x07", "bad-character"),
        ("a: " + "x" * 1_000_001, "too-large"),
    ],
)
def test_what_is_not_yaml_gets_a_sentence(text, code):
    """Every unusable text ends in one problem, never in the parser's own exception."""
    with pytest.raises(SurveyError) as caught:
        read_instrument(text, "f.yaml")
    if code == "not-yaml" and "*nobody" in text:
        assert caught.value.problems[0].code in {"not-yaml", "bad-alias"}
    else:
        assert [p.code for p in caught.value.problems] == [code]


def test_aliases_cannot_fill_the_memory():
    """A few lines of nested aliases that stand for billions of values are refused."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        inner = ", ".join([f"*a{level - 1}"] * 10)
        rows.append(f"a{level}: &a{level} [{inner}]")
    with pytest.raises(SurveyError) as caught:
        read_instrument("\n".join(rows), "bomb.yaml")
    assert caught.value.problems[0].code == "too-large"


def test_harmless_aliases_are_read():
    """An anchor shared by two texts is ordinary YAML."""
    text = SMALL.replace("{zh: 甲, en: A}", "&t {zh: 甲, en: A}").replace("{zh: 乙, en: B}", "*t")
    instrument = read_instrument(text, "f")
    assert instrument.item("Q2").text == instrument.item("Q1").text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("instrument: 题".encode("gbk"), "wrong-encoding"),
        ("instrument: 题".encode("utf-16"), "wrong-encoding"),
        (b"SQLite format 3\x00\x01", "not-text"),
        (b"", "empty-file"),
    ],
)
def test_files_that_are_no_utf8_text(tmp_path, data, code):
    """Encodings and binary files are named for what they are."""
    file = tmp_path / "题 卷.yaml"
    file.write_bytes(data)
    with pytest.raises(SurveyError) as caught:
        load_instrument(file)
    assert [p.code for p in caught.value.problems] == [code]


def test_folder_and_missing_file(tmp_path):
    """A folder or a wrong name is a sentence too."""
    with pytest.raises(SurveyError, match="folder"):
        load_instrument(tmp_path)
    with pytest.raises(SurveyError, match="no file"):
        load_instrument(tmp_path / "none.yaml")


def test_byte_order_mark_is_no_problem(tmp_path):
    """Windows editors put a mark at the start of UTF-8 files."""
    file = tmp_path / "f.yaml"
    file.write_text(SMALL, encoding="utf-8-sig")
    assert load_instrument(file).id == "small"


def test_vignette_text_becomes_whole_variants():
    """What the variants share is put before what differs, without a space in Chinese."""
    text = SMALL.replace(
        "  show_if: {item: Q2, equals: 1}\n",
        "  vignette: V1\n  vignette_text:\n    base: {zh: 甲。, en: One.}\n    variants:\n"
        "      A: {zh: 乙。, en: Two.}\n      B: {zh: 丙。, en: Three.}\n",
    )
    item = read_instrument(text, "f").item("Q3")
    assert item.vignette == "V1"
    assert item.variants == (
        Variant("A", Text({"zh": "甲。乙。", "en": "One. Two."})),
        Variant("B", Text({"zh": "甲。丙。", "en": "One. Three."})),
    )


@pytest.mark.parametrize("value", ["[1, [2]]", "{a: {b: c}}", "''", "9", "true", "null"])
def test_unusual_values_are_problems_only(value):
    """A value of the wrong type anywhere is a problem, never an exception of the program's own."""
    for line in SMALL.splitlines():
        key, colon, rest = line.partition(": ")
        if not colon:
            continue
        text = SMALL.replace(line, f"{key}: {value}", 1)
        try:
            instrument, found = inspect_instrument(text, "f.yaml")
        except SurveyError as error:
            assert error.problems, rest
        else:
            assert instrument is not None or found, rest


words = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff"
    ),
    min_size=1,
    max_size=30,
).filter(lambda s: s.strip())
tricky = st.sampled_from(
    ["no", "Yes", "on", "null", "~", "1.0", "0x1F", "- a", "a: b", "#x", "a #b", "'", '"', "a\nb",
     " x", "x ", "{", "[", "*a", "&a", "!t", "%d", "@", "`", "|", ">", "<<", "=", "1_000", "2026-01-01",
     "12:30:00", "a\tb", "\\", "x:", "？", "…", "\u2028", "\x85", "---", "..."]
)  # fmt: skip
texts = st.fixed_dictionaries({"zh": words | tricky, "en": words | tricky}).map(Text)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)


@st.composite
def scales(draw):
    low = draw(st.integers(-3, 5))
    high = low + draw(st.integers(1, 10))
    worded = draw(st.sets(st.integers(low, high)))
    anchors = tuple(Anchor(value, draw(texts)) for value in sorted(worded))
    return ResponseScale(draw(st.sampled_from(["", "s1", "s2", "no"])), low, high, anchors)


@st.composite
def items(draw, name, constructs):
    kind = draw(st.sampled_from(list(ItemKind)))
    extra = {}
    if kind.ordered:
        extra["scale"] = draw(scales())
    if kind is ItemKind.ATTENTION:
        extra["correct"] = draw(st.sampled_from(list(extra["scale"].points)))
    if kind is ItemKind.LIKERT:
        extra["reverse"] = draw(st.booleans())
    if kind in {ItemKind.SINGLE, ItemKind.MULTIPLE}:
        codes = draw(st.lists(st.integers(0, 9999), min_size=2, max_size=5, unique=True))
        extra["options"] = tuple(Option(c, draw(texts), draw(st.booleans())) for c in codes)
    if kind is ItemKind.NUMBER:
        whole = draw(st.booleans())
        extra["integer"] = whole
        low = draw(st.none() | st.integers(-100, 100) | st.floats(-1e6, 1e6))
        extra["minimum"] = low
        extra["maximum"] = None if low is None else low + draw(st.integers(1, 1000))
        extra["unit"] = draw(st.none() | texts)
    if kind is ItemKind.CODE:
        extra["pattern"] = draw(st.sampled_from([None, "C[0-9]{2}", "a: #'\\d"]))
    if kind in {ItemKind.CODE, ItemKind.TEXT}:
        extra["max_chars"] = draw(st.none() | st.integers(1, 5000))
    if draw(st.booleans()):
        extra["vignette"] = draw(names)
        extra["variants"] = (Variant("A", draw(texts)), Variant("B", draw(texts)))
    return Item(
        id=name,
        kind=kind,
        text=draw(texts),
        construct=draw(st.sampled_from([None, *constructs])),
        sensitivity=draw(st.sampled_from(list(Sensitivity))),
        quasi_identifier=draw(st.booleans()),
        cluster_level=draw(st.none() | st.integers(2, 4)),
        gap_role=draw(st.sampled_from([None, "directive", "honoured"])),
        note=draw(st.none() | texts),
        **extra,
    )


@st.composite
def instruments(draw):
    ids = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    families = draw(st.lists(names, max_size=2, unique=True))
    constructs = draw(st.lists(names, max_size=3, unique=True))
    cut = draw(st.integers(0, len(ids)))
    made = [draw(items(name, constructs)) for name in ids]
    if len(ids) > 1:
        made[-1] = msgspec.structs.replace(
            made[-1], relevance=f'{ids[0]} = 1 or not {ids[0]} < "b"'
        )
    return Instrument(
        id=draw(names),
        version=draw(st.sampled_from(["1.0", "1.0.0", "2"])),
        title=draw(texts),
        sections=(
            Section(
                "S1", draw(texts), tuple(ids[:cut]), draw(st.none() | texts), draw(st.booleans())
            ),
            Section("S2", draw(texts), tuple(ids[cut:])),
        ),
        items=tuple(made),
        constructs=tuple(
            Construct(
                name,
                draw(texts),
                draw(st.sampled_from(["outcome", "mediator", "driver", "context"])),
                draw(st.sampled_from([None, *families])),
                draw(st.just(Text({})) | texts),
                draw(st.just(Text({})) | texts),
                draw(st.sampled_from(list(Valence))),
            )
            for name in constructs
        ),
        families=tuple(Family(name, draw(texts)) for name in families),
        purpose=draw(st.none() | texts),
        consent=draw(st.none() | texts),
        origin=draw(st.just("") | words),
        estimated_minutes=draw(st.none() | st.integers(1, 60)),
        scoring=draw(st.sampled_from([Scoring(), Scoring(1, 2), Scoring(1, 1)])),
        inferred=draw(st.booleans()),
    )


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(instruments())
def test_any_instrument_survives_the_round_trip(instrument):
    """Whatever an editor or importer makes can be saved as YAML and read back equal."""
    assert read_instrument(write_instrument(instrument), "f.yaml") == instrument


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mangled_files_end_in_problems_only(data):
    """Cutting out or doubling any piece of a good file never raises anything but SurveyError."""
    start = data.draw(st.integers(0, len(SMALL)))
    length = data.draw(st.integers(0, 80))
    insert = data.draw(
        st.sampled_from(["", ":", "- ", "\n", "'", "{", "]", "  ", "\t", "9", "null"])
    )
    text = SMALL[:start] + insert + SMALL[start + length :]
    try:
        instrument, found = inspect_instrument(text, "f.yaml")
    except SurveyError as error:
        assert error.problems
    else:
        assert instrument is not None or found
