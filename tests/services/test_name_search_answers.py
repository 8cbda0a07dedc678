"""What officers type, and what they find, in a small register."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from civgeo.domain.division import DivisionCode
from civgeo.domain.history import Edit
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.services.city import City
from civgeo.services.name_search import listed, search, suggest
from civgeo.store.name_index_lookup import Scope
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.named_places import name_frame

REGISTER = Register("411700", "驻马店市", True, datetime(2026, 3, 1, tzinfo=UTC), "2026-01", {})
EDIT = Edit("测试", "测试")
LATER = {"id": "wang", "name": "王庄", "kind": "settlement"}
TODAY = Scope(day=date(2026, 3, 1))

NAMES = (
    {"id": "zmd", "name": "驻马店市", "specific": "驻马店", "kind": "prefecture"},
    {"id": "zhen", "name": "嵖岈山镇", "specific": "嵖岈山", "kind": "township"},
    {"id": "shan", "name": "嵖岈山", "specific": "嵖岈", "kind": "mountain"},
    {
        "id": "lu",
        "name": "解放路",
        "specific": "解放",
        "kind": "street",
        "other_names": [
            {"name": "人民路", "kind": "former", "valid_to": "1983-01-01"},
            {"name": "老街", "kind": "alias"},
            {"kind": "alias"},
        ],
    },
    {"id": "lvliang", "name": "吕梁路", "kind": "street", "reading": "lǚ liáng lù"},
    {"id": "xian", "name": "西安路", "kind": "street", "division": "411728100"},
    {"id": "xianlu", "name": "县路", "kind": "street", "spans": ["411728"]},
    {"id": "shaanxi", "name": "陕西路", "kind": "street", "plain": "Shaanxi Lu"},
    {"id": "xun", "name": "浚县路", "kind": "street", "reading": "xùn xiàn lù"},
    {"id": "wei", "name": "𪨶家庄", "kind": "settlement"},
    {"id": "wangcun", "name": "王庄村", "kind": "committee_seat"},
    {"id": "gone", "name": "旧庄", "kind": "settlement"},
    {"id": "secret", "name": "机密路", "kind": "street", "secrecy": "secret"},
    {"id": "closed", "name": "内部路", "kind": "street", "public": False},
    {"id": "later", "name": "未来路", "kind": "street", "status": "reserved"},
    {"id": "g107", "name": "107国道", "specific": "107", "kind": "highway"},
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with Store.create(tmp_path_factory.mktemp("named") / "store", register=REGISTER) as store:
        with store.write() as writing:
            writing.add(Collection.PLACE_NAMES, name_frame(*NAMES), EDIT)
            since = Edit("测试", "测试", valid_from=date(2000, 1, 1))
            writing.add(Collection.PLACE_NAMES, name_frame(LATER), since)
        with store.write() as writing:
            until = Edit("测试", "测试", valid_from=date(2010, 1, 1))
            writing.close(Collection.PLACE_NAMES, "gone", until, 1)
        yield City(store, date(2026, 3, 1))


def found(city: City, text: str, scope: Scope = TODAY) -> list[tuple[str, str]]:
    hits = search(city, text, scope, limit=50).hits
    return [(hit.name.id, hit.match.how.value) for hit in hits]


@pytest.mark.parametrize(
    ("text", "id", "how"),
    [
        ("驻", "zmd", "standard"),
        ("马店", "zmd", "standard"),
        ("驻马店", "zmd", "standard"),
        ("驻 马 店 市", "zmd", "standard"),
        ("zhumadian", "zmd", "pinyin"),
        ("ZhuMaDian Shi", "zmd", "pinyin"),
        ("zhù mǎ diàn", "zmd", "pinyin"),
        ("zhu4 ma3 dian4", "zmd", "pinyin"),
        ("zhu'ma'dian", "zmd", "pinyin"),
        ("zhumad", "zmd", "pinyin"),
        ("zmd", "zmd", "initials"),
        ("ZMDS", "zmd", "initials"),
        ("驻ma店", "zmd", "pinyin"),
        ("zhu马店", "zmd", "pinyin"),
        ("驻m店", "zmd", "initials"),
        ("查岈山", "zhen", "fuzzy"),
        ("查岈", "zhen", "fuzzy"),
        ("嵖牙山镇", "zhen", "fuzzy"),
        ("人民路", "lu", "former"),
        ("老街", "lu", "alias"),
        ("renminlu", "lu", "pinyin"),
        ("lvliang", "lvliang", "pinyin"),
        ("lüliang", "lvliang", "pinyin"),
        ("luliang", "lvliang", "pinyin"),
        ("shaanxi", "shaanxi", "pinyin"),
        ("xunxian", "xun", "pinyin"),
        ("𪨶", "wei", "standard"),
        ("𪨶家", "wei", "standard"),
        ("１０７", "g107", "standard"),
        ("107guodao", "g107", "pinyin"),
    ],
)
def test_officers_find_the_place_first_whatever_they_type(
    city: City, text: str, id: str, how: str
) -> None:
    assert found(city, text)[0] == (id, how)


@pytest.mark.parametrize("text", ["zhú mǎ", "junxian", "店马", "zh'u", "查山", "108", "路 OR 庄"])
def test_what_is_nearly_a_name_finds_nothing(city: City, text: str) -> None:
    assert found(city, text) == []


def test_an_apostrophe_or_a_space_parts_syllables(city: City) -> None:
    assert [id for id, _ in found(city, "xi'an")] == ["xian"]
    assert [id for id, _ in found(city, "xian")] == ["xianlu", "xian"]


def test_divisions_come_first_and_short_names_before_long_ones(city: City) -> None:
    assert [id for id, _ in found(city, "嵖岈山")] == ["shan", "zhen"]
    assert [id for id, _ in found(city, "王")] == ["wangcun", "wang"]
    assert [id for id, _ in found(city, "王庄")] == ["wang", "wangcun"]


def test_hits_are_limited_to_kind_division_day_and_status(city: City) -> None:
    assert [id for id, _ in found(city, "王庄", Scope(kinds=(PlaceKind.COMMITTEE_SEAT,)))] == [
        "wangcun"
    ]
    suiping = Scope(division=DivisionCode.parse("411728"))
    assert {id for id, _ in found(city, "路", suiping)} == {"xian", "xianlu"}
    assert [id for id, _ in found(city, "王庄", Scope(day=date(1999, 12, 31)))] == ["wangcun"]
    assert [id for id, _ in found(city, "王庄", Scope(day=date(2000, 1, 1)))] == ["wang", "wangcun"]
    assert found(city, "旧庄") == []
    assert found(city, "旧庄", Scope(day=date(2009, 12, 31))) == [("gone", "standard")]
    assert found(city, "旧庄", Scope()) == [("gone", "standard")]
    assert [id for id, _ in found(city, "路", Scope(status="reserved"))] == ["later"]


def test_what_is_not_public_is_shown_to_officers_only(city: City) -> None:
    for text, id in (("机密路", "secret"), ("内部路", "closed"), ("neibu", "closed")):
        assert [hit for hit, _ in found(city, text)] == [id]
        assert found(city, text, Scope(public=True)) == []


@pytest.mark.parametrize("text", ["", "  ", "，。", "\x00", "<>'\"", "\ufe0f", "路" * 101])
def test_what_cannot_be_searched_for_is_refused_in_words(city: City, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        search(city, text, TODAY, limit=5)
    assert refused.value.code == "bad_query"


def test_hostile_text_is_only_text(city: City) -> None:
    assert found(city, "<script>alert(1)</script>") == []
    assert found(city, "=1+1&路'; DROP TABLE entry") == []
    assert found(city, "路" * 100) == []


def test_suggestions_begin_like_what_was_typed_and_name_each_name_once(city: City) -> None:
    shown = [each.text for each in suggest(city, "wangz", TODAY, limit=5)]
    assert shown == ["王庄村", "王庄"]
    assert suggest(city, "庄", TODAY, limit=5) == ()


def test_the_names_of_a_place_are_listed_without_a_query(city: City) -> None:
    scope = Scope(kinds=(PlaceKind.STREET,), day=date(2026, 3, 1), public=True)
    shown = [name.id for name in listed(city, scope, limit=3)]
    assert shown == ["xianlu", "lu", "lvliang"]
