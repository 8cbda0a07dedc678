"""docs/collections.md and the table of properties say the same."""

from pathlib import Path

import pytest

from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema, PropertySchema
from civgeo.store.tables import LAYERS, VALIDITY

GUIDE = Path(__file__).parents[2] / "docs" / "collections.md"


def row(item: PropertySchema) -> str:
    values = "<br>".join(f"`{value}` {label}" for value, label in item.choices)
    cells = (
        f"`{item.name}`",
        item.title,
        item.type.value,
        item.unit,
        "是" if item.required else "",
        "、".join((item.title, *item.headers)),
        values,
    )
    return "| " + " | ".join(cells) + " |"


def section(schema: CollectionSchema) -> str:
    text = GUIDE.read_text(encoding="utf-8")
    return text.partition(f"\n## {schema.id} ")[2].partition("\n## ")[0]


@pytest.mark.parametrize("schema", COLLECTIONS.values(), ids=lambda schema: schema.id)
def test_the_guide_holds_exactly_the_properties_of_the_table(schema: CollectionSchema) -> None:
    lines = [line for line in section(schema).splitlines() if line.startswith("| `")]
    assert lines == [row(item) for item in schema.properties]
    assert schema.title in section(schema)
    assert schema.description in section(schema)


@pytest.mark.parametrize("layer", LAYERS.items(), ids=lambda item: str(item[0]))
def test_stored_collections_publish_the_columns_of_their_layer(layer: tuple) -> None:
    collection, columns = layer
    schema = COLLECTIONS[collection.value]
    listed = [item.name for item in schema.properties if item.name not in columns.unlisted]
    assert listed == list(columns.properties)
    assert {item.name for item in schema.properties} == {*listed, *columns.unlisted}
    for item in schema.properties:
        assert item.required == (not columns.table.c[item.name].nullable), item.name


@pytest.mark.parametrize("layer", LAYERS.items(), ids=lambda item: str(item[0]))
def test_an_officer_enters_just_what_the_history_records(layer: tuple) -> None:
    collection, columns = layer
    entered = {item.name for item in COLLECTIONS[collection.value].entered}
    assert entered - set(VALIDITY) == set(columns.recorded)


def test_headers_of_a_collection_stand_for_one_property_each() -> None:
    for schema in COLLECTIONS.values():
        headers = [text for item in schema.properties for text in {item.title, *item.headers}]
        repeated = sorted({text for text in headers if headers.count(text) > 1})
        assert repeated == [], schema.id
