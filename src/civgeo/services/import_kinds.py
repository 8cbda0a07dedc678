"""What can be imported: one entry for each kind, with the headers that officers use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from civgeo.errors import InvalidInput
from civgeo.services.feature_schema import COLLECTIONS, PropertySchema, PropertyType
from civgeo.store.tables import LAYERS, Collection

__all__ = ["KINDS", "ImportKind", "kind_named"]


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
    """

    collection: Collection
    title: str
    properties: tuple[PropertySchema, ...]
    identity: tuple[str, ...]
    needed: tuple[str, ...]
    assumed: Mapping[str, str]
    shapes: tuple[str, ...]
    shapeless: bool = False

    def property(self, name: str) -> PropertySchema | None:
        """Property of that name, or None."""
        return next((item for item in self.properties if item.name == name), None)

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
}
_ID_HEADERS = {"estates": ("小区编号", "登记编号"), "facilities": ("设施编号", "登记编号")}
_NOT_IMPORTED = frozenset({"version"})


def _properties(collection: Collection) -> tuple[PropertySchema, ...]:
    more = _MORE_HEADERS[collection.value]
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
    assumed: Mapping[str, str],
    shapes: tuple[str, ...],
    shapeless: bool = False,
) -> ImportKind:
    title = COLLECTIONS[collection.value].title
    properties = _properties(collection)
    return ImportKind(collection, title, properties, identity, needed, assumed, shapes, shapeless)


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
