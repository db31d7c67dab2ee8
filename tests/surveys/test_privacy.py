"""Nothing shown lets a small group be worked out, and persons are found wherever they are named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.identifiers import find_persons, id_number_is_valid
from surveys.model import Item, ItemKind, Sensitivity
from surveys.privacy import (
    IdentifierKind,
    difference_too_small,
    find_identifiers,
    hides_distribution,
    homogeneous,
    looks_like_identifier,
    mask,
    may_show_grouping,
    round_n,
    round_percent,
    share_unique,
    smallest_combination,
    suppress,
    suppress_nested,
    suppress_table,
)
from surveys.suppression import Line, follows, hide
from tests.surveys.project_samples import text

COUNTS = st.integers(0, 30) | st.integers(0, 200) | st.just(0)
THRESHOLDS = st.sampled_from([5, 10, 20])


def open_intervals(counts, lines, hidden):
    """For each hidden count, how far it can move while all lines hold and none gets negative."""
    places = [place for place, is_hidden in enumerate(hidden) if is_hidden]
    column = {place: number for number, place in enumerate(places)}
    matrix = np.zeros((len(lines), len(places)))
    known = np.zeros(len(lines))
    for row, line in enumerate(lines):
        for place, sign in [(line.whole, -1), *((part, 1) for part in line.parts)]:
            if place in column:
                matrix[row, column[place]] = sign
            else:
                known[row] -= sign * counts[place]
    widths = {}
    for place in places:
        goal = np.zeros(len(places))
        goal[column[place]] = 1
        ends = [
            linprog(sign * goal, A_eq=matrix, b_eq=known, bounds=(0, 10_000)) for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends)
        widths[place] = -ends[1].fun - ends[0].fun
    return widths


def table_problem(table):
    """A two-way table as counts and lines, made apart from the code under test."""
    table = np.asarray(table)
    wide = np.block(
        [[table, table.sum(1)[:, None]], [table.sum(0)[None], np.array([[table.sum()]])]]
    )
    places = np.arange(wide.size).reshape(wide.shape)
    lines = [Line(int(row[-1]), tuple(map(int, row[:-1]))) for row in places]
    lines += [Line(int(column[-1]), tuple(map(int, column[:-1]))) for column in places.T]
    return [int(n) for n in wide.ravel()], lines


def flat(found):
    rows = [[*cells, total] for cells, total in zip(found.cells, found.rows, strict=True)]
    return [is_hidden for row in [*rows, [*found.columns, found.total]] for is_hidden in row]


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([43, 38, 9, 25], [9, 25]),
        ([43, 38, 6, 2], [6, 2, 38]),
        ([60, 52, 8], [8, 52]),
        ([43, 38, 9, 0], [9, 38]),
        ([43, 38, 6, 7], [6, 7]),
        ([10, 11, 12], []),
        ([9, 0, 0], [9]),
        ([3, 4], [3, 4]),
        ([0, 0], []),
        ([], []),
    ],
)
def test_small_groups_are_hidden_with_the_next_smallest(counts, hidden):
    found = suppress(counts, 10)
    assert sorted(n for n, is_hidden in zip(counts, found, strict=True) if is_hidden) == sorted(
        hidden
    )


@given(st.lists(COUNTS, max_size=8), THRESHOLDS)
def test_one_way_rule(counts, threshold):
    hidden = suppress(counts, threshold)
    assert len(hidden) == len(counts)
    assert all(h for n, h in zip(counts, hidden, strict=True) if 0 < n < threshold)
    assert not any(h for n, h in zip(counts, hidden, strict=True) if n == 0)
    inside = [n for n, h in zip(counts, hidden, strict=True) if h]
    everything = sum(hidden) == sum(n > 0 for n in counts)
    if inside and not everything:
        assert len(inside) >= 2
        assert sum(inside) >= threshold
    if all(n == 0 or n >= threshold for n in counts):
        assert not any(hidden)


@given(st.lists(COUNTS, min_size=1, max_size=8), THRESHOLDS)
def test_one_way_hides_no_large_group_without_need(counts, threshold):
    """Taking the largest hidden group out of a complementary set breaks the rule."""
    hidden = suppress(counts, threshold)
    extra = [n for n, h in zip(counts, hidden, strict=True) if h and n >= threshold]
    small = [n for n, h in zip(counts, hidden, strict=True) if h and n < threshold]
    if extra:
        rest = small + sorted(extra)[:-1]
        assert len(rest) < 2 or sum(rest) < threshold


TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(TABLES, THRESHOLDS)
@settings(max_examples=50, deadline=None)
def test_no_hidden_cell_or_margin_of_a_table_follows_from_what_is_shown(table, threshold):
    hidden = flat(suppress_table(table, threshold))
    counts, lines = table_problem(table)
    for n, is_hidden in zip(counts, hidden, strict=True):
        if 0 < n < threshold:
            assert is_hidden
        if n == 0:
            assert not is_hidden
    for place, width in open_intervals(counts, lines, hidden).items():
        assert width > 0.5, place
    if all(n == 0 or n >= threshold for n in counts):
        assert not any(hidden)


@given(TABLES, THRESHOLDS)
def test_rows_and_columns_hide_none_or_two_cells_that_hold_the_threshold(table, threshold):
    found = suppress_table(table, threshold)
    table, cells = np.array(table), np.array(found.cells)
    for counts, hidden in [*zip(table, cells, strict=True), *zip(table.T, cells.T, strict=True)]:
        if hidden.any() and hidden.sum() < np.count_nonzero(counts):
            assert hidden.sum() >= 2
            assert counts[hidden].sum() >= threshold


def test_one_small_cell_takes_partners_in_its_row_and_column_and_these_have_theirs():
    found = suppress_table([[40, 30, 20], [25, 7, 33], [50, 60, 70]], 10)
    assert found.cells == ((True, True, False), (True, True, False), (False, False, False))
    assert not any([*found.rows, *found.columns, found.total])


def test_two_hidden_blocks_joined_by_one_cell_do_not_give_that_cell_away():
    """Every row and column has two hidden cells, and yet the joining cell would follow."""
    table = [[10, 12, 0, 0], [12, 10, 18, 0], [0, 0, 12, 10], [0, 0, 10, 12]]
    counts, lines = table_problem(table)
    primary = [0 < n < 20 for n in counts]
    joining = counts.index(18)
    assert joining in follows(counts, lines, primary)
    hidden = hide(counts, lines, 20)
    assert follows(counts, lines, hidden) == ()
    assert min(open_intervals(counts, lines, hidden).values()) > 0.5


@given(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=1, max_size=4), THRESHOLDS)
@settings(max_examples=50, deadline=None)
def test_groups_within_groups_do_not_follow_from_the_sums(groups, threshold):
    found = suppress_nested(groups, threshold)
    sums = [sum(group) for group in groups]
    counts = [n for group in groups for n in group] + [*sums, sum(sums)]
    hidden = [h for group in found.parts for h in group] + [*found.groups, found.total]
    lines, begin = [], 0
    n_parts = sum(map(len, groups))
    for number, group in enumerate(groups):
        lines.append(Line(n_parts + number, tuple(range(begin, begin + len(group)))))
        begin += len(group)
    lines.append(Line(n_parts + len(groups), tuple(range(n_parts, n_parts + len(groups)))))
    assert all(h for n, h in zip(counts, hidden, strict=True) if 0 < n < threshold)
    for place, width in open_intervals(counts, lines, hidden).items():
        assert width > 0.5, place
    if all(n == 0 or n >= threshold for n in counts):
        assert not any(hidden)


def test_a_county_s_total_stays_while_two_townships_are_hidden():
    found = suppress_nested([[60, 52, 8]], 10)
    assert found.parts == ((False, True, True),)
    assert (found.groups, found.total) == ((False,), False)


def test_a_hidden_county_takes_another_one_with_it():
    found = suppress_nested([[60, 52], [4, 3], [30, 22]], 10)
    assert found.groups == (False, True, True)
    assert found.parts[1:] == ((True, True), (True, True))


def test_contradicting_counts_are_refused():
    for counts, line in (([1, 2, 4], Line(2, (0, 1))), ([-1, 2, 1], Line(2, (0, 1)))):
        with pytest.raises(ValueError, match="must"):
            hide(counts, [line], 10)
    with pytest.raises(ValueError, match="same number"):
        suppress_table([[1, 2], [3]], 10)


def test_nearly_everybody_giving_one_answer_is_homogeneous():
    assert homogeneous([13, 1])
    assert homogeneous([9, 1])
    assert homogeneous([0, 90, 10])
    assert not homogeneous([89, 11])
    assert homogeneous([7])
    assert not homogeneous([])
    assert not homogeneous([0, 0])
    assert homogeneous([4, 1], share=0.8)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_homogeneity_is_the_share_of_the_largest(counts):
    assert homogeneous(counts) == (sum(counts) > 0 and 10 * max(counts) >= 9 * sum(counts))


def test_only_highly_sensitive_items_hide_a_homogeneous_distribution():
    def item(sensitivity):
        return Item(id="BACK3", kind=ItemKind.LIKERT, text=text("x"), sensitivity=sensitivity)

    assert hides_distribution(item(Sensitivity.HIGH), [13, 1])
    assert not hides_distribution(item(Sensitivity.MEDIUM), [13, 1])
    assert not hides_distribution(item(Sensitivity.HIGH), [12, 2])


@given(st.integers(0, 10_000), st.sampled_from([5, 10]))
def test_rounded_numbers_are_multiples_close_by(n, base):
    rounded = round_n(n, base)
    assert rounded % base == 0
    assert abs(rounded - n) <= base / 2
    assert isinstance(rounded, int)


def test_rounding_goes_up_at_the_half():
    assert [round_n(n) for n in (0, 2, 3, 7, 8, 12.5)] == [0, 0, 5, 5, 10, 15]
    assert [round_percent(s) for s in (0, 0.004, 0.005, 0.285, 0.575, 1)] == [0, 0, 1, 29, 58, 100]


def item(item_id, level=None):
    return Item(id=item_id, kind=ItemKind.CODE, text=text(item_id), cluster_level=level)


TOWN, COUNTY, REGION = item("D_TOWN", 2), item("D_COUNTY", 3), item("D_REGION")
LEAD, DEPT, RANK = item("D_LEAD"), item("D_DEPT"), item("D_RANK")


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], None),
        ([COUNTY], None),
        ([LEAD], None),
        ([COUNTY, DEPT], None),
        ([LEAD, REGION], None),
        ([REGION, LEAD], None),
        ([TOWN], "township-output"),
        ([REGION, TOWN], "township-output"),
        ([item("WHEREVER", 2)], "township-output"),
        ([REGION, DEPT, RANK], "too-many-crossed"),
        ([LEAD, REGION, DEPT], "too-many-crossed"),
        ([LEAD, COUNTY], "leaders-crossed"),
        ([DEPT, LEAD], "leaders-crossed"),
    ],
)
def test_which_breakdowns_may_be_shown(items, code):
    problem = may_show_grouping(items)
    assert (problem.code if problem else None) == code


def test_a_release_that_differs_by_a_few_people_is_known():
    leaders = {f"L{n}" for n in range(61)}
    assert difference_too_small(leaders - {"L1", "L2", "L3", "L4"}, [leaders], 10) == 4
    assert difference_too_small(leaders, [leaders], 10) is None
    assert difference_too_small(leaders | {"x"}, [set(), leaders], 10) == 1
    assert difference_too_small(set(list(leaders)[10:]), [leaders], 10) is None
    assert difference_too_small(leaders, [], 10) is None


def test_uniqueness_counts_combinations_with_missing_values_as_values():
    frame = pd.DataFrame(
        {
            "age": pd.array([1, 1, 2, 2, None, None], dtype="Int16"),
            "sex": pd.array([1, 1, 1, 2, 1, 1], dtype="Int16"),
        }
    )
    assert share_unique(frame, ["age", "sex"]) == pytest.approx(2 / 6)
    assert share_unique(frame, ["sex"]) == pytest.approx(1 / 6)
    assert share_unique(frame, []) == 0
    assert smallest_combination(frame, ["age"]) == 2
    assert smallest_combination(frame, []) == 6
    assert share_unique(frame.iloc[:0], ["age"]) == 0
    assert smallest_combination(frame.iloc[:0], ["age"]) == 0


def with_check_digit(body):
    weights = [2 ** (17 - n) % 11 for n in range(17)]
    rest = sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11
    return body + str((12 - rest) % 11).replace("10", "X")


BODIES = st.builds(
    lambda area, day, serial: f"{area}{day:%Y%m%d}{serial:03d}",
    st.integers(110_000, 659_999),
    st.dates(pd.Timestamp("1930-01-01").date(), pd.Timestamp("2010-12-31").date()),
    st.integers(0, 999),
)


@given(BODIES, st.integers(0, 10))
def test_identity_numbers_are_valid_with_the_one_right_check_digit(body, other):
    """The digit is computed here from powers of two, as the standard defines the weights."""
    number = with_check_digit(body)
    assert id_number_is_valid(number)
    assert id_number_is_valid(number.lower())
    wrong = body + "0123456789X"[other]
    assert id_number_is_valid(wrong) == (wrong == number)


@given(BODIES, st.sampled_from(["请保密。", "。", " 谢谢", ""]), st.booleans())
def test_identity_numbers_are_found_in_texts_also_full_width_and_set_apart(body, after, wide):
    number = with_check_digit(body)
    if wide:
        number = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for written in (number, f"{number[:6]} {number[6:14]} {number[14:]}"):
        (found,) = find_identifiers(f"身份证{written}{after}")
        assert found.kind is IdentifierKind.ID_NUMBER
        assert (found.start, found.end) == (3, 3 + len(written))


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("电话13800000000，可以联系我说明情况。", ["phone"]),
        ("打138-0000-0000或者+86 138 0000 0000", ["phone", "phone"]),
        ("１３８０００００００００ 不是号码，１３８００００００００是", ["phone"]),
        ("办公室 0571-87654321", ["phone"]),
        ("写信到 zhang.san@example.com.cn 吧", ["email"]),
        ("加我微信：abc_12345", ["account"]),
        ("QQ号是123456789", ["account"]),
        ("来自 192.168.0.12 的", ["ip_address"]),
        ("30.27415,120.15515", ["place"]),
        ("身份证号110101190001010000，请保密。", ["id_number"]),
        ("110101900101001", ["id_number"]),
        ("编号123456789012345678", []),
        ("2024年有12345678901元，版本1.2.3.400，满意度100%", []),
        ("指标从 10 个减到 5 个，比例 3.5:1，微信群太多", []),
    ],
)
def test_numbers_and_addresses_of_persons_are_found_and_others_are_not(words, kinds):
    assert [str(found.kind) for found in find_identifiers(words)] == kinds


@given(st.text(max_size=80))
def test_found_stretches_are_in_order_within_the_text_and_apart(words):
    for found in (find_identifiers(words), find_persons(words)):
        ends = [0, *(place for f in found for place in (f.start, f.end)), len(words)]
        assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("请王小明主任以后事前表态。", "请***主任以后事前表态。"),
        ("我在测试镇党政办，领导李大壮从不答复。", "***，领导***从不答复。"),
        ("欧阳锋书记很好", "***书记很好"),
        ("我是张三，电话13800000000", "我是***，电话***"),
        ("5月12日开会时", "***开会时"),
        ("Please ask Director Wang Min.", "Please ask Director ***."),
    ],
)
def test_masking_takes_out_names_places_numbers_and_dates(words, masked):
    hidden = mask(words)
    assert hidden.removeprefix("我在") == masked or hidden == masked


@pytest.mark.parametrize(
    "words",
    [
        "纪检和业务部门标准统一。",
        "减少重复报表，多给点时间下村。",
        "把容错的条件写清楚，大家才敢干。",
        "公布几个真正容错的案例。",
        "出了问题先查原因，再谈追责。",
        "领导事前给个明确答复。",
        "指标少一点、实一点。",
    ],
)
def test_masking_leaves_answers_without_persons_alone(words):
    assert mask(words) == words


@pytest.mark.parametrize(
    "name",
    [
        *(
            "姓名",
            "1、您的姓名",
            "联系电话",
            "手机号码",
            "身份证号",
            "E-mail",
            "邮箱",
            "微信号",
            "来自IP",
        ),
        *(
            "提交答卷时间",
            "经纬度",
            "照片",
            "ＩＰ地址",
            "IPAddress",
            "ip",
            "Phone Number",
            "full_name",
        ),
        *("Name", "Recipient Last Name", "LocationLatitude", "Start Date", "deviceid", "StartTime"),
        *("submission_time", "WeChat ID", "家庭住址", "工号", "签名", "出生日期", "QQ"),
    ],
)
def test_headings_of_columns_about_persons(name):
    assert looks_like_identifier(name, []) is not None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "序号",
            "所用时间",
            "来源",
            "职务",
            "部门",
            "性别",
            "年龄",
            "学历",
            "Q1",
            "duration_s",
            "weight",
        ),
        *(
            "1、您的性别",
            "您所在单位的类型",
            "county_name",
            "D_COUNTY",
            "time_pressure",
            "总分",
            "IND_N",
        ),
        "单位是否要求所有工作都用照片或微信工作群留痕作为考核依据",
    ],
)
def test_headings_of_ordinary_columns(name):
    assert looks_like_identifier(name, ["1", "2", None, "3"]) is None


@pytest.mark.parametrize(
    "cells",
    [
        ["13800000000", "13900000001", "", None],
        ["a@b.cn", "c@d.org"],
        ["10.1.2.3(浙江-杭州)", "192.168.1.1"],
        ["30.27415,120.15515"],
        ["2024-05-01 12:13:14", "2024/5/2 9:05:00"],
        ["11010519491231002X", "11010519491231002X"],
        ["王小明", "李大壮", "张三", "刘备", "赵云", "孙尚香"],
    ],
)
def test_cells_that_are_about_persons_whatever_the_heading(cells):
    assert looks_like_identifier("X7", cells) is not None


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "2", "5"],
        ["同意", "不同意", "非常同意", "说不清", "同意"],
        ["高中", "大专", "本科", "研究生"],
        ["C01", "C02"],
        ["2024-05-01"],
        [1.5, 2.5, None],
        ["123456789012345678"] * 4,
        [],
    ],
)
def test_ordinary_cells(cells):
    assert looks_like_identifier("X7", cells) is None


def test_the_reason_never_quotes_a_cell():
    reason = looks_like_identifier("X7", ["13800000000"])
    assert "138" not in str(reason)
    assert reason.values == {}


def test_every_small_table_of_a_grid_is_protected():
    """All 2 x 2 tables over a range of counts, not only those that a generator likes."""
    for cells in product((0, 1, 4, 9, 10, 40), repeat=4):
        table = [cells[:2], cells[2:]]
        counts, lines = table_problem(table)
        hidden = flat(suppress_table(table, 10))
        assert follows(counts, lines, hidden) == ()
        assert all(h for n, h in zip(counts, hidden, strict=True) if 0 < n < 10)
