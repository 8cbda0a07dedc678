"""What an officer is told to look at in a file of place names."""

import pytest

from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm
from services.import_city import EDIT, city_in, county, csv_file, said, staged


@pytest.fixture
def city(tmp_path):
    made = city_in(tmp_path / "store")
    yield made
    made.store.close()


def place(city, name: str, kind: str, division: str, *, east: float = 0.0, **more: object):
    middle = county(city)
    row = {"标准名称": name, "类别名称": kind, "所在行政区": division}
    return row | {"经度": middle.x + east, "纬度": middle.y} | more


def told(city, tmp_path, *rows) -> str:
    batch = staged(city, csv_file(tmp_path / f"{len(rows)}.csv", [*rows]), "place_names")
    assert batch.state is BatchState.READY, said(batch)
    return said(batch)


def entered(city, tmp_path, *rows) -> None:
    batch = staged(city, csv_file(tmp_path / "before.csv", [*rows]), "place_names")
    assert batch.state is BatchState.READY, said(batch)
    confirm(city, batch.id, EDIT)


def test_a_misprint_of_a_registered_name_is_told_with_its_distance(city, tmp_path):
    entered(city, tmp_path, place(city, "嵖岈山路", "街路巷", "中一街道"))
    text = told(city, tmp_path, place(city, "查岈山路", "街路巷", "中一街道", east=0.001))
    assert "与登记的“嵖岈山路”（990102001）[" in text
    assert "只差一个读音相同的字，相距 93 米：请核对是否误写或重复登记" in text


def test_misprinted_divisions_are_told_in_the_whole_city(city, tmp_path):
    entered(city, tmp_path, place(city, "灈阳街道", "乡级行政区", "中心区"))
    nowhere = {"经度": "", "纬度": ""}
    text = told(city, tmp_path, place(city, "瞿阳街道", "乡级行政区", "东丘县", **nowhere))
    assert "与登记的“灈阳街道”（990102）" in text
    assert "其一没有位置，量不出距离" in text


def test_like_names_within_one_file_are_told_at_the_later_row(city, tmp_path):
    rows = [place(city, name, "街路巷", "中一街道") for name in ("未央宫路", "末央宫路")]
    assert "3 标准名称 末央宫路 与第 2 行“未央宫路”（990102001）只差一个字形相近的字" in told(
        city, tmp_path, *rows
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("李家庄", "农村居民点", "中一街道", 0.0), ("王家庄", "农村居民点", "中一街道", 0.0)),
        (("李家庄", "农村居民点", "中一街道", 0.0), ("里家庄", "街路巷", "中一街道", 0.0)),
        (("李家庄", "农村居民点", "中一街道", 0.0), ("里家庄", "农村居民点", "中二街道", 0.05)),
        (("李家庄", "农村居民点", "中一街道", 0.0), ("里家庄", "农村居民点", "东一镇", 0.0)),
    ],
)
def test_other_characters_classes_and_places_far_away_are_no_misprint(city, tmp_path, one, other):
    rows = [place(city, *row[:3], east=row[3]) for row in (one, other)]
    assert "只差一个" not in told(city, tmp_path, *rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("新华村", "行政村", "21610"), ("新华村村民委员会", "村民委员会", "27610")),
        (("新华社区", "社区", "21620"), ("新华居委会", "社区居民委员会", "27620")),
        (("新华村", "行政村", ""), ("新华村委会", "村民委员会", "")),
    ],
)
def test_a_village_and_its_committee_are_told_as_one(city, tmp_path, one, other):
    rows = [place(city, row[0], row[1], "中四镇", 类别代码=row[2]) for row in (one, other)]
    text = told(city, tmp_path, *rows)
    assert f"与第 2 行“{one[0]}”（990102103）像是同一村（社区）的两种登记，相距 0 米" in text


@pytest.mark.parametrize(
    ("one", "other", "town"),
    [
        (("新华村", "21610"), ("新华社区", "21620"), "中四镇"),
        (("新华村", "21610"), ("新华村村民委员会", "27610"), "中五镇"),
        (("东风村", "21610"), ("新华村村民委员会", "27610"), "中四镇"),
    ],
)
def test_other_villages_are_not_told_as_one(city, tmp_path, one, other, town):
    rows = [
        place(city, one[0], "行政村", "中四镇", 类别代码=one[1]),
        place(city, other[0], "村民委员会", town, 类别代码=other[1]),
    ]
    assert "两种登记" not in told(city, tmp_path, *rows)


def test_a_spelling_against_the_rules_is_told_with_the_right_one(city, tmp_path):
    rows = [
        place(city, "嵖岈山路", "街路巷", "中一街道", 罗马字母拼写="Chá Yáshānlu"),
        place(city, "新华路", "街路巷", "中一街道", 罗马字母拼写="XĪNHUÁ LÙ"),
        place(city, "清源路", "街路巷", "中一街道", 罗马字母拼写="Qingyuan Lu"),
        place(city, "长安街", "街路巷", "中一街道", 罗马字母拼写="Zhǎng'ān Jiē"),
    ]
    text = told(city, tmp_path, *rows)
    assert "按拼写规则应为“Cháng'ān Jiē”" in text
    assert "1 行的罗马字母拼写没有标调，按原样登记" in text
    assert "Xīnhuá Lù" not in text
    assert "Qīngyuán Lù" not in text


def test_a_place_code_of_another_county_and_one_too_long_are_told(city, tmp_path):
    rows = [
        place(city, "新华路", "街路巷", "中一街道", 地名代码="99012100123000000001"),
        place(city, "清源路", "街路巷", "中一街道", 地名代码="990102001230000000002"),
    ]
    text = told(city, tmp_path, *rows)
    assert "地名代码的县级部分 990121 与所在政区 990102 不同：请核对" in text
    assert "地名代码 21 位：类别码多补了一个 0" in text


def test_the_record_that_a_row_is_itself_is_no_finding(city, tmp_path):
    row = place(city, "嵖岈山路", "街路巷", "中一街道")
    entered(city, tmp_path, row)
    assert "只差一个" not in told(city, tmp_path, row | {"地名含义": "山名"})
