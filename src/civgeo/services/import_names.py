"""Divisions and estates that an outside table names: by code, by name, or nearly."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from civgeo.domain.division import CodeSystem, DivisionCode, DivisionLevel
from civgeo.errors import InvalidInput
from civgeo.formats.findings import Finding
from civgeo.formats.reference import county_lineage

__all__ = ["DivisionNames", "folded", "resolve", "same_place", "what_followed"]

_COMMITTEE = re.compile(r"(居民委员会|村民委员会|居委会|村委会|行政村|社区|村)$")


def folded(text: object) -> str:
    """A name for comparison: half-width, without blanks.

    Examples
    --------
    >>> folded("幸福　里（１期） ")
    '幸福里(1期)'
    """
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def same_place(text: str) -> str:
    """A community's name without what tells the place from its committee.

    Examples
    --------
    >>> same_place("新华社区"), same_place("新华居委会")
    ('新华', '新华')
    """
    plain = folded(text)
    return _COMMITTEE.sub("", plain) or plain


@dataclass(frozen=True, slots=True)
class DivisionNames:
    """Divisions of the city that records may name, by code and by name.

    Parameters
    ----------
    levels
        Levels that a record may name.
    codes
        Name by code.
    by_name
        Codes by folded name, alone and behind the name of the county.
    statistical
        Names by code of the statistics bureau.
    """

    levels: tuple[DivisionLevel, ...]
    codes: dict[str, str]
    by_name: dict[str, tuple[str, ...]]
    statistical: dict[str, str]

    @classmethod
    def of(cls, divisions: gpd.GeoDataFrame, levels: Iterable[DivisionLevel]) -> "DivisionNames":
        """Names of the city's own divisions at `levels`."""
        wanted = tuple(levels)
        own = divisions[(divisions["role"] == "own") & divisions["level"].isin(wanted)]
        ministry = own[own["system"] == CodeSystem.MCA.value]
        codes = dict(zip(ministry["code"].tolist(), ministry["name"].tolist(), strict=True))
        everyone = dict(zip(divisions["code"].tolist(), divisions["name"].tolist(), strict=True))
        found: dict[str, list[str]] = {}
        for code, name in codes.items():
            found.setdefault(folded(name), []).append(code)
            county = everyone.get(code[:6])
            if county and len(code) > 6:
                found.setdefault(folded(county + name), []).append(code)
        bureau = own[own["system"] == CodeSystem.NBS.value]
        statistical = dict(zip(bureau["code"].tolist(), bureau["name"].tolist(), strict=True))
        by_name = {name: tuple(codes) for name, codes in found.items()}
        return cls(wanted, codes, by_name, statistical)

    @property
    def what(self) -> str:
        """What a record may name, in Chinese."""
        return "或".join(level.label_zh for level in self.levels)

    def code_of(self, text: str) -> str:
        """Code of the division that `text` names.

        Raises
        ------
        InvalidInput
            With what is wrong, and the nearest name.
        """
        plain = folded(text)
        if plain.isdigit():
            return self._by_code(plain)
        found = self.by_name.get(plain, ())
        if len(found) == 1:
            return found[0]
        if found:
            shown = "、".join(f"{self.codes[code]}（{code}）" for code in found[:4])
            raise InvalidInput(f"有 {len(found)} 个同名：{shown}。请填代码，或写成县区名加名称")
        near = difflib.get_close_matches(plain, self.by_name, n=1, cutoff=0.6)
        hint = "请填代码或全称"
        if near:
            code = self.by_name[near[0]][0]
            hint = f"最接近的是“{self.codes[code]}”（{code}），是否误写请核对"
        raise InvalidInput(f"本市没有名为“{text[:30]}”的{self.what}政区：{hint}")

    def _by_code(self, digits: str) -> str:
        try:
            code = DivisionCode.parse(digits)
        except InvalidInput as error:
            raise InvalidInput(error.message) from None
        if code.text in self.codes:
            return code.text
        if code.text in self.statistical:
            raise InvalidInput(
                f"{code.text} 是国家统计局的代码（{self.statistical[code.text]}），"
                "与民政部代码不是一套：请改填民政部代码或名称"
            )
        if code.level not in self.levels:
            raise InvalidInput(f"{code.text} 是{code.level.label_zh}代码，应填{self.what}代码")
        if any(own.startswith(code.digits) for own in self.codes):
            return code.text
        followed = what_followed(code)
        raise InvalidInput(followed or f"登记库中没有代码 {code.text}：请核对，或先导入区划")


def what_followed(code: DivisionCode) -> str:
    """What became of a county code that is no longer listed; empty when it is, or nobody knows."""
    lineage = county_lineage()
    county = code.digits[:6]
    last = lineage.latest(county) if len(county) == 6 else None
    if last is None or lineage.is_listed(county):
        return ""
    after = lineage.current_codes(county)
    names = [f"{each}（{period.name}）" for each in after if (period := lineage.latest(each))]
    followed = f"，后续为 {'、'.join(names)}" if names else ""
    return f"{county}（{last.name}）已于 {last.last_year + 1} 年停用{followed}：请改用现行代码"


def resolve(
    column: pd.Series, header: str, find: Callable[[str], str]
) -> tuple[pd.Series, list[Finding]]:
    """The column with each text replaced by what `find` gives; each text is asked once.

    Parameters
    ----------
    column
        Texts or null, index the row of the file.
    header
        Header of the file.
    find
        Raises InvalidInput with the reason for a text that means nothing.
    """
    places, distinct = pd.factorize(column)
    texts = [str(text) for text in distinct]
    values: list[str | None] = []
    reasons: list[str] = []
    for text in texts:
        try:
            values.append(find(text))
            reasons.append("")
        except InvalidInput as error:
            values.append(None)
            reasons.append(error.message)
    rows = [int(place) for place in places]
    made = [None if place < 0 else values[place] for place in rows]
    findings = [
        Finding(int(row), header, texts[place][:100], reasons[place])
        for row, place in zip(column.index, rows, strict=True)
        if place >= 0 and reasons[place]
    ]
    return pd.Series(made, index=column.index, dtype=object), findings
