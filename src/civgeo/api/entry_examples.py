"""Examples of what is entered one by one, for the definition of the API."""

from collections.abc import Mapping

from civgeo.services.feature_schema import COLLECTIONS, PropertySchema, PropertyType

__all__ = ["change_example", "entry_example", "restoration_example"]

Values = Mapping[str, object]

_EDIT: Values = {
    "actor": "张三",
    "document": "驻民〔2026〕12号",
    "document_date": "2026-08-18",
    "valid_from": "2026-09-01",
}
_POINT: Values = {"type": "Point", "coordinates": [114.021, 32.984]}
_OUTLINES: Mapping[str, Values] = {
    "estates": {
        "type": "Polygon",
        "coordinates": [
            [
                [114.02, 32.98],
                [114.023, 32.98],
                [114.023, 32.982],
                [114.02, 32.982],
                [114.02, 32.98],
            ]
        ],
    },
    "reporting_areas": {
        "type": "Polygon",
        "coordinates": [
            [[114.0, 32.97], [114.05, 32.97], [114.05, 33.0], [114.0, 33.0], [114.0, 32.97]]
        ],
    },
    "walk_barriers": {
        "type": "LineString",
        "coordinates": [[114.015, 32.97], [114.018, 32.99], [114.019, 33.01]],
    },
    "walk_crossings": {
        "type": "LineString",
        "coordinates": [[114.017, 32.984], [114.0185, 32.9842]],
    },
}
_COMMON: Values = {"division": "411702", "source": "驻民〔2026〕12号", "simulated": False}
_GIVEN: Mapping[str, Values] = {
    "estates": {
        "name": "祥和苑",
        "division": "411702001",
        "estate_class": "new",
        "completed_year": 2025,
        "households": 860,
        "stage": "accepted",
    },
    "facilities": {
        "name": "祥和苑社区日间照料中心",
        "kind": "community_day_care",
        "division": "411702001",
        "floor_area_m2": 320.5,
        "beds": 12,
        "opened": "2026-05-01",
        "status": "operating",
    },
    "name_signs": {
        "name": "揽月路",
        "sign_kind": "street",
        "material": "铝板反光膜",
        "width_mm": 1200,
        "height_mm": 400,
        "position": "揽月路与文明大道交叉口东北角",
        "set_on": "2026-10-08",
        "state": "intact",
    },
    "protected_names": {
        "name": "嵖岈山",
        "category": "山",
        "level": "省级",
        "division": "411722",
        "listed_on": "2026-06-01",
        "grounds": "千年古地名，史籍有载",
        "measures": "不更名；设立标志；编入地名志",
    },
    "rural_naming": {
        "name": "嵖岈山镇",
        "division": "411722",
        "roads_named": 36,
        "signs_set": 80,
        "points_mapped": 210,
        "goal_reached": True,
        "counted_on": "2026-06-30",
    },
    "reserved_names": {
        "name": "望湖路",
        "kind": "street",
        "area": "城东新区起步区",
        "state": "reserved",
        "meaning": "道路东端可望见人工湖",
        "reserved_on": "2026-06-01",
    },
    "name_archives": {
        "number": "DM-2026-0012",
        "name": "揽月路命名案卷",
        "year": 2026,
        "retention": "permanent",
        "pages": 24,
        "location": "档案室 3 柜 2 层",
    },
    "reporting_areas": {
        "name": "驿城产业集聚区",
        "kind": "development_zone",
        "division": "411702",
        "drawn_on": "2026-06-01",
    },
    "walk_barriers": {"name": "京广铁路驿城段", "kind": "railway", "division": "411702"},
    "walk_crossings": {
        "name": "练江路人行天桥",
        "kind": "footbridge",
        "division": "411702",
        "status": "planned",
    },
    "cemeteries": {
        "name": "驿城区示例公益性公墓",
        "kind": "cemetery",
        "level": "county",
        "operation": "public",
        "division": "411702",
        "status": "operating",
        "area_mu": 102.5,
        "capacity": 12000,
        "used": 3150,
        "plot_single_m2": 0.5,
        "plot_joint_m2": 0.8,
        "approval": "驻民〔2019〕18号",
        "approved_on": "2019-05-20",
        "approved_mu": 102.5,
        "serves": "411702",
    },
    "population": {
        "division": "411702001",
        "period": 2025,
        "population": 48200,
        "death_rate_per_mille": 7.4,
    },
}
_CHANGED: Mapping[str, Values] = {
    "estates": {"households": 872, "stage": "handed_over"},
    "facilities": {"beds": 16},
    "name_signs": {"state": "broken", "last_patrol": "2026-11-02", "remark": "面板脱落一角"},
    "protected_names": {"measures_on": "2026-07-15"},
    "rural_naming": {"roads_named": 38},
    "reserved_names": {"state": "used"},
    "name_archives": {"pages": 26},
    "reporting_areas": {"note": "边界以批准的规划图为准"},
    "walk_barriers": {"note": "两侧设有围栏"},
    "walk_crossings": {"status": "existing"},
    "cemeteries": {"used": 3162},
    "population": {"death_rate_per_mille": 7.6},
}


def entry_example(collection: str) -> Values:
    """A new record of `collection` as it is sent."""
    needed = (item for item in COLLECTIONS[collection].entered if item.required)
    values = {item.name: _COMMON.get(item.name, _some(item)) for item in needed}
    shape = _OUTLINES.get(collection, _POINT)
    properties = {**values, **_GIVEN.get(collection, {})}
    return {"type": "Feature", "geometry": shape, "properties": properties, "edit": _EDIT}


def change_example(collection: str) -> Values:
    """A change of a record of `collection` as it is sent."""
    first = next(item for item in COLLECTIONS[collection].entered)
    properties = _CHANGED.get(collection, {first.name: _some(first)})
    return {"properties": properties, "edit": {**_EDIT, "version": 1}}


def restoration_example() -> Values:
    """A request to undo the closing of a record."""
    return {"edit": {**_EDIT, "version": 2}}


def _some(item: PropertySchema) -> object:
    """A value that the property may have."""
    if item.choices:
        return item.choices[0][0]
    plain = {PropertyType.DATE: "2026-09-01", PropertyType.BOOLEAN: False, PropertyType.JSON: []}
    numbers = (PropertyType.INTEGER, PropertyType.NUMBER)
    return plain.get(item.type, 1 if item.type in numbers else f"示例{item.title}")
