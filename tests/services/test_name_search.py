"""The search gives what looking at every name gives, whatever is typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from civgeo.domain.division import DivisionCode
from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.language.bigrams import fold
from civgeo.services.name_matching import Query, query_of
from civgeo.services.name_search import search_in
from civgeo.store.name_index_lookup import NameLookup, Scope
from civgeo.store.name_index_rows import NameRow, OtherName, indexed
from civgeo.store.name_index_tables import fill
from civgeo.store.sqlite import Access, engine
from services.place_name_scan import READINGS, scan, syllables

CHARS = [*READINGS, *"1kK·"]
TWINS = {"张": "章", "章": "张", "庄": "装", "装": "庄"}
NAMES = st.text(CHARS, min_size=1, max_size=5).filter(fold)
DIVISIONS = ("41", "411700", "411702", "411702001", "411702100200", "411728100")
KINDS = (PlaceKind.TOWNSHIP, PlaceKind.SETTLEMENT, PlaceKind.STREET, PlaceKind.MOUNTAIN)
PLAIN = str.maketrans("āáǎàēéīūúǚèü", "aaaaeeiuuvev")
DAYS = st.sampled_from([None, "1950-01-01", "1983-06-01", "2020-01-01"])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """An empty file, into which nothing is ever committed."""
    return engine(tmp_path_factory.mktemp("index") / "empty", Access.CREATE)


@contextmanager
def index_of(rows: list[NameRow], empty: sa.Engine) -> Iterator[NameLookup]:
    """An index without a store, for as long as the block lasts."""
    with empty.connect() as connection:
        fill(connection, map(indexed, rows))
        yield NameLookup(connection)
        connection.rollback()


def others() -> st.SearchStrategy[tuple[OtherName, ...]]:
    one = st.builds(
        lambda name, kind: OtherName(name, kind, syllables(name)),
        NAMES,
        st.sampled_from(list(OtherNameKind)),
    )
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def registers(draw: st.DrawFn) -> list[NameRow]:
    rows = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        name = draw(NAMES)
        start, end = draw(DAYS), draw(DAYS)
        rows.append(
            NameRow(
                id=f"n{draw(st.integers(0, 9))}-{number}",
                number=number,
                name=name,
                specific=name[: draw(st.integers(1, len(name)))],
                kind=draw(st.sampled_from(KINDS)),
                division=draw(st.sampled_from(DIVISIONS)),
                spans=tuple(draw(st.lists(st.sampled_from(DIVISIONS), max_size=1))),
                status=draw(st.sampled_from(["standard", "reserved"])),
                syllables=syllables(name),
                other_names=draw(others()),
                valid_from=start,
                valid_to=end if end is None or (start or "") < end else None,
                lon=draw(st.sampled_from([None, 113.5, 114.0, 114.5])),
                lat=draw(st.sampled_from([32.5, 33.0])),
                public=draw(st.booleans()),
            )
        )
    return rows


SCOPES = st.builds(
    Scope,
    kinds=st.lists(st.sampled_from(KINDS), max_size=2).map(tuple),
    division=st.sampled_from([None, *map(DivisionCode.parse, DIVISIONS)]),
    status=st.sampled_from([None, None, "reserved"]),
    day=st.sampled_from([None, date(1950, 1, 1), date(1983, 5, 31), date(2026, 1, 1)]),
    box=st.sampled_from([None, None, (113.0, 32.0, 114.0, 32.9), (114.0, 33.0, 114.0, 33.0)]),
    public=st.booleans(),
)


@st.composite
def queries(draw: st.DrawFn, rows: list[NameRow]) -> str:
    """Something that resembles a name of the register, or hardly."""
    row = draw(st.sampled_from(rows))
    name = draw(st.sampled_from([row.name, *(other.name for other in row.other_names)]))
    dress = draw(st.sampled_from(["characters", "syllables", "initials", "mixed", "slip", "twin"]))
    signs = [draw(st.sampled_from(_ways_to_type(char, dress))) for char in name]
    if dress == "slip":
        signs[draw(st.integers(0, len(signs) - 1))] = draw(st.sampled_from(CHARS))
    elif dress == "twin":
        place = draw(st.integers(0, len(signs) - 1))
        signs[place] = TWINS.get(name[place], "张")
    text = "".join(signs[draw(st.sampled_from([0, 0, 0, 1])) :])
    text = text[: draw(st.integers(1, 16))] or name
    assume(fold(text))
    return text


def _ways_to_type(char: str, dress: str) -> list[str]:
    """The character, its readings in every dress, its initial."""
    plain = [reading.translate(PLAIN) for reading in READINGS.get(char, ())]
    if not plain or dress in ("characters", "slip", "twin"):
        return [char]
    if dress == "initials":
        return [plain[0][0]]
    toned = [*READINGS[char], *(f"{each}{tone}" for each in plain for tone in "12")]
    spaced = [f"{plain[0]} ", f"'{plain[0]}", plain[0].upper()]
    syllables = [*plain, *plain, *toned, *spaced]
    return syllables if dress == "syllables" else [char, char, plain[0], plain[0][0]]


def typed(text: str) -> Query:
    return query_of(text, lambda char: [each.translate(PLAIN) for each in READINGS.get(char, ())])


def told(names: NameLookup, text: str, scope: Scope, limit: int) -> list[tuple[str, int, str]]:
    hits = search_in(names, typed(text), scope, limit=limit).hits
    return [(hit.name.id, int(hit.match.tier), hit.match.how.value) for hit in hits]


@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_query_finds_what_a_plain_scan_finds_in_the_same_order(
    data: st.DataObject, empty: sa.Engine
) -> None:
    rows = data.draw(registers())
    with index_of(rows, empty) as names:
        for _ in range(6):
            text = data.draw(queries(rows))
            scope = data.draw(SCOPES)
            expected = scan(rows, text, scope)
            assert told(names, text, scope, 100) == expected
            assert told(names, text, scope, 2) == expected[:2]
            assert search_in(names, typed(text), scope, limit=2).more == (len(expected) > 2)


def test_a_slip_in_one_alias_is_found_though_another_has_the_right_character(
    empty: sa.Engine,
) -> None:
    aliases = [OtherName(name, OtherNameKind.ALIAS, syllables(name)) for name in ("张村庄", "鹅先")]
    row = NameRow(
        id="a",
        number=1,
        name="安庄",
        specific="安",
        kind=PlaceKind.SETTLEMENT,
        division="411702",
        syllables=syllables("安庄"),
        other_names=tuple(aliases),
    )
    with index_of([row], empty) as names:
        assert told(names, "张先庄", Scope(), 10) == scan([row], "张先庄", Scope())
        assert told(names, "张先庄", Scope(), 10)[0][0] == "a"
