"""What a row leaves open: codes behind names, levels and parents of codes, values of new rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from civgeo.domain.cemetery_forms import CEMETERY_FORMS
from civgeo.domain.division import CodeSystem, DivisionCode, DivisionLevel
from civgeo.domain.estate import class_by_completion
from civgeo.domain.planning_forms import PLANNING_FORMS
from civgeo.domain.standard import StandardBook, first_day
from civgeo.formats.findings import Finding, Severity
from civgeo.services.import_boundaries import BOUNDARY_LEVELS, boundary_cells
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_rows import placed_rows
from civgeo.services.import_name_values import assumed_of_names
from civgeo.services.import_names import (
    DivisionNames,
    folded,
    resolve,
    same_place,
    what_followed,
)
from civgeo.services.import_places import Surroundings
from civgeo.services.import_tally import Counted
from civgeo.services.name_divisions import NameDivisions
from civgeo.store.tables import Collection

__all__ = ["Assuming", "Resolved", "assumed", "near_names", "resolved"]

FEWEST_SHARED, OTHER_NAMES = 5, 0.1
"""Of at least so many shared codes such a share with other names: the codes are of another list."""

COUNTRY_CODE = "156"
_LEVELS = {
    Collection.ESTATES: (DivisionLevel.TOWNSHIP,),
    Collection.FACILITIES: (DivisionLevel.TOWNSHIP, DivisionLevel.COUNTY),
    **BOUNDARY_LEVELS,
    **dict.fromkeys(
        (Collection(form.id) for form in (*PLANNING_FORMS, *CEMETERY_FORMS)),
        (DivisionLevel.TOWNSHIP, DivisionLevel.COUNTY, DivisionLevel.PREFECTURE),
    ),
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Rows with codes in place of names; what could not be resolved; what was assumed."""

    frame: gpd.GeoDataFrame
    findings: list[Finding]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Assuming:
    """What values of new rows are assumed from.

    Parameters
    ----------
    kind
        What is imported.
    book, today
        Standards that tell new estates from existing ones, and the day on which they are asked.
    source
        Where rows without a source of their own come from.
    """

    kind: ImportKind
    book: StandardBook
    today: date
    source: str


def resolved(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    around: Surroundings,
    estates: gpd.GeoDataFrame | None,
    headers: Mapping[str, str],
) -> Resolved:
    """Rows with codes in place of names.

    Parameters
    ----------
    frame, kind, headers
        As in `import_plan.plan_rows`.
    around
        The city's divisions.
    estates
        Estates that facilities may name, None where the file names none.
    """
    if kind.collection is Collection.DIVISIONS:
        return _divisions(frame, around, headers)
    if kind.is_name_register:
        places = NameDivisions.of(around.divisions, around.city)
        return Resolved(*placed_rows(frame, kind, places, headers))
    made, findings, notes = boundary_cells(frame.copy(), kind, headers)
    names = DivisionNames.of(around.divisions, _LEVELS[kind.collection])
    if "division" in made.columns:
        texts = made["division"]
        made["division"], more = resolve(texts, headers.get("division", ""), names.code_of)
        findings += more
        by_name = int((texts.notna() & ~texts.astype(str).str.fullmatch(r"\d+")).sum())
        if by_name and made["division"].notna().any():
            notes.append(Counted("{} 行的所属政区按名称对应到代码", by_name))
    if estates is not None:
        made["estate"], more = _estates(made, estates, headers.get("estate", ""))
        findings += more
    return Resolved(made, findings, notes)


def _estates(
    frame: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, header: str
) -> tuple[pd.Series, list[Finding]]:
    """Ids of the estates that facilities name, by id or by name within their division."""
    ids = set(estates.index)
    found: dict[str, list[tuple[str, str]]] = {}
    for id, name, division in zip(estates.index, estates["name"], estates["division"], strict=True):
        found.setdefault(folded(name), []).append((str(division), str(id)))
    divisions = frame["division"] if "division" in frame.columns else [None] * len(frame)
    values: list[str | None] = []
    findings = []
    for row, text, division in zip(frame.index, frame["estate"], divisions, strict=True):
        if text is None or pd.isna(text) or text in ids:
            values.append(None if text is None or pd.isna(text) else str(text))
            continue
        named = found.get(folded(text), [])
        near = [id for own, id in named if division is None or own.startswith(str(division))]
        values.append(near[0] if len(near) == 1 else None)
        if len(near) != 1:
            why = f"有 {len(near)} 个同名小区" if near else "登记库中没有这个小区"
            hint = f"{why}：请先导入小区，或填小区编号"
            findings.append(Finding(int(row), header, str(text)[:100], hint))
    return pd.Series(values, index=frame.index, dtype=object), findings


def _divisions(
    frame: gpd.GeoDataFrame, around: Surroundings, headers: Mapping[str, str]
) -> Resolved:
    made = frame.copy()
    header = headers.get("code", "")
    texts = made["code"].astype(object)
    foreign = texts.dropna().astype(str).str.fullmatch(COUNTRY_CODE + r"\d{6}").all()
    if foreign:
        texts = texts.str.removeprefix(COUNTRY_CODE)
    made["code"], findings = resolve(texts, header, lambda text: DivisionCode.parse(text).text)
    blank = texts.isna()
    findings += [
        Finding(int(row), header, "", "区划代码必填，此格为空") for row in made.index[blank]
    ]
    notes = ["代码前的国家代码 156 已略去"] if foreign and texts.notna().any() else []
    stated = "system" in made.columns
    system = made["system"].astype(object) if stated else pd.Series(None, index=made.index)
    made["system"] = system.where(system.notna(), CodeSystem.MCA.value)
    if not stated:
        findings += _other_coding(made, around, header)
    ids = made["code"].where(made["system"] != CodeSystem.NBS.value, "NBS-" + made["code"])
    made["id"] = ids.where(made["code"].notna(), None)
    findings += _stale(made, around, header)
    return Resolved(_completed(made, around), findings, notes)


def _other_coding(frame: gpd.GeoDataFrame, around: Surroundings, header: str) -> list[Finding]:
    """The statistics bureau's codes, told by their names when nobody says whose they are."""
    if "name" not in frame.columns:
        return []
    known = around.own.set_index("code")["name"]
    shared = frame[frame["code"].isin(known.index) & (frame["code"].str.len() > 6)]
    shared = shared[shared["name"].notna()]
    there = known.reindex(shared["code"]).to_numpy()
    other = [folded(a) != folded(b) for a, b in zip(shared["name"], there, strict=True)]
    if len(shared) < FEWEST_SHARED or sum(other) <= OTHER_NAMES * len(shared):
        return []
    first = other.index(True)
    code, name = shared["code"].iloc[first], shared["name"].iloc[first]
    text = (
        f"{len(shared)} 个代码中 {sum(other)} 个的名称与登记不同（如 {code} 登记为"
        f"“{there[first]}”，文件为“{name}”），很可能是国家统计局的代码：请加编码体系列或用 "
        "--set system=NBS；确是更名的请加 --set system=MCA"
    )
    return [Finding(0, header, str(code), text)]


def _stale(frame: gpd.GeoDataFrame, around: Surroundings, header: str) -> list[Finding]:
    """Codes that the store does not hold and that are no longer in use."""
    known = set(around.divisions["code"])
    findings = []
    for row, code in zip(frame.index, frame["code"], strict=True):
        if code is None or code in known:
            continue
        followed = what_followed(DivisionCode.parse(code))
        if followed:
            findings.append(Finding(int(row), header, str(code), followed))
    return findings


def _completed(frame: gpd.GeoDataFrame, around: Surroundings) -> gpd.GeoDataFrame:
    """Rows with level, parent and role, which the code gives where the file does not."""
    city = DivisionCode.parse(around.city)
    derived: dict[str, list[object]] = {"level": [], "parent": [], "role": []}
    for text in frame["code"]:
        code = None if text is None else DivisionCode.parse(text)
        above = code.parents if code else ()
        derived["level"].append(code.level.value if code else None)
        derived["parent"].append(above[-1].text if above else None)
        derived["role"].append(("own" if city.covers(code) else "context") if code else None)
    made = frame.copy()
    for name, values in derived.items():
        own = made[name].astype(object) if name in made.columns else None
        filled = pd.Series(values, index=made.index, dtype=object)
        made[name] = filled if own is None else own.where(own.notna(), filled)
    return made


def assumed(
    whole: gpd.GeoDataFrame, actions: pd.Series, assuming: Assuming, headers: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Rows with the values that new ones are given, and notes that say so."""
    kind, new = assuming.kind, whole["is_new"]
    made, notes = assumed_of_names(whole.copy(), new, kind)
    made["source"] = made["source"].where(~(new & made["source"].isna()), assuming.source)
    made["simulated"] = made["simulated"].where(~(new & made["simulated"].isna()), other=False)
    for name, value in kind.assumed.items():
        empty = new & made[name].isna()
        made.loc[empty, name] = value
        prop = kind.property(name)
        if empty.any() and prop is not None and name not in headers:
            text = f"文件没有{prop.title}列：{{}} 行按“{prop.label(value)}”登记"
            notes.append(Counted(text, int(empty.sum())))
    if kind.collection is Collection.ESTATES:
        notes += _classes(made, new & (actions == "new"), assuming)
    return made, notes


def _classes(made: gpd.GeoDataFrame, new: "pd.Series[bool]", assuming: Assuming) -> list[str]:
    """Give new estates without a class the one of their year of completion."""
    open_ = new & made["estate_class"].isna() & made["completed_year"].notna()
    open_ &= made["division"].notna()
    starts: dict[str, date | None] = {}
    count = 0
    for row in made.index[open_]:
        division = str(made.at[row, "division"])
        if division not in starts:
            rule = assuming.book.new_estates_from(DivisionCode.parse(division), assuming.today)
            starts[division] = None if rule is None else first_day(rule.valid_from)
        found = class_by_completion(int(str(made.at[row, "completed_year"])), starts[division])
        if found is not None:
            made.at[row, "estate_class"] = found.value
            count += 1
    return [Counted("{} 个新小区没有写类别，按建成年份推定", count)] if count else []


def near_names(
    whole: gpd.GeoDataFrame,
    actions: pd.Series,
    kind: ImportKind,
    present: gpd.GeoDataFrame,
    headers: Mapping[str, str],
) -> list[Finding]:
    """New records that may be one that is there already under nearly the same name, as notes."""
    if kind.collection is not Collection.DIVISIONS:
        return []
    header = headers.get("name", "")
    siblings: dict[str, list[str]] = {}
    for name, parent in zip(present["name"], present["parent"], strict=True):
        siblings.setdefault(str(parent), []).append(str(name))
    findings = []
    new = whole[actions == "new"]
    for row, name, parent in zip(new.index, new["name"], new["parent"], strict=True):
        for other in siblings.get(str(parent), []) if name is not None else []:
            if reason := _nearly(str(name), other):
                text = f"与登记的“{other}”{reason}：请核对是否误写或重复登记"
                findings.append(Finding(int(row), header, str(name), text, Severity.NOTE))
    return findings


def _nearly(one: str, other: str) -> str:
    """How two names are nearly one, empty when they are not."""
    a, b = folded(one), folded(other)
    if a == b:
        return "同名"
    if same_place(a) == same_place(b):
        return "像是同一村（社区）的两种写法"
    if len(a) == len(b) > 2 and sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return "只差一个字"
    return ""
