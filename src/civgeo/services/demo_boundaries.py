"""Boundaries of a demonstration city: real lines and tri-junctions, all else simulated.

Lines are cut from the outlines and named after their sides; how many there are is computed, never
typed in. Markers, inspections, disputes, checks and archives are simulated and say so.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel, LineStatus
from civgeo.domain.division import CodeSystem
from civgeo.domain.round_terms import term_end
from civgeo.domain.secrecy import Secrecy
from civgeo.domain.walk_description import written_walk
from civgeo.domain.yearly_check import fresh_items
from civgeo.formats.boundary_rules import boundary_terms, yearly_check_items
from civgeo.geo.line_walk import walk_along
from civgeo.services.boundary_places import along_line
from civgeo.services.boundary_records import json_text
from civgeo.services.demo_frames import Row, simulated_frame
from civgeo.services.demo_lines import DemoBoundaries, DemoJunction, DemoLine, boundaries_of
from civgeo.services.demo_markers import DemoMarker, markers_of
from civgeo.services.demo_rounds import DemoRounds, rounds_of_demo
from civgeo.store.tables import Collection

__all__ = ["demo_boundaries"]

_CUT = "界线走向与三交点取自区划轮廓（示意），其余为模拟生成"
_LEVELS = {
    BoundaryLevel.PROVINCE: "province",
    BoundaryLevel.PREFECTURE: "prefecture",
    BoundaryLevel.COUNTY: "county",
}
TOWNSHIP_FILES = 18


def demo_boundaries(
    divisions: gpd.GeoDataFrame, city: str, rng: np.random.Generator, today: date
) -> list[tuple[Collection, gpd.GeoDataFrame]]:
    """Frames of the boundary registers, in the order in which they are entered.

    Parameters
    ----------
    divisions
        Rows of the divisions table, EPSG:4490.
    city
        Code of the city.
    rng
        Seeded generator.
    today
        Day of making; what is due or late follows from it.

    Returns
    -------
    list
        The names of sides that the table lacks as divisions without an outline; lines, points,
        markers, tri-junctions, archives, rounds, inspections, disputes, yearly checks. Empty for
        a city whose counties have no outlines.
    """
    found = boundaries_of(divisions, rng)
    if not found.lines:
        return []
    lines = {line.code: line for line in found.lines}
    markers = _hidden(markers_of(found, rng, today), found.lines)
    rounds = rounds_of_demo(found.lines, city, today, rng)
    rows: dict[Collection, Sequence[Row]] = {
        Collection.BOUNDARY_LINES: list(_lines(found, markers, rounds)),
        Collection.BOUNDARY_POINTS: list(_points(found.lines)),
        Collection.BOUNDARY_MARKERS: list(_placed(markers, lines)),
        Collection.TRI_JUNCTIONS: list(_junctions(found, markers)),
        Collection.BOUNDARY_ARCHIVES: list(_archives(found, divisions, rounds, today, rng)),
        Collection.INSPECTION_ROUNDS: list(rounds.rows(lines)),
        Collection.INSPECTIONS: list(rounds.inspections(markers, lines, rng)),
        Collection.BOUNDARY_DISPUTES: list(_disputes(found.lines, today)),
        Collection.YEARLY_CHECKS: list(_checks(found.lines, today, rng)),
    }
    frames = [(layer, simulated_frame(layer, some, rng)) for layer, some in rows.items()]
    named = _sides_without_outline(found, divisions)
    return frames if named.empty else [(Collection.DIVISIONS, named), *frames]


def _sides_without_outline(found: DemoBoundaries, divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Neighbouring provinces and prefectures that lines name, for their names alone."""
    levels: dict[str, str] = {}
    names: dict[str, str] = {}
    met: tuple[DemoLine | DemoJunction, ...] = (*found.lines, *found.junctions)
    for each in met:
        levels |= dict.fromkeys(each.sides, _LEVELS[each.level])
        names |= dict(zip(each.sides, each.names, strict=True))
    wanted = sorted(set(levels) - set(divisions["code"]))
    rows = {
        "code": wanted,
        "name": [names[code] for code in wanted],
        "level": [levels[code] for code in wanted],
        "system": CodeSystem.MCA.value,
        "parent": None,
        "role": "context",
        "valid_from": None,
        "valid_to": None,
        "source": "民政部历年行政区划代码（county_lineage.csv）",
        "source_date": None,
        "simulated": False,
        "version": 1,
        "geometry": None,
    }
    table = pd.DataFrame(rows, index=pd.Index(wanted, name="id", dtype=object))
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4490")


def _hidden(markers: Sequence[DemoMarker], lines: Sequence[DemoLine]) -> tuple[DemoMarker, ...]:
    """The markers, those of the last line and two others kept inside the bureau."""
    closed = {marker.id for marker in markers if marker.line == lines[-1].code}
    closed |= {marker.id for marker in markers[1:3]}
    kept = {"secrecy": Secrecy.INTERNAL.value, "public": False}
    return tuple(
        DemoMarker(marker.line, marker.place, {**marker.row, **kept})
        if marker.id in closed
        else marker
        for marker in markers
    )


def _lines(
    found: DemoBoundaries, markers: Sequence[DemoMarker], rounds: DemoRounds
) -> Iterator[Row]:
    for line in found.lines:
        public = line is not found.lines[-1]
        last = rounds.last_inspected[line.code]
        yield {
            "code": line.code,
            "name": line.name,
            "level": line.level.value,
            "division": line.division,
            "sides": json_text(list(line.sides)),
            "status": LineStatus.DEMARCATED.value,
            "length_m": round(line.route.length_m, 2),
            "course": _course(line, _told_of(line, markers, public=public)),
            "last_inspected": last.isoformat(),
            "next_due": term_end(last, boundary_terms().inspection_interval).isoformat(),
            "secrecy": (Secrecy.PUBLIC if public else Secrecy.INTERNAL).value,
            "public": public,
            "source": _CUT,
            "geometry": line.shape,
        }


def _told_of(line: DemoLine, markers: Sequence[DemoMarker], *, public: bool) -> list[DemoMarker]:
    """Markers that the description of a line may name."""
    own = [marker for marker in markers if marker.line == line.code]
    return [marker for marker in own if marker.row["public"] or not public]


def _course(line: DemoLine, markers: Sequence[DemoMarker]) -> str:
    """Walk description from marker to marker, as a bureau files it."""
    places = gpd.GeoDataFrame(
        geometry=[shapely.Point(marker.place) for marker in markers], crs="EPSG:4490"
    )
    along = along_line(line.route, places)
    stations = pd.DataFrame(
        {
            "label": [f"{marker.number}号界桩" for marker in markers],
            "chainage_m": [float(str(each["chainage_m"])) for each in along],
        }
    )
    return written_walk([placed.leg for placed in walk_along(line.route, stations)])


def _placed(markers: Sequence[DemoMarker], lines: Mapping[str, DemoLine]) -> Iterator[Row]:
    """Rows of the markers with their chainage and offset, line by line."""
    for code, line in lines.items():
        own = [marker for marker in markers if marker.line == code]
        shapes = [shapely.Point(marker.place) for marker in own]
        places = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")
        for marker, along in zip(own, along_line(line.route, places), strict=True):
            yield {**marker.row, **along}


def _points(lines: Sequence[DemoLine]) -> Iterator[Row]:
    """Two places of each line without a marker."""
    for line in lines:
        for number, share in enumerate((0.35, 0.7), 1):
            chainage = line.route.length_m * share
            [place] = line.route.at(chainage)
            public = line is not lines[-1]
            yield {
                "number": f"{line.number}-{number}",
                "kind": "turning",
                "line": line.code,
                "division": line.division,
                "description": "界线上的示例点（模拟）",
                "chainage_m": round(chainage, 3),
                "secrecy": (Secrecy.PUBLIC if public else Secrecy.INTERNAL).value,
                "public": public,
                "geometry": shapely.Point(place),
            }


def _junctions(found: DemoBoundaries, markers: Sequence[DemoMarker]) -> Iterator[Row]:
    standing = {marker.place: marker.number for marker in markers}
    for each in found.junctions:
        yield {
            "id": each.id,
            "name": each.name,
            "level": each.level.value,
            "division": each.division,
            "sides": json_text(list(each.sides)),
            "lines": json_text(list(each.lines)),
            "marker": standing.get((each.place.x, each.place.y)),
            "secrecy": Secrecy.PUBLIC.value,
            "public": True,
            "source": _CUT,
            "geometry": each.place,
        }


def _archives(
    found: DemoBoundaries,
    divisions: gpd.GeoDataFrame,
    rounds: DemoRounds,
    today: date,
    rng: np.random.Generator,
) -> Iterator[Row]:
    """Reports of the finished inspections, and papers of township lines to be handed over."""
    names = {line.code: line for line in found.lines}
    closed = {"secrecy": Secrecy.INTERNAL.value, "public": False}
    filed = [each for each in rounds.rounds if "filed_on" in each.days]
    for number, each in enumerate(filed, 1):
        line = names[each.plan.line.code]
        yield {
            "number": f"JX-{each.plan.year}-{number:03d}",
            "name": f"{line.name}第 {each.number} 轮联检报告（模拟）",
            "kind": "report",
            "line": line.code,
            "division": line.division,
            "level": line.level.value,
            "year": each.plan.year,
            "pages": int(rng.integers(20, 90)),
            "location": "模拟档案室",
            **closed,
        }
    yield from ({**row, **closed} for row in _township_files(divisions, today))


def _township_files(divisions: gpd.GeoDataFrame, today: date) -> Iterator[Row]:
    """Papers of lines between townships: some handed over, some due, some late."""
    own = divisions[(divisions["role"] == "own") & (divisions["level"] == "township")]
    counties = dict(zip(divisions["code"], divisions["name"], strict=True))
    ordered = own.sort_index().iloc[:: max(1, len(own) // TOWNSHIP_FILES)][:TOWNSHIP_FILES]
    columns = (ordered[name].tolist() for name in ("name", "parent"))
    for number, (name, county) in enumerate(zip(*columns, strict=True), 1):
        due = today + timedelta(days=90 * (number % 5) - 120)
        handed = due - timedelta(days=30) if number % 3 == 0 else None
        done = handed is not None and handed < today
        yield {
            "number": f"XJ-{today.year - 2}-{number:03d}",
            "name": f"{name}乡级界线勘定材料（模拟）",
            "kind": "agreement",
            "division": county,
            "level": BoundaryLevel.TOWNSHIP.value,
            "year": today.year - 2,
            "pages": 12 + number,
            "location": f"{name}（模拟）",
            "hand_over_to": f"{counties.get(county, county)}民政部门",
            "hand_over_by": due.isoformat(),
            "handed_over_on": handed.isoformat() if done and handed else None,
            "received_by": "模拟接收人" if done else None,
        }


def _disputes(lines: Sequence[DemoLine], today: date) -> Iterator[Row]:
    """One that is open, on the longest line between counties, and one that was settled."""
    own = sorted(
        lines, key=lambda each: (each.level is not BoundaryLevel.COUNTY, -each.route.length_m)
    )
    for line, state in zip(own[:2], ("talking", "settled"), strict=False):
        middle = line.route.length_m * 0.55
        settled = state == "settled"
        ended = {"settled_on": (today - timedelta(days=200)).isoformat()} if settled else {}
        claims = [
            {"side": side, "text": f"{name}主张以示例{what}为界（模拟）"}
            for side, name, what in zip(
                line.sides, line.names, ("河道中线", "河堤外脚"), strict=True
            )
        ]
        yield {
            "name": f"{line.name}示例争议地段（模拟）",
            "line": line.code,
            "division": line.division,
            "sides": json_text(list(line.sides)),
            "state": state,
            "began_on": (today - timedelta(days=640)).isoformat(),
            "claims": json_text(claims),
            "outcome": "双方商定维持协议书所定走向（模拟）" if settled else None,
            **ended,
            "geometry": line.route.between(middle, middle + 1_800.0),
        }


def _checks(lines: Sequence[DemoLine], today: date, rng: np.random.Generator) -> Iterator[Row]:
    """Last year's checks, answered, and this year's, half of them open."""
    items = fresh_items(yearly_check_items())
    for year in (today.year - 1, today.year):
        for place, line in enumerate(lines):
            answered = year < today.year or place % 2 == 0
            day = date(year, 1, 15) if year == today.year else date(year, 11, 20)
            answers = [{**item, "ok": bool(rng.random() > 0.06)} for item in items]
            done = answered and day <= today
            yield {
                "name": line.name,
                "line": line.code,
                "year": year,
                "division": line.division,
                "items": json_text(answers if done else items),
                "checked_on": day.isoformat() if done else None,
                "checked_by": "模拟检查人" if done else None,
            }
