"""Boundaries and joint inspections: lines, points, markers, rounds, records, works, disputes."""

from civgeo.store.migrations.layers import create_layer

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = {
    "boundary_lines": (
        "行政区域界线",
        "GEOMETRY",
        "code! name! level! division! sides! status! length_m:number filed_length_m:number"
        " agreement agreement_number agreed_on:day map map_scale course changed_on:day"
        " demarcate_by:day last_inspected:day next_due:day secrecy! public:flag! documents",
        ("division", "code", "name"),
    ),
    "boundary_points": (
        "边界点",
        "POINT",
        "number! kind! line division! datum northing_m:number easting_m:number longitude"
        " latitude height_m:number description chainage_m:number secrecy! public:flag!"
        " documents",
        ("division", "number", "line"),
    ),
    "boundary_markers": (
        "界桩",
        "POINT",
        "number! engraved name serial:count suffix setting level material line division!"
        " sides! state! datum northing_m:number easting_m:number longitude latitude"
        " height_m:number witnesses position locations responsible custodian set_on:day"
        " registered_on:day last_inspected:day chainage_m:number offset_m:number photos"
        " signatures device remark secrecy! public:flag! documents",
        ("division", "number", "line"),
    ),
    "tri_junctions": (
        "三交点",
        "POINT",
        "name! level division! sides! lines marker datum northing_m:number easting_m:number"
        " longitude latitude height_m:number agreement minutes agreed_on:day secrecy!"
        " public:flag! documents",
        ("division", "name", "marker"),
    ),
    "boundary_archives": (
        "界线档案",
        "GEOMETRY",
        "number! name! kind! line division! level year:count! pages:count location"
        " hand_over_to hand_over_by:day handed_over_on:day received_by secrecy! public:flag!"
        " documents",
        ("division", "number", "line"),
    ),
    "inspection_rounds": (
        "联检计划",
        "GEOMETRY",
        "name! line! line_name! level! round:count! kind! cause year:count! due:day!"
        " division! sides! leader state! tolerance_m:number started_on:day finished_on:day"
        " reported_on:day filed_on:day remark documents",
        ("division", "line"),
    ),
    "inspections": (
        "联检记录",
        "POINT",
        "name! subject! line! round:count! marker side! division! inspected_on:day! inspector"
        " state actions longitude:number latitude:number height_m:number datum"
        " displacement_m:number displacement_towards witnesses answers photos remark findings"
        " file! import_batch!",
        ("division", "name", "line", "marker", "import_batch"),
    ),
    "marker_works": (
        "界桩修复与变动",
        "POINT",
        "name! line! marker kind! state! division! responsible! present cause! proposal"
        " steps! due:day documents",
        ("division", "name", "line", "marker"),
    ),
    "boundary_disputes": (
        "边界争议",
        "GEOMETRY",
        "name! line! division! sides! state! began_on:day! claims settled_on:day outcome documents",
        ("division", "line"),
    ),
    "yearly_checks": (
        "平安边界年度检查",
        "GEOMETRY",
        "name! line! year:count! division! items! checked_on:day checked_by remark documents",
        ("division", "line"),
    ),
    "division_changes": (
        "区划变更草案",
        "GEOMETRY",
        "name! kind! state! division! before! after! reason approved_on:day approval effects"
        " documents",
        ("division",),
    ),
}


def upgrade() -> None:
    """Create the layers with their R*Trees, logs and triggers."""
    for table, layer in _TABLES.items():
        create_layer(table, *layer)
