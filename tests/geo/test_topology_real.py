"""Topology of the real outlines."""

import geopandas as gpd
import pandas as pd
import pytest

from civgeo.formats.outlines import OutlineSource, city_outlines, read_districts
from civgeo.geo.topology import CoverageReport, FindingKind, check_coverage

GAP, OVERLAP, INVALID = FindingKind.GAP, FindingKind.OVERLAP, FindingKind.INVALID


def counts(report: CoverageReport) -> tuple[int, int, int, int]:
    found = (report.of(INVALID), report.of(GAP), report.of(OVERLAP), report.slivers)
    return tuple(len(rows) for rows in found)


@pytest.mark.data_cn
def test_zhumadian_has_ten_counties_nine_junctions_and_no_fault():
    city = city_outlines("411700")
    own = city[(city["role"] == "own") & (city["level"] == "county")]
    report = check_coverage(own)
    assert len(own) == 10
    assert counts(report) == (0, 0, 0, 0)
    assert len(report.junctions) == 9
    assert report.shared_m == pytest.approx(801_288, abs=1)


@pytest.mark.data_cn
def test_neighbours_from_another_source_overlap_and_gap_by_tens_of_square_kilometres():
    own = city_outlines("411700")
    other = city_outlines("411700", OutlineSource.AMAP)
    mixed = pd.concat(
        [
            own[(own["role"] == "own") & (own["level"] == "county")],
            other[other["role"] == "context"],
        ]
    )
    report = check_coverage(gpd.GeoDataFrame(mixed, crs=4490))
    assert (len(report.of(GAP)), len(report.of(OVERLAP)), len(report.slivers)) == (493, 500, 31)
    assert report.of(GAP)["area_m2"].sum() / 1e6 == pytest.approx(70.62, abs=0.01)
    assert report.of(OVERLAP)["area_m2"].sum() / 1e6 == pytest.approx(52.55, abs=0.01)
    assert report.slivers["area_m2"].sum() < 3000


@pytest.mark.data_cn
def test_the_border_with_nanyang_has_sixty_gaps_and_sixty_one_overlaps():
    own = city_outlines("411700")
    other = city_outlines("411700", OutlineSource.AMAP)
    own = own[(own["role"] == "own") & (own["level"] == "county")]
    nanyang = other[(other["role"] == "context") & (other["parent"] == "411300")]
    report = check_coverage(gpd.GeoDataFrame(pd.concat([own, nanyang]), crs=4490))
    gaps, overlaps = report.of(GAP), report.of(OVERLAP)
    assert (len(gaps), len(overlaps), len(report.slivers)) == (59, 61, 1)
    assert gaps["area_m2"].sum() / 1e6 == pytest.approx(16.55, abs=0.01)
    assert overlaps["area_m2"].sum() / 1e6 == pytest.approx(16.79, abs=0.01)


@pytest.mark.data_cn
def test_all_districts_of_china_hold_few_faults():
    districts = read_districts()
    report = check_coverage(districts)
    assert counts(report) == (0, 4, 2, 5)
    assert report.slivers["width_m"].max() < 5
