"""First form: divisions, estates, facilities, standards and the register, as a GeoPackage 1.3."""

import sqlalchemy as sa
from alembic import op

from civgeo.store import gpkg_schema
from civgeo.store.tables import Day, Geometry, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, then register the layers with their R*Trees."""
    for statement in gpkg_schema.system_statements():
        op.execute(statement)
    _create_divisions()
    _create_estates()
    _create_facilities()
    _create_standards()
    _create_register()
    _register_all()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer) for name in names]


def _checks(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(condition, name=f"ck_{table}_{name}")
        for name, condition in conditions.items()
    ]


def _kept(table: str) -> list[sa.CheckConstraint]:
    return _checks(table, id="id <> ''", simulated="simulated IN (0, 1)", version="version >= 1")


def _create(table: str, *items: sa.schema.SchemaItem, indexes: tuple[str, ...] = ()) -> None:
    op.create_table(
        table, sa.Column("fid", sa.Integer, primary_key=True), *items, sqlite_autoincrement=True
    )
    for name in indexes:
        op.create_index(f"ix_{table}_{name}", table, [name])


def _create_divisions() -> None:
    _create(
        "divisions",
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_text("code", "name", "level", "system"),
        sa.Column("parent", sa.Text),
        *_text("role"),
        sa.Column("valid_from", Day()),
        sa.Column("valid_to", Day()),
        *_text("source"),
        sa.Column("source_date", Day()),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON")),
        *_kept("divisions"),
        *_checks(
            "divisions",
            level="level IN ('province', 'prefecture', 'county', 'township', 'community')",
            system="system IN ('MCA', 'NBS')",
            role="role IN ('own', 'context')",
            valid_from="valid_from IS date(valid_from, '+0 days')",
            valid_to="valid_to IS date(valid_to, '+0 days')",
            source_date="source_date IS date(source_date, '+0 days')",
        ),
        indexes=("code", "parent", "level"),
    )


def _create_estates() -> None:
    _create(
        "estates",
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_text("name", "division"),
        sa.Column("community", sa.Text),
        *_text("estate_class"),
        *_whole("completed_year", "households", "households_new", "elders"),
        *_text("stage", "source"),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("geometry", Geometry("GEOMETRY")),
        *_kept("estates"),
        *_checks(
            "estates",
            estate_class="estate_class IN ('new', 'existing', 'mixed')",
            stage="stage IN ('planned', 'built', 'accepted', 'handed_over')",
            households="households >= 0",
            households_new="households_new >= 0",
            elders="elders >= 0",
            completed_year="completed_year BETWEEN 1900 AND 2100",
            households_mixed="households_new IS NULL OR estate_class = 'mixed'",
            households_part="households_new <= households",
        ),
        indexes=("division", "community"),
    )


def _create_facilities() -> None:
    _create(
        "facility_kinds",
        sa.Column("kind", sa.Text, nullable=False, unique=True),
        *_text("label_zh"),
    )
    _create(
        "facilities",
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_text("name"),
        sa.Column("kind", sa.Text, sa.ForeignKey("facility_kinds.kind"), nullable=False),
        *_text("division"),
        sa.Column("community", sa.Text),
        sa.Column("estate", sa.Text, sa.ForeignKey("estates.id")),
        sa.Column("floor_area_m2", sa.Double),
        *_whole("beds", "nursing_beds"),
        sa.Column("opened", Day()),
        *_text("status", "source"),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("geometry", Geometry("POINT")),
        *_kept("facilities"),
        *_checks(
            "facilities",
            status="status IN ('planned', 'operating', 'suspended', 'closed')",
            floor_area_m2="floor_area_m2 >= 0",
            beds="beds >= 0",
            nursing_beds="nursing_beds >= 0",
            opened="opened IS date(opened, '+0 days')",
        ),
        indexes=("kind", "division", "community", "estate"),
    )
    kinds = sa.table("facility_kinds", sa.column("kind"), sa.column("label_zh"))
    op.bulk_insert(kinds, [{"kind": kind, "label_zh": label} for kind, label in _KINDS.items()])


def _create_standards() -> None:
    _create(
        "standards",
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_text("topic", "place", "adcode", "regulation", "document_no", "article"),
        *_text("valid_from", "valid_to", "quantity", "estate_class", "area_basis", "operator"),
        sa.Column("value", sa.Text),
        *_text("unit", "applies_to", "evidence", "note"),
        sa.Column("enabled", sa.Boolean, nullable=False),
        *_text("repeats"),
        *_checks("standards", id="id <> ''", enabled="enabled IN (0, 1)"),
        indexes=("topic",),
    )


def _create_register() -> None:
    op.create_table(
        "register",
        sa.Column("fid", sa.Integer, primary_key=True),
        *_text("city", "name"),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        *_text("edition", "sources"),
        sa.Column("data_version", sa.Integer, nullable=False),
        *_checks("register", one_row="fid = 1", simulated="simulated IN (0, 1)"),
    )


def _register_all() -> None:
    statements = [
        *gpkg_schema.register_layer("divisions", "行政区划", "MULTIPOLYGON"),
        *gpkg_schema.register_layer("estates", "小区", "GEOMETRY"),
        *gpkg_schema.register_layer("facilities", "设施", "POINT"),
        *gpkg_schema.register_attributes("facility_kinds", "设施类别"),
        *gpkg_schema.register_attributes("standards", "标准"),
        *gpkg_schema.register_attributes("register", "登记库"),
    ]
    for statement in statements:
        op.execute(statement)


_KINDS = {
    "elder_care_home": "养老机构",
    "street_elder_care_centre": "街道综合养老服务中心",
    "regional_elder_care_centre": "区域养老服务中心",
    "county_elder_care_demonstration_centre": "县级养老服务示范中心",
    "elder_care_complex": "养老服务综合体",
    "community_elder_care_place": "社区养老服务场所",
    "community_day_care": "社区日间照料中心",
    "village_mutual_aid_home": "农村互助养老服务设施",
    "meal_point": "老年助餐点",
    "family_beds": "家庭养老床位",
    "destitute_support_institution": "特困人员供养服务机构",
    "disabled_destitute_institution": "失能特困人员供养机构",
    "rehabilitation_aid_point": "康复辅具租赁点",
    "mental_rehabilitation_point": "精神障碍社区康复服务点",
    "community_service_facility": "社区综合服务设施",
    "village_service_facility": "村级综合服务设施",
    "social_work_station": "乡镇（街道）社工站",
    "minors_protection_station": "未成年人保护工作站",
    "volunteer_point": "志愿服务站点",
    "social_organisation_venue": "社会组织活动场所",
    "lottery_point": "福利彩票销售站点",
    "rescue_station": "救助管理站",
    "funeral_home": "殡仪馆",
    "funeral_service_station": "殡仪服务站",
    "columbarium": "骨灰堂",
    "cemetery_urban": "城市公益性公墓",
    "cemetery_rural": "农村公益性公墓",
    "cemetery_commercial": "经营性公墓",
}
