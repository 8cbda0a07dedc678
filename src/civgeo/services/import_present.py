"""What the store holds of the rows of a file, found without holding all of the store."""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civgeo.services.import_plan import identity_keys
from civgeo.store.identities import identities, ids_at
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["Directory"]


class Directory:
    """Records of a collection by what they are called; sixteen bytes a record.

    Parameters
    ----------
    reading
        The store at one moment.
    collection
        Which one.
    identity
        Properties that name a record.
    """

    def __init__(self, reading: Reading, collection: Collection, identity: Sequence[str]) -> None:
        self.reading, self.collection, self.identity = reading, collection, tuple(identity)
        marks, fids = [_NONE], [_NONE]
        for page in identities(reading, collection, self.identity):
            columns = ["fid", *self.identity]
            frame = pd.DataFrame([tuple(row) for row in page], columns=columns, dtype=object)
            keys = identity_keys(frame, self.identity)
            marks.append(_marks(keys))
            fids.append(frame["fid"].to_numpy(dtype=np.int64)[keys.notna().to_numpy()])
        marked, placed = np.concatenate(marks), np.concatenate(fids)
        order = np.argsort(marked)
        self._marks, self._fids = marked[order], placed[order]

    def like(self, keys: Iterable[tuple[str, ...] | None], ids: Iterable[str]) -> gpd.GeoDataFrame:
        """Records that are called like one of `keys`, and those of `ids` that exist.

        A few others may be among them: a record is found by a mark of its name, not by the name.
        """
        wanted = np.unique(_marks(pd.Series([*keys], dtype=object)))
        first, last = (np.searchsorted(self._marks, wanted, side) for side in ("left", "right"))
        places = [np.arange(a, b) for a, b in zip(first, last, strict=True) if a < b]
        fids = self._fids[np.concatenate(places)].tolist() if places else []
        found = {*ids, *(ids_at(self.reading, self.collection, fids) if fids else ())}
        return self.reading.features(self.collection, ids=sorted(found))


_NONE = np.empty(0, dtype=np.int64)


def _marks(keys: pd.Series) -> NDArray[np.int64]:
    """A number for each key that is there; others hardly ever have the same."""
    return np.array([hash(key) for key in keys.dropna()], dtype=np.int64)
