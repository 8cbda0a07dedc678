from datetime import date, timedelta
from decimal import Decimal

import pytest

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import (
    TOPIC_CLASS_FROM,
    TOPIC_FLOOR_AREA,
    TOPIC_SINGLE_SITE,
    Standard,
    StandardBook,
    first_day,
    parse_day,
)
from civgeo.errors import InvalidInput
from civgeo.formats.reference import standards

NEW, EXISTING = EstateClass.NEW, EstateClass.EXISTING
ON = date(2026, 3, 1)
SUIZHOU = DivisionCode.parse("421300")
LIYANG = DivisionCode.parse("320481")
YICHENG = DivisionCode.parse("411702")


def record(id, adcode="410000", valid_from="2019-01-01", value="30", **given):
    fields = {
        "topic": TOPIC_FLOOR_AREA,
        "place": "河南省",
        "regulation": "示例条例",
        "quantity": "facility floor area per 100 households",
        "operator": ">=",
        "unit": "m2",
        "applies_to": "",
        "evidence": "S",
        "estate_class": "new",
    }
    number = None if value is None else Decimal(value)
    return Standard(id=id, adcode=adcode, valid_from=valid_from, value=number, **fields | given)


def chosen(*records, division="411702", on=ON, part=NEW):
    book = StandardBook(tuple(records), "test")
    found = book.choose(TOPIC_FLOOR_AREA, DivisionCode.parse(division), on, part)
    return found.id if found else None


@pytest.fixture(scope="module")
def book():
    return standards()


def test_city_goes_before_its_province_even_when_it_is_older():
    province = record("province", valid_from="2022-10-01")
    city = record("city", adcode="411700", valid_from="2015-01-01")
    nation = record("nation", adcode="100000", valid_from="2025-01-01")
    assert chosen(province, city, nation) == "city"
    assert chosen(nation, city, province, division="411300") == "province"
    assert chosen(nation, city, province, division="421300") == "nation"


def test_newest_record_of_one_place_goes_first():
    assert chosen(record("old"), record("newer", valid_from="2022-10-01")) == "newer"
    assert chosen(record("newer", valid_from="2022-10-01"), record("old")) == "newer"


def test_record_without_a_first_day_yields_to_a_dated_one_of_the_same_place():
    assert chosen(record("undated", valid_from=""), record("dated")) == "dated"


def test_record_that_repeats_another_is_never_cited():
    repeat = record("repeat", valid_from="2025-01-01", repeats="first")
    assert chosen(record("first"), repeat) == "first"
    assert chosen(repeat) is None


def test_record_that_is_switched_off_is_never_applied():
    assert chosen(record("draft", adcode="411700", enabled=False), record("law")) == "law"
    assert chosen(record("draft", enabled=False)) is None


def test_record_without_a_number_leaves_the_next_one_to_decide():
    assert chosen(record("words", adcode="411700", value=None), record("law")) == "law"


def test_record_holds_for_its_class_of_estates_only():
    both = record("both", estate_class="both")
    assert chosen(record("new"), part=EXISTING) is None
    assert chosen(both, part=EXISTING) == chosen(both, part=NEW) == "both"
    assert chosen(record("any", estate_class=""), part=NEW) is None


def test_record_of_another_topic_never_decides():
    assert chosen(record("other", topic="community_service_area_per_100hh")) is None


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "on", "holds"),
    [
        ("2019-01-01", "", "2018-12-31", False),
        ("2019-01-01", "", "2019-01-01", True),
        ("2019-01-01", "2022-09-30", "2022-09-30", True),
        ("2019-01-01", "2022-09-30", "2022-10-01", False),
        ("2017", "", "2017-12-30", False),
        ("2017", "", "2017-12-31", True),
        ("2020-02", "", "2020-02-28", False),
        ("2020-02", "", "2020-02-29", True),
        ("", "", "1949-10-01", True),
        ("", "2020", "2020-12-31", True),
        ("", "2020", "2021-01-01", False),
        ("", "2020-12", "2021-01-01", False),
    ],
)
def test_first_and_last_day_belong_to_the_period_and_partial_dates_end_late(
    valid_from, valid_to, on, holds
):
    found = record("r", valid_from=valid_from, valid_to=valid_to)
    assert found.in_force(date.fromisoformat(on)) is holds


@pytest.mark.parametrize(
    ("text", "day"),
    [("2017", "2017-12-31"), ("2020-02", "2020-02-29"), ("2021-12", "2021-12-31")],
)
def test_part_of_a_date_counts_from_its_last_day(text, day):
    assert first_day(text) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-1-1", "20260101", "2026/01/01", "", "今天"])
def test_day_is_a_real_date_with_hyphens(text):
    with pytest.raises(InvalidInput, match="on") as refused:
        parse_day(text)
    assert refused.value.code == "bad_date"


@pytest.mark.parametrize("text", ["2026-W01-1", "2026-001 ", "٢٠٢٦-٠١-٠١", "２０２６-０１-０１"])
def test_day_in_another_calendar_form_or_script_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_day(text)


def test_article_number_is_cited_with_its_words():
    assert record("r", article="34").source == "示例条例第34条"
    assert record("r", article="专栏1第6项").source == "示例条例"


def test_packaged_book_answers_for_every_place_and_period(book):
    topics = {standard.topic for standard in book.standards}
    places = {standard.adcode for standard in book.standards if standard.adcode}
    places |= {"320481", "411702", "710001"}
    days = [date(1949, 10, 1) + timedelta(days=365 * step) for step in range(0, 90, 4)]
    assert len(book.standards) > 250
    for standard in book.standards:
        assert all(isinstance(standard.in_force(day), bool) for day in days)
    for place in places:
        code = DivisionCode.parse(place)
        for topic in topics:
            for found in book.in_scope(topic, code, ON):
                assert found.enabled
                assert not found.repeats


def test_record_of_an_unnamed_place_is_switched_off(book):
    assert not any(standard.enabled for standard in book.standards if not standard.adcode)


def test_ids_of_the_packaged_book_are_unique_and_repeats_name_one_of_them(book):
    ids = {standard.id for standard in book.standards}
    assert len(ids) == len(book.standards)
    assert {standard.repeats for standard in book.standards if standard.repeats} <= ids


@pytest.mark.parametrize(
    ("on", "id"),
    [
        ("2018-12-31", None),
        ("2019-01-01", "elder_area_per_100hh-410000-2019-01-01-new"),
        ("2022-09-30", "elder_area_per_100hh-410000-2019-01-01-new"),
        ("2022-10-01", "elder_area_per_100hh-410000-2022-10-01-new"),
        ("2023-01-11", "elder_area_per_100hh-410000-2022-10-01-new"),
        ("2023-01-12", "elder_area_per_100hh-411700-2023-01-12-new"),
        ("2026-03-01", "elder_area_per_100hh-411700-2023-01-12-new"),
    ],
)
def test_district_of_zhumadian_takes_the_city_standard_from_its_day_on(book, on, id):
    found = book.choose(TOPIC_FLOOR_AREA, YICHENG, date.fromisoformat(on), NEW)
    assert (found.id if found else None) == id


def test_zhumadian_asks_thirty_of_new_and_twenty_of_existing_estates(book):
    values = [book.choose(TOPIC_FLOOR_AREA, YICHENG, ON, part).value for part in (NEW, EXISTING)]
    assert values == [30, 20]


def test_nanyang_does_not_inherit_the_standard_of_zhumadian(book):
    found = book.choose(TOPIC_FLOOR_AREA, DivisionCode.parse("411302"), ON, NEW)
    assert found.adcode == "410000"
    assert found.value == 30


def test_suizhou_asks_twenty_of_new_estates_and_has_nothing_for_existing_ones(book):
    assert book.choose(TOPIC_FLOOR_AREA, SUIZHOU, ON, NEW).value == 20
    assert book.choose(TOPIC_FLOOR_AREA, SUIZHOU, ON, EXISTING) is None


@pytest.mark.parametrize("part", [NEW, EXISTING])
def test_liyang_has_no_standard_because_the_draft_of_jiangsu_is_off(book, part):
    assert book.choose(TOPIC_FLOOR_AREA, LIYANG, ON, part) is None
    drafts = [s for s in book.about(TOPIC_FLOOR_AREA) if s.adcode == "320000"]
    assert len(drafts) == 2
    assert not any(draft.enabled for draft in drafts)


@pytest.mark.parametrize("place", ["320481", "411702"])
def test_the_other_thirty_square_metres_are_a_record_of_their_own(book, place):
    code = DivisionCode.parse(place)
    other = book.choose("community_service_area_per_100hh", code, ON)
    assert other.value == 30
    found = [book.choose(TOPIC_FLOOR_AREA, code, ON, part) for part in (NEW, EXISTING)]
    assert other not in found
    assert all(item is None or item.topic == TOPIC_FLOOR_AREA for item in found)


def test_repeated_figure_of_shandong_is_cited_from_its_first_record(book):
    found = book.choose(TOPIC_FLOOR_AREA, DivisionCode.parse("370100"), ON, NEW)
    assert found.id == "elder_area_per_100hh-370000-2020-05-01-new"


def test_place_whose_law_holds_no_number_is_in_scope_but_decides_nothing(book):
    zhejiang = DivisionCode.parse("330100")
    assert book.in_scope(TOPIC_FLOOR_AREA, zhejiang, ON, NEW)
    assert book.choose(TOPIC_FLOOR_AREA, zhejiang, ON, NEW) is None


def test_single_sites_have_a_minimum_in_anhui_only_for_new_estates(book):
    hefei = DivisionCode.parse("340102")
    assert book.choose(TOPIC_SINGLE_SITE, hefei, ON, NEW).value == 350
    assert book.choose(TOPIC_SINGLE_SITE, hefei, ON, EXISTING) is None


@pytest.mark.parametrize(("place", "first"), [("411702", "2019-01-01"), ("320481", None)])
def test_day_from_which_estates_count_as_new_is_a_record_too(book, place, first):
    found = book.new_estates_from(DivisionCode.parse(place), ON)
    assert (found.valid_from if found else None) == first
    assert found is None or found.topic == TOPIC_CLASS_FROM
