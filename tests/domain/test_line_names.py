import pytest

from civgeo.domain.line_names import boundary_line_name, tri_junction_name
from civgeo.errors import InvalidInput
from civgeo.formats.reference import county_lineage


def sides(*codes):
    """Names of divisions in the Ministry's newest list, by code."""
    periods = sorted(county_lineage().entries, key=lambda period: period.first_year)
    names = {period.code: period.name for period in periods}
    return {code: names[code] for code in codes}


@pytest.mark.parametrize(
    ("codes", "name"),
    [
        (("411700", "411600"), "周驻线"),
        (("411500", "411700"), "信驻线"),
        (("411700", "411300"), "南驻线"),
        (("410400", "411700"), "平驻线"),
        (("411000", "410400"), "平许线"),
        (("411722", "411623"), "商上线"),
    ],
)
def test_a_line_is_called_after_its_sides_in_the_order_of_their_codes(codes, name):
    assert boundary_line_name(sides(*codes)) == name


@pytest.mark.parametrize(
    ("codes", "name"),
    [(("411000", "410100", "410400"), "郑平许"), (("411100", "411000", "410400"), "平许漯")],
)
def test_a_tri_junction_bears_the_names_of_three(codes, name):
    assert tri_junction_name(sides(*codes)) == name


def test_provinces_go_by_their_one_character_names():
    assert boundary_line_name({"42": "鄂", "41": "豫"}) == "豫鄂线"


def test_names_that_begin_alike_take_as_many_characters_as_tell_them_apart():
    assert boundary_line_name({"411623": "商水县", "411402": "商丘市"}) == "商丘商水线"


@pytest.mark.parametrize(
    "given",
    [{}, {"4117": "驻马店市"}, {"4117": "驻马店市", "411700": "驻马店"}, {"41": "豫", "42": " "}],
)
def test_fewer_sides_than_wanted_or_a_side_without_a_name_are_refused(given):
    with pytest.raises(InvalidInput):
        boundary_line_name(given)
