"""The catalogue of indicators in force for a store: the packaged one with the bureau's own rows.

The bureau's file is ``own/rules/indicators.csv`` beside the store, with the columns of the packaged
table. A row with the id of a packaged one takes its place; with ``enabled`` false it strikes it.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from civgeo.analysis.fictional_city import FICTIONAL_CITY, FICTIONAL_NAME
from civgeo.domain.division import DivisionCode
from civgeo.domain.indicator_catalogue import (
    COLUMNS,
    IndicatorCatalogue,
    IndicatorDefinition,
    definition_of,
)
from civgeo.errors import InvalidInput, OwnFileBroken
from civgeo.formats.indicators import indicator_catalogue
from civgeo.services.own_tables import Layout, own_rows
from civgeo.services.table_cells import Cells, TableFault
from civgeo.store.own_files import OwnFile, own_files

__all__ = ["INDICATORS", "INDICATOR_LAYOUT", "catalogue_in_force", "city_indicators"]
__all__ += ["indicator_faults"]

INDICATORS = "rules/indicators.csv"
INDICATOR_LAYOUT = Layout({name: name for name in COLUMNS}, COLUMNS)
_MODEL = "411700"
_INVENTED = "虚构示例指标（数字取自驻马店市的规划，不是任何文件）"


def catalogue_in_force(directory: Path | None) -> IndicatorCatalogue:
    """Catalogue for the store in `directory`; the packaged one without a store.

    Raises
    ------
    OwnFileBroken
        When the bureau's file cannot be read as a whole.
    """
    files = () if directory is None else own_files(directory)
    return _merged(tuple(file for file in files if file.name == INDICATORS))


def city_indicators(catalogue: IndicatorCatalogue, code: str) -> tuple[IndicatorDefinition, ...]:
    """Definitions of the city of that code; the fictional city has Zhumadian's, marked invented."""
    found = catalogue.of_city(code)
    if found or DivisionCode.parse(code).text != FICTIONAL_CITY:
        return found
    invented = catalogue.rehomed(_MODEL, FICTIONAL_CITY, FICTIONAL_NAME, _INVENTED)
    return invented.definitions


def indicator_faults(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """What is wrong with the bureau's table of indicators among `files`."""
    own = [file for file in files if file.name == INDICATORS]
    return (
        own_rows(own[0], INDICATOR_LAYOUT, _definition, lambda item: item.id).faults if own else ()
    )


@lru_cache(maxsize=8)
def _merged(files: tuple[OwnFile, ...]) -> IndicatorCatalogue:
    packaged = indicator_catalogue()
    if not files:
        return packaged
    read = own_rows(files[0], INDICATOR_LAYOUT, _definition, lambda item: item.id)
    if read.faults:
        more = f"（共 {len(read.faults)} 处）" if len(read.faults) > 1 else ""
        hint = "改好之前不作评价；逐处查看：civgeo names own check"
        raise OwnFileBroken(f"{read.faults[0].message}{more}。{hint}")
    if not read.entries:
        return packaged
    mark = sha256(files[0].path.read_bytes()).hexdigest()[:8]
    return packaged.with_own(read.entries, f"{packaged.edition}（本局修订 {mark}）")


def _definition(cells: Cells) -> IndicatorDefinition:
    try:
        return definition_of({name: cells.text(name) for name in COLUMNS})
    except InvalidInput as error:
        column = error.message.partition(" ")[0]
        raise cells.wrong(column if column in COLUMNS else "id", error.message) from None
