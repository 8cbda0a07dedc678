"""The national table: every row follows from the engine, and its figures are those we report."""

import unicodedata
from collections import Counter

import pytest

from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import table_rows
from civgeo.services.romanising import romanise

VERDICTS = {"agrees", "mismatch_settled", "mismatch_open", "no_independent_spelling"}
PREFECTURE_END, PROVINCE_END = "00", "0000"


@pytest.fixture(scope="module")
def divisions():
    return list(table_rows("romanised_divisions.csv"))


def kind(code):
    if len(code) == 9:
        return PlaceKind.TOWNSHIP
    if code.endswith(PROVINCE_END):
        return PlaceKind.PROVINCE
    return PlaceKind.PREFECTURE if code.endswith(PREFECTURE_END) else PlaceKind.COUNTY


def letters(text):
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if "a" <= c.lower() <= "z")
    return bare.lower()


def test_every_row_of_the_national_table_is_derived_anew(divisions):
    wrong = []
    for row in divisions:
        try:
            found = romanise(row["name"], kind(row["code"]), division=row["code"])
            ours = (found.toned, found.source.value, str(found.confirmed).lower())
        except InvalidInput:
            ours = ("", "", "false")
        if ours != (row["toned"], row["source"], row["confirmed"]):
            wrong.append((row["code"], row["name"], ours))
    assert wrong == []


def test_every_division_of_the_country_is_in_the_table(divisions):
    assert len(divisions) == len({row["code"] for row in divisions}) == 41_934
    assert {row["verdict"] for row in divisions} == VERDICTS
    unread = [row["name"] for row in divisions if not row["toned"]]
    assert unread == ["𰝟渡镇"]


def test_an_open_mismatch_is_never_confirmed_and_a_settled_one_is(divisions):
    for row in divisions:
        if row["verdict"] == "mismatch_open":
            assert row["confirmed"] == "false", row
        if row["verdict"] == "mismatch_settled":
            assert row["confirmed"] == "true", row
        assert bool(row["independent"]) == (row["verdict"] != "no_independent_spelling"), row
        assert bool(row["independent"]) == bool(row["independent_source"]), row


def test_where_the_verdict_is_agreement_the_letters_are_the_same(divisions):
    for row in divisions:
        if row["verdict"] == "agrees" and row["independent_source"] == "CC-CEDICT":
            found = romanise(row["name"], kind(row["code"]), division=row["code"])
            spoken = "".join(found.syllables)
            assert letters(spoken).startswith(letters(row["independent"])), row


def test_figures_are_those_of_the_documentation(divisions):
    verdicts = Counter(row["verdict"] for row in divisions)
    assert verdicts["agrees"] > 14_000
    assert verdicts["mismatch_settled"] > 400
    assert verdicts["mismatch_open"] < 130
    assert sum(row["confirmed"] == "true" for row in divisions) > 38_000


@pytest.mark.parametrize(
    ("code", "toned"),
    [
        ("410621", "Xùn Xiàn"),
        ("421303", "Zēngdū Qū"),
        ("410783", "Chángyuán Shì"),
        ("140428", "Zhǎngzǐ Xiàn"),
        ("211300", "Cháoyáng Shì"),
        ("411726", "Bìyáng Xiàn"),
        ("411726001", "Bìshuǐ Jiēdào"),
        ("410122", "Zhōngmù Xiàn"),
        ("130726", "Yù Xiàn"),
        ("361124", "Yánshān Xiàn"),
        ("341500", "Lù'ān Shì"),
        ("320116", "Lùhé Qū"),
        ("331000", "Tāizhōu Shì"),
        ("331100", "Líshuǐ Shì"),
        ("440113", "Pānyú Qū"),
        ("130225", "Làotíng Xiàn"),
        ("330382", "Yuèqīng Shì"),
        ("371722", "Shàn Xiàn"),
        ("371522", "Shēn Xiàn"),
        ("441422", "Dàbù Xiàn"),
        ("340722", "Zōngyáng Xiàn"),
        ("341021", "Shè Xiàn"),
        ("341023", "Yī Xiàn"),
        ("410223", "Wèishì Xiàn"),
        ("652823", "Yùlí Xiàn"),
        ("141024", "Hóngtóng Xiàn"),
        ("130121", "Jǐngxíng Xiàn"),
        ("140924", "Fánshì Xiàn"),
        ("511123", "Qiánwéi Xiàn"),
        ("410182", "Xíngyáng Shì"),
        ("511822", "Yíngjīng Xiàn"),
        ("341621", "Guōyáng Xiàn"),
        ("411700", "Zhùmǎdiàn Shì"),
        ("411728", "Suìpíng Xiàn"),
        ("411100", "Luòhé Shì"),
        ("410823", "Wǔzhì Xiàn"),
        ("410724", "Huòjiā Xiàn"),
        ("411424", "Zhèchéng Xiàn"),
        ("410425", "Jiá Xiàn"),
    ],
)
def test_names_known_to_be_hard_are_right(divisions, code, toned):
    assert next(row["toned"] for row in divisions if row["code"] == code) == toned
