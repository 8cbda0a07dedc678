"""A checked file on its way into the store: what becomes of each row, and a spool beside it.

It is made by the pre-check and kept with the batch, so that nothing has to be worked out again
when an officer confirms, unless the store has changed in a way that matters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson
import sqlalchemy as sa

from civgeo.store import sqlite
from civgeo.store.bulk import Revival
from civgeo.store.chains import last_sequence
from civgeo.store.disk import keep
from civgeo.store.editing import Change
from civgeo.store.history_tables import history
from civgeo.store.reading import Reading
from civgeo.store.spool import PLACE, Spool, table_of
from civgeo.store.tables import VALIDITY, Collection
