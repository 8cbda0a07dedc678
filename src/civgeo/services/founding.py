"""Founding a city's store: its divisions, outlines and standards."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.standard import StandardBook
from civgeo.errors import StoreUnavailable
from civgeo.formats.division_list import ministry_list
from civgeo.formats.outlines import OutlineSource, city_outlines
from civgeo.formats.reference import standards
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.qgis_project import LayerLook, write_qgis_project
from civgeo.store.reading import Register
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection

__all__ = ["Progress", "county_units", "division_sources", "found_city", "real_divisions"]
__all__ += ["require_no_store", "write_store"]

Progress = Callable[[str, int, int], None]
_COLOURS = {
    Collection.DIVISIONS: "226,231,236,120",
    Collection.ESTATES: "214,158,88,200",
    Collection.FACILITIES: "32,92,150,255",
}


def found_city(
    directory: Path,
    code: str,
    *,
    today: datetime,
    progress: Progress,
    source: OutlineSource = OutlineSource.TIANDITU,
) -> Store:
    """Make the store of a real city in `directory`: divisions and standards, nothing simulated.

    Raises
    ------
    DataPackageMissing, NotFound, InvalidInput
        As `real_divisions`.
    StoreUnavailable
        When there is a store already, or the folder cannot be written.
    """
    require_no_store(directory)
    progress("区划与轮廓", 0, 1)
    divisions = real_divisions(code, source)
    progress("区划与轮廓", 1, 1)
    text, book = DivisionCode.parse(code).text, standards()
    register = Register(
        city=text,
        name=str(divisions.loc[text, "name"]),
        simulated=False,
        created_at=today.astimezone(UTC),
        edition=book.edition,
        sources=division_sources(source),
    )
    return write_store(directory, register, book, progress, [(Collection.DIVISIONS, divisions)])


def division_sources(source: OutlineSource) -> dict[str, str]:
    """Where real divisions come from, as it is cited."""
    return {"轮廓": source.citation, "乡镇街道": ministry_list().source}


def real_divisions(code: str, source: OutlineSource) -> gpd.GeoDataFrame:
    """Outlines of a city and its neighbours, and its townships from the Ministry's list.

    Raises
    ------
    DataPackageMissing
        When ``civgeo[data-cn]`` is not installed.
    NotFound, InvalidInput
        As `city_outlines`.
    """
    outlines = city_outlines(code, source)
    names = ministry_list()
    towns = [entry for code in county_units(outlines).index for entry in names.townships(code)]
    rows = pd.DataFrame(
        {
            "code": [entry.code for entry in towns],
            "name": [entry.name for entry in towns],
            "level": "township",
            "system": names.system.value,
            "parent": [entry.code[:6] for entry in towns],
            "role": "own",
            "valid_from": None,
            "valid_to": None,
            "source": names.source,
            "source_date": names.as_of.isoformat(),
            "simulated": False,
            "version": 1,
            "geometry": None,
        },
        index=pd.Index([entry.code for entry in towns], name="id"),
    )
    listed = gpd.GeoDataFrame(rows, geometry="geometry", crs=outlines.crs)
    both = pd.concat([outlines, listed])
    return gpd.GeoDataFrame(both, geometry="geometry", crs=outlines.crs)


def county_units(divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Own counties of a city; the city itself where it has none (Dongguan, Zhongshan, Danzhou)."""
    own = divisions[divisions["role"] == "own"]
    counties = own[own["level"] == "county"]
    return own[own["level"] == "prefecture"] if counties.empty else counties


def write_store(
    directory: Path,
    register: Register,
    book: StandardBook,
    progress: Progress,
    frames: Sequence[tuple[Collection, gpd.GeoDataFrame]],
) -> Store:
    """Fill a store beside its place and put it there in one step.

    Parameters
    ----------
    directory
        Folder of the store.
    register, book
        What the store is about, and its standards.
    progress
        Called with (step, done, in all).
    frames
        What to enter, each frame with its collection, in this order.

    Raises
    ------
    StoreUnavailable
        When there is a store already, or the folder cannot be written.
    """
    require_no_store(directory)
    progress("写入库", 0, 1)
    with _workshop(directory) as building:
        with Store.create(building, register=register) as store, store.write() as writing:
            for collection, frame in frames:
                writing.add(collection, frame)
            writing.add_standards(book.standards)
        require_no_store(directory)
        (building / FILE_NAME).replace(directory / FILE_NAME)
    write_qgis_project(directory / FILE_NAME, register.name, _looks())
    progress("写入库", 1, 1)
    return Store.open(directory)


def _looks() -> dict[Collection, LayerLook]:
    """Chinese names, value lists and colours of the layers for QGIS."""
    return {
        collection: LayerLook(
            title=COLLECTIONS[collection.value].title,
            colour=colour,
            aliases={item.name: item.title for item in COLLECTIONS[collection.value].properties},
            choices={
                item.name: dict(item.choices)
                for item in COLLECTIONS[collection.value].properties
                if item.choices
            },
        )
        for collection, colour in _COLOURS.items()
    }


def require_no_store(directory: Path) -> None:
    """Pass when `directory` holds no store yet.

    Raises
    ------
    StoreUnavailable
        When there is one: it is never overwritten.
    """
    if (directory / FILE_NAME).exists():
        raise StoreUnavailable(f"{directory} 中已有登记库，不会覆盖", code="store_exists")


@contextmanager
def _workshop(directory: Path) -> Iterator[Path]:
    """A folder inside `directory` that goes away, and `directory` with it if made in vain."""
    new = not directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".civgeo-", dir=directory) as building:
            yield Path(building)
    except OSError as error:
        text = f"{directory} 不能写入：{error.strerror}。请检查写权限和磁盘空间"
        raise StoreUnavailable(text) from error
    finally:
        if new and directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()
