"""Syllables: however a person writes them, one form comes out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import table_rows
from civgeo.language.syllables import (
    SYLLABLES,
    numbered,
    parse_reading,
    parse_syllable,
)

TONED = st.builds(
    lambda base, tone: f"{base}{tone}", st.sampled_from(sorted(SYLLABLES)), st.integers(1, 5)
)


@pytest.mark.parametrize(
    ("written", "syllable"),
    [
        ("zhuang1", "zhuāng"),
        ("Zhuāng", "zhuāng"),
        ("lv4", "lǜ"),
        ("lü4", "lǜ"),
        ("lu:4", "lǜ"),
        ("nve4", "nüè"),
        ("lue4", "lüè"),
        ("jü2", "jú"),
        ("liu2", "liú"),
        ("gui4", "guì"),
        ("hǒu", "hǒu"),
        ("zi5", "zi"),
        ("zi", "zi"),
        ("ér", "ér"),
        ("r", "r"),
        (" MÉN ", "mén"),
        (unicodedata.normalize("NFD", "lǚ"), "lǚ"),
    ],
)
def test_syllable_is_read_with_marks_or_digits(written, syllable):
    assert parse_syllable(written) == syllable


@pytest.mark.parametrize(
    "text",
    ["", "x", "zhuang6", "zhuāng1", "bā4", "shiang1", "1", "中", "ng", "r2", "a" * 400, "<b>"],
)
def test_what_is_no_syllable_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        parse_syllable(text)
    assert refused.value.code == "bad_reading"


def test_reading_is_parted_by_spaces_apostrophes_and_hyphens():
    assert parse_reading("xi1 'an1") == ("xī", "ān")
    assert parse_reading("Dì-èr") == ("dì", "èr")
    with pytest.raises(InvalidInput, match="空"):
        parse_reading("  ")


@given(TONED)
def test_every_form_of_a_syllable_leads_back_to_it(written):
    syllable = parse_syllable(written)
    assert parse_syllable(syllable) == syllable
    assert parse_syllable(numbered(syllable)) == syllable
    assert without_tones(syllable) in SYLLABLES
    assert unicodedata.is_normalized("NFC", syllable)


def test_every_reading_of_the_packaged_tables_is_a_syllable():
    readings = [row["reading"] for row in table_rows("readings.csv")]
    readings += [row["reading"].replace("/", " ") for row in table_rows("generics.csv")]
    readings += [row["readings"] for row in table_rows("place_characters.csv")]
    for syllable in {one for reading in readings for one in reading.split()}:
        assert parse_syllable(syllable) == syllable
