import pytest

from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.errors import InvalidInput
from civgeo.services.name_divisions import NameDivisions


@pytest.fixture(scope="module")
def divisions():
    return NameDivisions.of(fictional_divisions(), "990100")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("中一街道", ("990102001",)),
        ("中心区中一街道", ("990102001",)),
        ("虚构市中心区中一街道", ("990102001",)),
        ("虚构市", ("990100",)),
        ("东丘县东一镇魏楼村", ("990121100",)),
        ("东丘县、南坪县", ("990121", "990122")),
        ("东丘县东一镇，东二镇", ("990121100", "990121101")),
        ("990121；990122100", ("990121", "990122100")),
        ("990121100201", ("990121100201",)),
        ("东丘县、东丘县", ("990121",)),
        ("　东 丘 县 ", ("990121",)),
    ],
)
def test_a_cell_names_divisions_in_words_or_codes(divisions, text, codes):
    assert divisions.codes_of(text) == codes


def test_the_county_decides_between_townships_of_one_name():
    frame = fictional_divisions()
    frame.loc["990122100", "name"] = "东一镇"
    divisions = NameDivisions.of(frame, "990100")
    assert divisions.codes_of("东一镇", "南坪县") == ("990122100",)
    with pytest.raises(InvalidInput, match="有 2 个同名"):
        divisions.codes_of("东一镇")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("没有县", "本市没有名为"),
        ("东丘县没有镇", "本市没有名为"),
        ("990199", "没有代码 990199"),
        ("、", "没有写明政区"),
        ("99012", "不合格式"),
    ],
)
def test_what_names_no_division_is_said(divisions, text, message):
    with pytest.raises(InvalidInput, match=message):
        divisions.codes_of(text)


def test_townships_of_a_county_without_a_list_are_taken_as_they_are():
    frame = fictional_divisions()
    frame = frame[~frame["code"].str.startswith("990124") | (frame["code"] == "990124")]
    divisions = NameDivisions.of(frame, "990100")
    assert divisions.codes_of("990124105") == ("990124105",)
    with pytest.raises(InvalidInput):
        divisions.codes_of("990121999")


@pytest.mark.parametrize(
    ("code", "division"),
    [
        ("99012110122200000188", "990121101"),
        ("99012100022200000188", "990121"),
        ("99012199922200000188", "990121"),
        ("11010100022200000188", ""),
        ("9901", ""),
        ("", ""),
    ],
)
def test_a_place_code_begins_with_its_division(divisions, code, division):
    assert divisions.of_place_code(code) == division


def test_a_path_is_read_back_as_the_same_division(divisions):
    for code in divisions.names.codes:
        assert divisions.codes_of(divisions.path(code)) == (code,)
