"""The place-name office: gazetteer, cases, lists, attachments; an index over import batches."""

import sqlalchemy as sa
from alembic import op

from civgeo.store import gpkg_schema, history_schema
from civgeo.store.migrations.layers import create_layer

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = {
    "place_names": (
        "标准地名",
        "GEOMETRY",
        "name! specific! generic kind! type_code census_class place_code toned plain reading"
        " reading_source confirmed:flag! confirmed_by division! spans builtup_area famous:flag!"
        " status! meaning origin history_text description named_on:day other_names secrecy!"
        " public:flag! documents attributes",
        ("division", "name", "place_code"),
    ),
    "name_cases": (
        "地名命名更名案卷",
        "GEOMETRY",
        "name! action! state! former_name kind! level sector division! place proposal! reason"
        " justification return_reason approver filed_to announcer submitted_on:day"
        " approved_on:day filed_on:day announced_on:day published_on:day code_issued_on:day"
        " completed_on:day extended:flag! materials findings documents protected:flag!",
        ("division", "name", "state", "place"),
    ),
    "name_signs": (
        "地名标志",
        "POINT",
        "name! sign_kind! division! place material width_mm:count height_mm:count position side"
        " unit set_on:day state! patrol_round last_patrol:day next_patrol:day photo remark",
        ("division", "place"),
    ),
    "protected_names": (
        "地名保护名录",
        "GEOMETRY",
        "name! category! level batch division! place listed_on:day grounds measures"
        " measures_on:day",
        ("division", "name", "place"),
    ),
    "rural_naming": (
        "乡村著名行动进度",
        "GEOMETRY",
        "name! division! roads_named:count signs_set:count points_mapped:count"
        " names_protected:count goal_reached:flag! counted_on:day!",
        ("division",),
    ),
    "reserved_names": (
        "地名规划储备",
        "GEOMETRY",
        "name! kind! area! division! state! meaning reserved_on:day reserved_until:day place",
        ("division", "name", "place"),
    ),
    "name_archives": (
        "地名档案",
        "GEOMETRY",
        "number! name! division! place case_id year:count! retention! pages:count location",
        ("division", "number", "place"),
    ),
}


def upgrade() -> None:
    """Create the layers with their R*Trees, logs and triggers, then the attachments."""
    op.execute("CREATE INDEX ix_history_batch ON history (batch) WHERE batch IS NOT NULL")
    for table, layer in _TABLES.items():
        create_layer(table, *layer)
    _create_attachments()


def _create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("fid", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="ck_attachments_sha256"),
        sa.CheckConstraint("size = length(content)", name="ck_attachments_size"),
        sqlite_autoincrement=True,
    )
    for statement in gpkg_schema.register_attributes("attachments", "附件"):
        op.execute(statement)
    for trigger in history_schema.attachment_triggers():
        op.execute(sa.text(trigger))
