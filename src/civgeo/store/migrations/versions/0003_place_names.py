"""The place-name office: gazetteer, cases, lists, attachments; an index over import batches."""

import sqlalchemy as sa
from alembic import op

from civgeo.store import gpkg_schema, history_schema
from civgeo.store.columns import Day, Geometry

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
_KINDS = {"": sa.Text, "day": Day, "count": sa.Integer, "flag": sa.Boolean}
_LAST = "source! simulated:flag! version:count!"


def upgrade() -> None:
    """Create the layers with their R*Trees, logs and triggers, then the attachments."""
    op.execute("CREATE INDEX ix_history_batch ON history (batch) WHERE batch IS NOT NULL")
    for table, (title, shapes, fields, indexed) in _TABLES.items():
        _create(table, shapes, fields)
        for name in indexed:
            op.create_index(f"ix_{table}_{name}", table, [name])
        for statement in gpkg_schema.register_layer(table, title, shapes):
            op.execute(statement)
        _create_log(table)
    _create_attachments()


def _field(written: str) -> tuple[str, str, bool]:
    """Name, kind and whether every record has it, of ``name:kind!``."""
    name, _, kind = written.rstrip("!").partition(":")
    return name, kind, written.endswith("!")


def _create(table: str, shapes: str, fields: str) -> None:
    listed = [_field(written) for written in fields.split()]
    columns = [
        sa.Column(name, _KINDS[kind](), nullable=not required)
        for name, kind, required in [*listed, *(_field(written) for written in _LAST.split())]
    ]
    validity = [
        sa.Column(name, Day(), sa.CheckConstraint(_is_day(name), name=f"ck_{table}_{name}"))
        for name in ("valid_from", "valid_to")
    ]
    checks = {"id": "id <> ''", "simulated": "simulated IN (0, 1)", "version": "version >= 1"}
    checks |= {name: f"{name} >= 0" for name, kind, _ in listed if kind == "count"}
    checks |= {name: _is_day(name) for name, kind, _ in listed if kind == "day"}
    op.create_table(
        table,
        sa.Column("fid", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *columns,
        sa.Column("geometry", Geometry(shapes)),
        *validity,
        *(sa.CheckConstraint(rule, name=f"ck_{table}_{name}") for name, rule in checks.items()),
        sqlite_autoincrement=True,
    )


def _is_day(name: str) -> str:
    return f"{name} IS date({name}, '+0 days')"


def _create_log(table: str) -> None:
    declared = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})").all()
    columns = ",\n\t".join(f"{row.name} {row.type}" for row in declared)
    op.execute(
        f"CREATE TABLE outside_{table} (\n\tsequence INTEGER NOT NULL PRIMARY KEY "
        "AUTOINCREMENT,\n\thappened_at DATETIME NOT NULL,\n\tevent TEXT NOT NULL,\n\t"
        f"settled TEXT,\n\t{columns}\n)"
    )
    op.create_index(f"ix_outside_{table}_settled", f"outside_{table}", ["settled", "fid"])
    for statement in history_schema.log_triggers(table, [row.name for row in declared]):
        op.execute(sa.text(statement.replace(":", r"\:")))


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
