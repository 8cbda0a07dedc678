"""What an officer enters of an estate or facility, checked property by property."""

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import shapely

from civgeo.domain.cemetery_records import record_faults
from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.estate import EstateClass
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput
from civgeo.geo.rings import ring_faults
from civgeo.services.attachment_references import documents_entered, photo_entered
from civgeo.services.feature_schema import (
    COLLECTIONS,
    CollectionSchema,
    PropertySchema,
    PropertyType,
)
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["Entered", "FieldFaults", "checked_entry"]

LARGEST_STRUCTURE = 100_000
LARGEST = 1_000_000_000
_RANGES = MappingProxyType({"completed_year": (1900, 2100)})
_SHAPES = MappingProxyType(
    {
        Collection.ESTATES: ("Polygon", "MultiPolygon", "Point"),
        Collection.FACILITIES: ("Point",),
        Collection.NAME_SIGNS: ("Point",),
        Collection.REPORTING_AREAS: ("Polygon", "MultiPolygon"),
        Collection.WALK_CROSSINGS: ("LineString",),
        Collection.CEMETERIES: ("Polygon", "MultiPolygon", "Point"),
        Collection.GRAVES: ("Point",),
    }
)
_ANY_SHAPE = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_WITH_SHAPE = (
    Collection.ESTATES,
    Collection.FACILITIES,
    Collection.REPORTING_AREAS,
    Collection.WALK_BARRIERS,
    Collection.WALK_CROSSINGS,
    Collection.GRAVES,
)
"""Collections whose records must have a geometry."""

_SECRETS = (Secrecy.SECRET, Secrecy.CONFIDENTIAL, Secrecy.TOP_SECRET)
_LENGTHS = MappingProxyType({Collection.ESTATES: (9,), Collection.FACILITIES: (6, 9)})
_PROVINCIAL = (
    *(Collection.BOUNDARY_LINES, Collection.BOUNDARY_POINTS, Collection.BOUNDARY_MARKERS),
    *(Collection.TRI_JUNCTIONS, Collection.BOUNDARY_ARCHIVES),
)
"""Collections whose records may be the province's: its line is the city's border as well."""

_ANY_LENGTH = (2, 4, 6, 9, 12)

Entered = dict[str, ChangedValue]


class FieldFaults(InvalidInput):
    """Properties that are not as they must be; `faults` says of each what is wrong."""

    default_code = "bad_fields"

    def __init__(self, schema: CollectionSchema, faults: Mapping[str, str]) -> None:
        titles = {item.name: f"{item.title}（{item.name}）" for item in schema.properties}
        titles["geometry"] = "图形（geometry）"
        told = [f"{titles.get(name, name[:40])}：{fault}" for name, fault in faults.items()]
        super().__init__("；".join(told))
        self.faults = dict(faults)


class _Fault(Exception):
    """Why one value cannot be taken."""


def checked_entry(
    reading: Reading,
    collection: Collection,
    given: Mapping[str, ChangedValue],
    before: Mapping[str, ChangedValue] | None = None,
) -> Entered:
    """Values as the store takes them.

    Parameters
    ----------
    reading
        A read of the store: divisions and estates that are named must be there.
    collection
        Estates or facilities.
    given
        Properties by name, ``geometry`` (shapely or null) among them.
    before
        The record that is changed, None for a new one: then all that is required must be given.

    Raises
    ------
    FieldFaults
        Naming every property that is not as it must be.
    """
    schema = COLLECTIONS[collection.value]
    entered, faults = _one_by_one(schema, collection, given, whole=before is None)
    after = {**(before or {}), **entered}
    for name, check in _TOGETHER.items():
        touched = before is None or bool({name, *_WITH.get(name, ())} & set(given))
        if name not in faults and touched and name in after:
            fault = check(reading, collection, after)
            faults |= {} if fault is None else {name: fault}
    for found in record_faults(collection.value, after):
        if before is None or set(found.fields) & set(given):
            faults.setdefault(found.field, found.text)
    if "households_new" not in faults and _asks_for_parts(collection, given, before):
        fault = _parts(after)
        faults |= {} if fault is None else {"households_new": fault}
    if faults:
        raise FieldFaults(schema, faults)
    return entered


def _one_by_one(
    schema: CollectionSchema,
    collection: Collection,
    given: Mapping[str, ChangedValue],
    *,
    whole: bool,
) -> tuple[Entered, dict[str, str]]:
    entered: Entered = {}
    faults: dict[str, str] = {}
    known = {item.name: item for item in schema.entered}
    names = {**dict.fromkeys(known if whole else ()), **dict.fromkeys(given)}
    for name in names:
        try:
            if name == "geometry":
                shapes = _SHAPES.get(collection, _ANY_SHAPE)
                needed = collection in _WITH_SHAPE
                entered[name] = _shape(given.get(name), shapes, needed=needed)
            else:
                entered[name] = _value(_known(schema, known, name), given.get(name))
        except _Fault as fault:
            faults[name] = str(fault)
    return entered, faults


def _known(
    schema: CollectionSchema, known: Mapping[str, PropertySchema], name: str
) -> PropertySchema:
    if name in known:
        return known[name]
    if schema.property(name) is not None:
        raise _Fault("由登记库记录，不能直接填写")
    raise _Fault(f"没有这个属性；可用：{'、'.join((*known, 'geometry'))}")


def _value(item: PropertySchema, value: ChangedValue) -> ChangedValue:
    if value is None:
        if item.required:
            raise _Fault("必须填写")
        return None
    checked = _TYPES[item.type](item, value)
    if item.choices and checked not in dict(item.choices):
        choices = "、".join(f"{choice}（{label}）" for choice, label in item.choices)
        raise _Fault(f"{_short(checked)}不可用，应为以下之一：{choices}")
    return checked


def _text(item: PropertySchema, value: ChangedValue) -> str:
    if not isinstance(value, str):
        raise _Fault(f"应为文字，收到{_short(value)}")
    if not value.strip():
        raise _Fault("不能为空白" + ("" if item.required else "；没有时写 null"))
    if value != value.strip():
        raise _Fault("首尾不能有空格")
    if len(value) > item.longest:
        raise _Fault(f"不超过 {item.longest} 个字，收到 {len(value)} 个")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value):
        raise _Fault("含有换行或控制字符")
    return value


def _whole(item: PropertySchema, value: ChangedValue) -> int:
    number = _finite(value)
    low, high = _RANGES.get(item.name, (0, LARGEST))
    if number is None or number != int(number):
        raise _Fault(f"应为整数，收到{_short(value)}")
    if not low <= number <= high:
        raise _Fault(f"应在 {low} 至 {high} 之间，收到{_short(value)}")
    return int(number)


def _number(_: PropertySchema, value: ChangedValue) -> float:
    number = _finite(value)
    if number is None:
        raise _Fault(f"应为数字，收到{_short(value)}")
    if not 0 <= number <= LARGEST:
        raise _Fault(f"应在 0 至 {LARGEST} 之间，收到{_short(value)}")
    if round(number, 4) != number:
        raise _Fault(f"至多四位小数，收到{_short(value)}")
    return float(number)


def _finite(value: ChangedValue) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if np.isfinite(float(value)) else None


def _flag(_: PropertySchema, value: ChangedValue) -> bool:
    if not isinstance(value, bool):
        raise _Fault(f"应为 true 或 false，收到{_short(value)}")
    return value


def _day(item: PropertySchema, value: ChangedValue) -> str:
    text = _text(item, value)
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise _Fault(f"应为 YYYY-MM-DD 形式的日期，收到{_short(value)}")


def _structure(_: PropertySchema, value: ChangedValue) -> str:
    """JSON text, as it is written when it is read again."""
    if not isinstance(value, str) or len(value) > LARGEST_STRUCTURE:
        raise _Fault(f"应为不超过 {LARGEST_STRUCTURE:,} 个字的 JSON 文字")
    try:
        return json.dumps(json.loads(value), ensure_ascii=False, sort_keys=True)
    except (ValueError, RecursionError):
        raise _Fault("不是有效的 JSON") from None


_TYPES: Mapping[PropertyType, Callable[[PropertySchema, ChangedValue], ChangedValue]] = (
    MappingProxyType(
        {
            PropertyType.STRING: _text,
            PropertyType.INTEGER: _whole,
            PropertyType.NUMBER: _number,
            PropertyType.BOOLEAN: _flag,
            PropertyType.DATE: _day,
            PropertyType.JSON: _structure,
        }
    )
)


def _short(value: object) -> str:
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _shape(value: ChangedValue, kinds: tuple[str, ...], *, needed: bool) -> shapely.Geometry | None:
    """The geometry, when it is one of `kinds`, flat, and drawn without a fault."""
    if value is None:
        if needed:
            raise _Fault("必须填写")
        return None
    if not isinstance(value, shapely.Geometry) or type(value).__name__ not in kinds:
        raise _Fault(f"应为 {'、'.join(kinds)}，收到 {type(value).__name__}")
    if shapely.is_empty(value) or not np.isfinite(shapely.get_coordinates(value)).all():
        raise _Fault("没有坐标，或坐标不是有限的数字")
    if shapely.has_z(value):
        raise _Fault("只要经度、纬度，不要高程")
    broken = ring_faults(np.array([value], dtype=object))
    if len(broken):
        first = broken.iloc[0]
        place = f"经度 {first['lon']:.6f}、纬度 {first['lat']:.6f} 处"
        raise _Fault(f"{place}{first['reason']}，请改正后再提交")
    return value


def _division(
    reading: Reading, collection: Collection, after: Mapping[str, ChangedValue]
) -> str | None:
    text = str(after["division"])
    lengths = _LENGTHS.get(collection, _ANY_LENGTH)
    try:
        code = DivisionCode.parse(text)
    except InvalidInput as error:
        return error.message
    if code.text != text or len(text) not in lengths:
        digits = "、".join(str(length) for length in lengths)
        return f"应为 {digits} 位区划代码，收到“{text[:40]}”"
    if _holds(reading, text) or (len(text) == 9 and _lists_no_township(reading, text)):
        return None
    if collection in _PROVINCIAL and reading.register().city[:2] == code.digits:
        return None
    return f"本库没有区划 {text}；可用的代码见 /collections/divisions/items"


def _holds(reading: Reading, code: str) -> bool:
    own = {"code": code, "role": "own"}
    return reading.count(Collection.DIVISIONS, where=own) > 0


def _lists_no_township(reading: Reading, code: str) -> bool:
    """Whether the store knows the county and has no list of its townships."""
    towns = {"level": DivisionLevel.TOWNSHIP.value}
    listed = reading.count(Collection.DIVISIONS, division=code[:6], where=towns)
    return listed == 0 and _holds(reading, code[:6])


def _community(_: Reading, __: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    text, division = after["community"], str(after.get("division"))
    if text is None:
        return None
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) == 12):
        return f"应为 12 位代码，收到{_short(text)}"
    return None if text.startswith(division) else f"{text} 不在区划 {division} 之内"


def _estate(reading: Reading, _: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    named = after["estate"]
    if named is None or len(reading.features(Collection.ESTATES, ids=[str(named)])):
        return None
    return f"登记库中没有编号为{_short(named)}的小区，请先登记小区"


def _cemetery(reading: Reading, _: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    named = after["relocated_to"]
    if named is None or len(reading.features(Collection.CEMETERIES, ids=[str(named)])):
        return None
    return f"登记库中没有编号为{_short(named)}的公墓，请先登记公墓"


def _public(_: Reading, __: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    secrecy = after.get("secrecy")
    if after["public"] is True and secrecy in _SECRETS:
        return f"密级为“{Secrecy(str(secrecy)).label_zh}”的记录不能公开：请改密级，或改为不公开"
    return None


def _nursing_beds(_: Reading, __: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    part, beds = after["nursing_beds"], after.get("beds")
    if isinstance(part, int) and isinstance(beds, int) and part > beds:
        return f"{part} 张多于床位数 {beds} 张"
    return None


_Check = Callable[[Reading, Collection, Mapping[str, ChangedValue]], str | None]
_TOGETHER: Mapping[str, _Check] = MappingProxyType(
    {
        "division": _division,
        "community": _community,
        "estate": _estate,
        "relocated_to": _cemetery,
        "nursing_beds": _nursing_beds,
        "public": _public,
        "documents": documents_entered,
        "photo": photo_entered,
    }
)


_WITH: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"community": ("division",), "public": ("secrecy",)}
)
"""Properties whose change asks for the check of another."""


def _asks_for_parts(
    collection: Collection,
    given: Mapping[str, ChangedValue],
    before: Mapping[str, ChangedValue] | None,
) -> bool:
    about = {"estate_class", "households", "households_new"}
    return collection is Collection.ESTATES and (before is None or bool(about & set(given)))


def _parts(after: Mapping[str, ChangedValue]) -> str | None:
    """Fault of the number of new households, which only mixed estates have."""
    new, households = after.get("households_new"), after.get("households")
    if after.get("estate_class") != EstateClass.MIXED.value:
        return None if new is None else "只有新旧混合小区填写，其他小区留空"
    if households is None:
        return None if new is None else "户数未知时留空"
    if isinstance(new, int) and isinstance(households, int) and new <= households:
        return None
    return f"新旧混合小区须填写，且不大于户数 {households}"
