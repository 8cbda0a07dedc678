"""What can be imported: one entry for each kind, with the headers that officers use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from civgeo.domain.name_forms import NAME_FORMS
from civgeo.domain.record_form import Shapes
from civgeo.domain.registers import form_of
from civgeo.errors import InvalidInput
from civgeo.services.feature_schema import COLLECTIONS, PropertySchema, PropertyType
from civgeo.store.tables import LAYERS, Collection

__all__ = ["ALL_SHAPES", "KINDS", "ImportKind", "kind_named"]

ALL_SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of table that can be imported.

    Parameters
    ----------
    collection, title
        Where its rows go; Chinese title.
    properties
        What may be imported, with the headers that stand for each; nothing is required of a cell
        here, because a row may also amend a record that has the value already.
    identity
        Properties that name a record where the row gives no id.
    needed
        Properties that a new record cannot do without.
    assumed
        Values of new records where the file has no column for them; the report says so.
    shapes
        Types of geometry that a record may have.
    shapeless
        Whether a record may have no geometry.
    aside
        Columns that say something about a record without being a property of it: a county beside
        the township, an alias.
    keeps_rest
        Whether columns that stand for nothing known are kept with the record all the same.
    may_lack
        Parts of the identity that a record may be without.
    """

    collection: Collection
    title: str
    properties: tuple[PropertySchema, ...]
    identity: tuple[str, ...]
    needed: tuple[str, ...]
    assumed: Mapping[str, str | bool]
    shapes: tuple[str, ...]
    shapeless: bool = False
    aside: tuple[PropertySchema, ...] = ()
    keeps_rest: bool = False
    may_lack: tuple[str, ...] = ()

    @property
    def readable(self) -> tuple[PropertySchema, ...]:
        """Everything that a column may stand for."""
        return (*self.properties, *self.aside)

    @property
    def is_name_register(self) -> bool:
        """Whether it is a register of the place-name office."""
        return any(form.id == self.collection.value for form in NAME_FORMS)

    def property(self, name: str) -> PropertySchema | None:
        """Property (or column aside) of that name, or None."""
        return next((item for item in self.readable if item.name == name), None)

    def title_of(self, name: str) -> str:
        """Chinese title of a property."""
        found = self.property(name)
        return found.title if found else name


_MORE_HEADERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "divisions": {
        "code": ("政区代码", "区划编码", "编码", "gb", "pac", "xzqdm", "xzqhdm"),
        "name": ("政区名称", "行政区名称", "mc", "xzqmc", "xzqhmc"),
    },
    "estates": {
        "division": (
            *("所属街道", "街道", "乡镇街道", "乡镇（街道）", "所属乡镇街道", "所属乡镇（街道）"),
            *("所在街道", "所在乡镇街道", "街道名称", "乡镇街道名称", "所属镇街", "镇街"),
        ),
        "households": ("住户", "户数合计"),
        "elders": ("老年人口数", "60岁以上老年人", "老人数"),
    },
    "facilities": {
        "division": (
            *("所在区划", "所属街道", "街道", "乡镇街道", "乡镇（街道）", "所属乡镇街道"),
            *("县区", "所属县区", "所在县区", "所在街道", "所在乡镇街道", "镇街"),
        ),
        "estate": ("所属小区", "所在小区"),
        "name": ("设施", "机构", "站点名称", "中心名称"),
    },
    "place_names": {
        "name": ("standard_name", "地名名称", "中文名称"),
        "kind": ("place_type", "小类", "地名类别名称", "类别名称（小类）"),
        "type_code": ("类别编码", "地名类别编码"),
        "place_code": ("地名编码",),
        "toned": ("罗马字母", "罗马字母拼", "汉语拼音拼写"),
        "division": (
            *("所在（跨）行政区", "所在跨行政区", "所在行政区", "所属行政区", "所在政区"),
            *("行政区划", "所属政区", "乡镇", "乡镇街道", "所属乡镇", "area"),
        ),
        "secrecy": ("保密级别",),
        "description": ("地理实体描",),
    },
    "name_signs": {
        "position": ("安装位置", "设置地点"),
        "unit": ("设立单位", "管理单位"),
        "material": ("材料",),
    },
    "protected_names": {"name": ("地名名称", "标准名称"), "measures": ("保护办法",)},
    "rural_naming": {"counted_on": ("统计时间", "截止日期", "数据截止日期")},
    "reserved_names": {"name": ("储备地名", "拟用名称"), "area": ("规划片区", "片区")},
    "name_archives": {"location": ("存放地点", "柜号")},
    "boundary_lines": {"code": ("界线编码", "边界线代码"), "name": ("边界线名称", "界线")},
    "boundary_markers": {
        "number": ("界桩号", "桩号（刻）"),
        "line": ("界线编号",),
        "northing_m": ("X", "纵坐标X", "X（m）"),
        "easting_m": ("Y", "横坐标Y", "Y（m）"),
        "height_m": ("高程（m）", "H"),
    },
}
_TOWNS = ("所在乡镇", "乡镇街道", "乡镇（街道）", "所属乡镇", "所在行政区", "所属政区", "行政区划")
_ID_HEADERS = {
    "estates": ("小区编号", "登记编号"),
    "facilities": ("设施编号", "登记编号"),
    "place_names": ("地名编号", "登记编号"),
    "name_signs": ("标志编号", "登记编号"),
    "protected_names": ("名录编号", "登记编号"),
    "rural_naming": ("进度编号", "登记编号"),
    "reserved_names": ("储备编号", "登记编号"),
    "name_archives": ("档案编号", "登记编号"),
    "boundary_lines": ("登记编号",),
    "boundary_points": ("登记编号",),
    "boundary_markers": ("登记编号",),
    "tri_junctions": ("登记编号",),
    "boundary_archives": ("登记编号",),
    "reporting_areas": ("登记编号",),
    "walk_barriers": ("登记编号",),
    "walk_crossings": ("登记编号",),
    "indicator_reports": ("登记编号",),
    "cemeteries": ("公墓编号", "登记编号"),
    "graves": ("登记编号",),
    "population": ("登记编号",),
}
_NOT_IMPORTED = frozenset({"version"})


def _headers(collection: Collection) -> Mapping[str, tuple[str, ...]]:
    more = _MORE_HEADERS.get(collection.value, {})
    if form_of(collection.value) is not None:
        return {**more, "division": (*more.get("division", ()), *_TOWNS)}
    return more


def _properties(collection: Collection) -> tuple[PropertySchema, ...]:
    more = _headers(collection)
    own = [
        replace(item, required=False, headers=(*item.headers, *more.get(item.name, ())))
        for item in COLLECTIONS[collection.value].properties
        if item.name in LAYERS[collection].properties and item.name not in _NOT_IMPORTED
    ]
    headers = _ID_HEADERS.get(collection.value)
    if headers is None:
        return tuple(own)
    id = PropertySchema("id", "编号", PropertyType.STRING, required=False, headers=headers)
    return (replace(id, title=headers[0]), *own)


def _kind(
    collection: Collection,
    *,
    identity: tuple[str, ...],
    needed: tuple[str, ...],
    assumed: Mapping[str, str | bool],
    shapes: tuple[str, ...],
    shapeless: bool = False,
    aside: tuple[PropertySchema, ...] = (),
    keeps_rest: bool = False,
    may_lack: tuple[str, ...] = (),
) -> ImportKind:
    return ImportKind(
        collection,
        COLLECTIONS[collection.value].title,
        _properties(collection),
        identity,
        needed,
        assumed,
        shapes,
        shapeless,
        aside,
        keeps_rest,
        may_lack,
    )


def _aside(name: str, title: str, *headers: str) -> PropertySchema:
    return PropertySchema(
        name, title, PropertyType.STRING, required=False, headers=headers, longest=4_000
    )


_COUNTY = _aside(
    "county",
    "所在县区",
    *("县区", "县（市、区）", "县市区", "所属县区", "县级行政区", "area_name"),
)
_OTHER_NAMES = (
    _aside("alias", "别名", "又名", "俗称"),
    _aside("former", "曾用名", "原名", "旧名", "历史名称", "old_name"),
    _aside("short", "简称"),
    _aside(
        "minority",
        "少数民族文字",
        *("民族文字", "少数民族语书写", "ethnic_minorities_writing"),
    ),
)


_NOT_PUBLIC: Mapping[str, str | bool] = {"secrecy": "internal", "public": False}
_SHAPES = {
    Shapes.POINT: ("Point",),
    Shapes.LINE: ("LineString", "MultiLineString"),
    Shapes.AREA: ("Polygon", "MultiPolygon"),
    Shapes.SITE: ("Point", "Polygon", "MultiPolygon"),
    Shapes.ANY: ALL_SHAPES,
}


def _register(
    collection: Collection,
    identity: tuple[str, ...],
    assumed: Mapping[str, str | bool],
    *,
    shapeless: bool = True,
    may_lack: tuple[str, ...] = (),
) -> ImportKind:
    """A register with a form: what the form requires is needed of a new record."""
    form = form_of(collection.value)
    assert form is not None  # noqa: S101 it has one
    needed = tuple(field.name for field in form.fields if field.required)
    return _kind(
        collection,
        identity=identity,
        needed=needed,
        assumed=assumed,
        shapes=_SHAPES[form.shapes],
        shapeless=shapeless,
        aside=(_COUNTY, *(_OTHER_NAMES if collection is Collection.PLACE_NAMES else ())),
        keeps_rest=collection is Collection.PLACE_NAMES,
        may_lack=may_lack,
    )


KINDS: Mapping[str, ImportKind] = MappingProxyType(
    {
        "divisions": _kind(
            Collection.DIVISIONS,
            identity=("code",),
            needed=("code", "name"),
            assumed={"system": "MCA", "role": "own"},
            shapes=("Polygon", "MultiPolygon"),
            shapeless=True,
        ),
        "estates": _kind(
            Collection.ESTATES,
            identity=("name", "division"),
            needed=("name", "division", "estate_class", "stage"),
            assumed={},
            shapes=("Point", "Polygon", "MultiPolygon"),
        ),
        "facilities": _kind(
            Collection.FACILITIES,
            identity=("name", "kind", "division"),
            needed=("name", "kind", "division", "status"),
            assumed={"status": "operating"},
            shapes=("Point",),
        ),
        "place_names": _register(
            Collection.PLACE_NAMES,
            ("name", "kind", "division"),
            {"status": "standard", "secrecy": "public", "confirmed": False, "famous": False},
        ),
        "name_signs": _register(
            Collection.NAME_SIGNS,
            ("name", "sign_kind", "division", "position"),
            {},
        ),
        "protected_names": _register(Collection.PROTECTED_NAMES, ("name", "division"), {}),
        "rural_naming": _register(Collection.RURAL_NAMING, ("division", "counted_on"), {}),
        "reserved_names": _register(
            Collection.RESERVED_NAMES, ("name", "kind", "area"), {"state": "reserved"}
        ),
        "name_archives": _register(Collection.NAME_ARCHIVES, ("number",), {}),
        "boundary_lines": _register(
            Collection.BOUNDARY_LINES, ("code",), {"status": "unverified", **_NOT_PUBLIC}
        ),
        "boundary_points": _register(
            Collection.BOUNDARY_POINTS, ("number", "line"), {"kind": "other", **_NOT_PUBLIC}
        ),
        "boundary_markers": _register(
            Collection.BOUNDARY_MARKERS, ("number", "line"), {"state": "unknown", **_NOT_PUBLIC}
        ),
        "tri_junctions": _register(Collection.TRI_JUNCTIONS, ("name",), _NOT_PUBLIC),
        "boundary_archives": _register(Collection.BOUNDARY_ARCHIVES, ("number",), _NOT_PUBLIC),
        "reporting_areas": _register(
            Collection.REPORTING_AREAS, ("name", "division"), {}, shapeless=False
        ),
        "walk_barriers": _register(
            Collection.WALK_BARRIERS, ("name", "kind", "division"), {}, shapeless=False
        ),
        "walk_crossings": _register(
            Collection.WALK_CROSSINGS,
            ("name", "kind", "division"),
            {"status": "existing"},
            shapeless=False,
        ),
        "indicator_reports": _register(
            Collection.INDICATOR_REPORTS, ("indicator", "division", "period"), {}
        ),
        "cemeteries": _register(
            Collection.CEMETERIES,
            ("name", "division"),
            {"status": "operating"},
        ),
        "graves": _register(
            Collection.GRAVES,
            ("number", "division"),
            {"status": "standing"},
            shapeless=False,
        ),
        "population": _register(
            Collection.POPULATION, ("division", "period", "age_from"), {}, may_lack=("age_from",)
        ),
    }
)
"""Kinds by the name that stands behind ``--as``."""


def kind_named(name: str) -> ImportKind:
    """The kind called `name`.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    if name not in KINDS:
        known = "、".join(f"{key}（{kind.title}）" for key, kind in KINDS.items())
        raise InvalidInput(f"不能导入“{name[:40]}”，可导入：{known}", code="unknown_kind")
    return KINDS[name]
