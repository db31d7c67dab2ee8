"""Finds what points to a person: in column names, in cells, and inside open answers.

In doubt it finds too much. A column dropped or a word masked without need costs little; a name
printed can cost a respondent the career.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from surveys.words import Message, message


class IdentifierKind(StrEnum):
    """What sort of thing points to a person."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    IP_ADDRESS = "ip_address"
    DEVICE = "device"
    PLACE = "place"
    TIME = "time"
    NAME = "name"
    PHOTO = "photo"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text that points to a person: characters ``start`` to ``end``, exclusive."""

    kind: IdentifierKind
    start: int
    end: int


_REASONS = {
    IdentifierKind.ID_NUMBER: message("It holds identity card numbers."),
    IdentifierKind.PHONE: message("It holds telephone numbers."),
    IdentifierKind.EMAIL: message("It holds e-mail addresses."),
    IdentifierKind.ACCOUNT: message("It holds WeChat, QQ or other account names."),
    IdentifierKind.IP_ADDRESS: message("It holds network addresses (IP)."),
    IdentifierKind.DEVICE: message("It tells which telephone or computer was used."),
    IdentifierKind.PLACE: message("It tells the place where somebody was or lives."),
    IdentifierKind.TIME: message("It tells the exact time of answering."),
    IdentifierKind.NAME: message("It holds names of persons."),
    IdentifierKind.PHOTO: message("It holds photographs, recordings or signatures."),
    IdentifierKind.DATE: message("It holds dates that can point to a person."),
}

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_OLDEST_YEAR = 1880

# Full-width digits, letters and signs to their plain forms, character by character.
_PLAIN = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0x2014: 0x2D, 0x2013: 0x2D}

_GAP = r"[ \-.·]?"
_ID_NUMBER = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z])")
_OLD_ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{14}(?![0-9])")
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?1[3-9][0-9](?:{_GAP}[0-9]){{8}}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])(?:\(?0[1-9][0-9]{1,2}\)?[ \-]?)[2-9][0-9]{6,7}(?![0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_ACCOUNT = re.compile(
    r"(?:微信|薇信|VX|WX|wechat|weixin|QQ|抖音|微博)(?:账号|帐号|号码|号|群|ID)?\s*[:是为=]?\s*"
    r"(?P<account>[A-Za-z0-9][A-Za-z0-9_\-]{4,19})",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![0-9.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![0-9.])"
)
_IP6 = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])")
_COORDINATES = re.compile(r"-?\d{1,3}\.\d{4,}\s*[,; ]\s*-?\d{1,3}\.\d{4,}")
_CLOCK_TIME = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]*\d{1,2}[:时]\d{2}(?:[:分]\d{2}(?:\.\d+)?)?秒?\S*"
)
_DAY = re.compile(
    r"(?:(?:19|20)\d{2}\s*[-/.年]\s*)?(?<![0-9])(?:1[0-2]|0?[1-9])\s*[-/.月]\s*"
    r"(?:3[01]|[12]\d|0?[1-9])(?![0-9])\s*[日号]?"
)
_DAY_ZH = re.compile(r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]")

_HAN = "[\u4e00-\u9fff]"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦"
    "褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘"
    "池查麻苑迟邝"
)
_DOUBLE_SURNAMES = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|长孙|宇文|独孤|南宫"
_SURNAME = rf"(?:{_DOUBLE_SURNAMES}|[{_SURNAMES}])"
_TITLE = (
    "(?:副|前|原|老)?(?:书记|主任|局长|科长|处长|县长|市长|区长|镇长|乡长|村长|部长|厅长|省长|州长|旗长|所长|站长|"
    "院长|校长|组长|队长|股长|司长|委员|主席|常委|会长|秘书长|政委|干事|同志|领导|先生|女士|老师|总|工)"
)
_NAME_THEN_TITLE = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{0,2}}?){_TITLE}")
# What can follow a name: an end, a sign, or one of the small words that open a predicate.
_AFTER_NAME = (
    r"(?=$|[^\u4e00-\u9fff]|[从是在的说也不就都把被让给对向叫和与及跟要会有没很太总曾已最经])"
)
_TITLE_THEN_NAME = re.compile(
    rf"(?:{_TITLE}|姓名[是为叫:]?\s*|名叫|叫做?|我是|本人|联系人[是为:]?\s*)"
    rf"(?P<name>{_SURNAME}{_HAN}{{1,2}}?){_AFTER_NAME}"
)
_NAME_EN = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Director|Secretary|Mayor|Comrade|Chief)\.?\s+(?P<name>[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)"
)
_PLACE_NAME = re.compile(
    rf"{_HAN}{{2,4}}?(?:自治区|自治州|自治县|省|市|县|区|镇|乡|街道|村|社区|办事处|党政办|开发区|管委会)"
    rf"(?:{_HAN}{{0,4}}?(?:局|办|站|所|中心|办公室|委|院|党政办))?"
)
# Words that the patterns for places would take for one: general, not of any unit.
_NO_PLACE = re.compile(
    r"^.*?(?:下|进|到|各|每个?|基层|农|全|本|我|的|和|与|个|这|那|在|去|给|让|对|从|间|多|少)(?:省|市|县|区|镇|乡|村|街道|社区)$"
)


def id_number_is_valid(text: str) -> bool:
    """Tell whether 18 characters are a Chinese identity number: a date of birth and a check digit.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.

    Examples
    --------
    >>> id_number_is_valid("11010519491231002X")
    True
    >>> id_number_is_valid("110105194912310021")
    False
    """
    text = text.upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text, flags=re.ASCII) or not _has_birth(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    return _ID_CHECKS[total % 11] == text[17]


def _has_birth(text: str) -> bool:
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14])).year >= _OLDEST_YEAR
    except ValueError:
        return False


def find_identifiers(text: str) -> tuple[Found, ...]:
    """Find numbers and addresses of persons in a text (rule P7).

    Identity numbers (also with a wrong check digit, if they hold a date of birth), telephone
    numbers, e-mail, WeChat and QQ accounts, network addresses, coordinates. Full-width characters
    count as plain ones, and digits may be set apart.

    Returns
    -------
    tuple of Found
        In order, none overlapping.
    """
    plain = text.translate(_PLAIN)
    found = [
        Found(IdentifierKind.ID_NUMBER, *match.span())
        for match in _ID_NUMBER.finditer(plain)
        if _has_birth(re.sub(_GAP[:-1], "", match[0]))
    ]
    found += [
        Found(IdentifierKind.ID_NUMBER, *match.span())
        for match in _OLD_ID_NUMBER.finditer(plain)
        if _has_birth(f"{match[0][:6]}19{match[0][6:]}")
    ]
    for kind, pattern in (
        (IdentifierKind.PHONE, _MOBILE),
        (IdentifierKind.PHONE, _LANDLINE),
        (IdentifierKind.EMAIL, _EMAIL),
        (IdentifierKind.IP_ADDRESS, _IP),
        (IdentifierKind.IP_ADDRESS, _IP6),
        (IdentifierKind.PLACE, _COORDINATES),
    ):
        found += [Found(kind, *match.span()) for match in pattern.finditer(plain)]
    found += [
        Found(IdentifierKind.ACCOUNT, *match.span("account")) for match in _ACCOUNT.finditer(plain)
    ]
    return _without_overlap(found)


def find_persons(text: str) -> tuple[Found, ...]:
    """Find what else in an open answer can point to a person: names, places and units, dates.

    Chinese names are a surname and one or two characters beside a title or a word like "named".
    This finds much and not all: a person looks at every answer before it is released (rule P13).
    """
    plain = text.translate(_PLAIN)
    found = [
        Found(IdentifierKind.NAME, *match.span("name"))
        for pattern in (_NAME_THEN_TITLE, _TITLE_THEN_NAME, _NAME_EN)
        for match in pattern.finditer(plain)
    ]
    found += [
        Found(IdentifierKind.PLACE, *match.span())
        for match in _PLACE_NAME.finditer(plain)
        if not _NO_PLACE.match(match[0])
    ]
    for pattern in (_DAY, _DAY_ZH):
        found += [Found(IdentifierKind.DATE, *match.span()) for match in pattern.finditer(plain)]
    return _without_overlap(found)


def mask(text: str, sign: str = "***") -> str:
    """Return an open answer with everything replaced that can point to a person (rule P13).

    Parameters
    ----------
    text
        The answer as given.
    sign
        What stands in its place; the same for all kinds, so that it does not tell what was there.
    """
    pieces: list[str] = []
    behind = 0
    for found in _without_overlap([*find_identifiers(text), *find_persons(text)]):
        pieces += [text[behind : found.start], sign]
        behind = found.end
    return "".join([*pieces, text[behind:]])


def _without_overlap(found: Iterable[Found]) -> tuple[Found, ...]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if kept and one.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Found(last.kind, last.start, max(last.end, one.end))
        else:
            kept.append(one)
    return tuple(kept)


_ZH_NAMES = (
    (IdentifierKind.ID_NUMBER, "身份证 证件号 证件号码 护照 工号 警号 社保号 学号 职工号 人员编号"),
    (IdentifierKind.PHONE, "手机 电话 联系方式 座机 传真"),
    (IdentifierKind.EMAIL, "邮箱 电子邮件 邮件地址"),
    (IdentifierKind.ACCOUNT, "微信 昵称 用户名 用户ID QQ 账号 帐号 头像 银行卡 抖音 钉钉"),
    (IdentifierKind.IP_ADDRESS, "IP地址 来自IP 来源IP 答题IP"),
    (IdentifierKind.DEVICE, "设备号 设备ID 设备编号 设备型号 手机型号 浏览器 操作系统 用户代理"),
    (
        IdentifierKind.PLACE,
        "经度 纬度 经纬度 定位 地理位置 GPS 住址 地址 家庭住址 门牌 答题地区 来源详情",
    ),
    (
        IdentifierKind.TIME,
        "提交答卷时间 提交时间 开始时间 结束时间 开始答题 结束答题 答题时间 填写时间 填表时间 时间戳 提交日期",
    ),
    (IdentifierKind.NAME, "姓名 名字 联系人 填表人 受访者姓名 称呼 签名人"),
    (IdentifierKind.PHOTO, "照片 相片 图片 拍照 签名 录音 录像 附件"),
    (IdentifierKind.DATE, "出生日期 生日 出生年月"),
)
_EN_NAMES = (
    (
        IdentifierKind.ID_NUMBER,
        "idcard idnumber nationalid identitynumber identitycard passport passportnumber ssn employeeid staffid",
    ),
    (
        IdentifierKind.PHONE,
        "phone phonenumber mobile mobilephone mobilenumber telephone tel cellphone fax contactnumber",
    ),
    (IdentifierKind.EMAIL, "email mail emailaddress recipientemail"),
    (
        IdentifierKind.ACCOUNT,
        "wechat wechatid weixin weixinid qq qqnumber openid unionid username userid account nickname contactlistid externalreference externaldatareference participantlink bankaccount",
    ),
    (IdentifierKind.IP_ADDRESS, "ip ipaddress ipaddr remoteaddr clientip"),
    (
        IdentifierKind.DEVICE,
        "deviceid device deviceuid imei imsi subscriberid simserial simid androidid macaddress mac oaid idfa useragent browser fingerprint",
    ),
    (
        IdentifierKind.PLACE,
        "gps latitude longitude lat lon lng altitude geolocation geopoint locationlatitude locationlongitude location coordinates address homeaddress streetaddress",
    ),
    (
        IdentifierKind.TIME,
        "timestamp starttime endtime start end startdate enddate submissiontime submissiondate submitdate submittime recordeddate datestamp completedat createdat submittedat datecompleted startdatetime enddatetime",
    ),
    (
        IdentifierKind.NAME,
        "name fullname firstname lastname surname familyname givenname middlename respondentname yourname contactname recipientfirstname recipientlastname interviewername",
    ),
    (IdentifierKind.PHOTO, "photo picture image signature recording audio video exif attachment"),
    (IdentifierKind.DATE, "birthday birthdate dateofbirth dob"),
)
_EN_KINDS = {name: kind for kind, names in _EN_NAMES for name in names.split()}
_SHARE_OF_CELLS = 0.3
_LEAST_NAMES = 5


def looks_like_identifier(column_name: str, sample_values: Sequence[object]) -> Message | None:
    """Tell why a column of an imported file points to persons, if it does (rule P7).

    Parameters
    ----------
    column_name
        The heading, Chinese or English.
    sample_values
        Some of the cells; empty ones are passed over.

    Returns
    -------
    Message or None
        A sentence with the reason; never with a cell's content.
    """
    kind = _kind_by_name(column_name) or _kind_by_cells(sample_values)
    return None if kind is None else _REASONS[kind]


def _kind_by_name(column_name: str) -> IdentifierKind | None:
    plain = column_name.translate(_PLAIN).casefold()
    compact = "".join(character for character in plain if character.isalnum())
    if compact in _EN_KINDS:
        return _EN_KINDS[compact]
    # A whole question in a heading is about the subject, not for it: only short headings count.
    if len(compact) > 16:
        return None
    for kind, names in _ZH_NAMES:
        if any(name.casefold() in compact for name in names.split()):
            return kind
    return None


def _kind_by_cells(sample_values: Sequence[object]) -> IdentifierKind | None:
    cells = [str(value).translate(_PLAIN).strip() for value in sample_values if value is not None]
    cells = [cell for cell in cells if cell]
    if not cells:
        return None
    least = max(1, _SHARE_OF_CELLS * len(cells))
    for kind, patterns in (
        (IdentifierKind.EMAIL, (_EMAIL,)),
        (IdentifierKind.PHONE, (_MOBILE,)),
        (IdentifierKind.IP_ADDRESS, (_IP, _IP6)),
        (IdentifierKind.PLACE, (_COORDINATES,)),
        (IdentifierKind.TIME, (_CLOCK_TIME,)),
    ):
        if sum(any(p.match(cell) for p in patterns) for cell in cells) >= least:
            return kind
    if sum(id_number_is_valid(cell) for cell in cells) >= least:
        return IdentifierKind.ID_NUMBER
    distinct = {cell for cell in cells if _IS_NAME.fullmatch(cell)}
    if len(distinct) >= max(_LEAST_NAMES, 0.8 * len(cells)):
        return IdentifierKind.NAME
    return None


_IS_NAME = re.compile(rf"{_SURNAME}{_HAN}{{1,2}}")
