"""The store of one city: tables, migrations, reads and writes."""

from civgeo.store.reading import Reading, Register, Scalar
from civgeo.store.sqlite import Box, SqliteFacts, sqlite_facts
from civgeo.store.store import Store
from civgeo.store.tables import LAYERS, Collection
from civgeo.store.writing import Writing

__all__ = [
    "LAYERS",
    "Box",
    "Collection",
    "Reading",
    "Register",
    "Scalar",
    "SqliteFacts",
    "Store",
    "Writing",
    "sqlite_facts",
]
