import pytest

from civgeo.formats.findings import formula_safe


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_no_cell_of_a_table_begins_like_a_formula(start):
    assert formula_safe(f"{start}1+1") == f"'{start}1+1"


def test_ordinary_cells_stay_as_they_are():
    assert [formula_safe(text) for text in ("建设路", "3-1号", "")] == ["建设路", "3-1号", ""]
