"""Cemeteries: burial places, scattered graves, people and their death rates."""

from civgeo.store.migrations.layers import create_layer

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = {
    "cemeteries": (
        "公墓与骨灰堂",
        "GEOMETRY",
        "name! kind! level operation! division! status! area_mu:number capacity:count used:count"
        " plot_single_m2:number plot_joint_m2:number graves_over_limit:count graves_counted:count"
        " land_class approval approved_on:day approved_mu:number serves opened:day note documents",
        ("division", "name"),
    ),
    "graves": (
        "散坟",
        "POINT",
        "number! division! village kind! count:count! remains area_m2:number built_on:day status!"
        " relocated_to moved_on:day note",
        ("division", "number", "relocated_to"),
    ),
    "population": (
        "人口与死亡率",
        "GEOMETRY",
        "division! period:count! age_from:count population:count! death_rate_per_mille:number"
        " share:number document note",
        ("division", "period"),
    ),
}


def upgrade() -> None:
    """Create the layers with their R*Trees, logs and triggers."""
    for table, layer in _TABLES.items():
        create_layer(table, *layer)
