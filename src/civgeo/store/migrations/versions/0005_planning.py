"""Planning: reporting areas, what stops walkers, crossings, reported figures, scenarios."""

from civgeo.store.migrations.layers import create_layer

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = {
    "reporting_areas": (
        "统计范围",
        "GEOMETRY",
        "name! code kind! division! drawn_on:day note documents",
        ("division", "name"),
    ),
    "walk_barriers": ("步行阻隔", "GEOMETRY", "name! kind! division! note", ("division",)),
    "walk_crossings": (
        "跨越设施",
        "GEOMETRY",
        "name! kind! division! status! note",
        ("division",),
    ),
    "indicator_reports": (
        "指标上报数",
        "GEOMETRY",
        "indicator! division! reported_on:day period:count! numerator:number!"
        " denominator:number document note",
        ("division", "indicator"),
    ),
    "scenarios": (
        "情景方案",
        "GEOMETRY",
        "name! purpose division! edits! data_version:count! base_on:day! created_by!"
        " shared:flag! note",
        ("division",),
    ),
}


def upgrade() -> None:
    """Create the layers with their R*Trees, logs and triggers."""
    for table, layer in _TABLES.items():
        create_layer(table, *layer)
