import pytest

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.line_sides import line_number, sides_between
from civgeo.errors import InvalidInput


@pytest.mark.parametrize(
    ("counties", "level", "sides", "number"),
    [
        (("411729", "341221"), BoundaryLevel.PROVINCE, ("340000", "410000"), "3441"),
        (("411722", "411623"), BoundaryLevel.PREFECTURE, ("411600", "411700"), "1617"),
        (("411721", "411702"), BoundaryLevel.COUNTY, ("411702", "411721"), "0221"),
        (("411681", "341221", "411723"), BoundaryLevel.PREFECTURE, None, "121617"),
        (("411327", "411328", "411726"), BoundaryLevel.COUNTY, None, "272826"),
    ],
)
def test_a_line_lies_on_the_highest_level_that_differs(counties, level, sides, number):
    found, codes = sides_between(counties)
    assert found is level
    assert sides is None or codes == sides
    assert line_number(found, codes) == number


@pytest.mark.parametrize("counties", [(), ("411702",), ("411702", "411702"), ("x", "411702")])
def test_what_are_no_two_counties_is_refused(counties):
    with pytest.raises(InvalidInput):
        sides_between(counties)
