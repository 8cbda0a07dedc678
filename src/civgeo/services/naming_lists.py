"""The rules and word lists of the naming check, packaged or as a bureau keeps them in a folder.

A file of the folder with the same name takes the place of the packaged one; ``lists.csv`` there
says its date and source.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from civgeo.assets import packaged_data
from civgeo.domain.naming_check import Guide
from civgeo.domain.naming_findings import Citation, FindingCode
from civgeo.domain.naming_lists import ListInfo, Match, NameLists, Term, TermList
from civgeo.domain.naming_place import Comparator, Scope
from civgeo.domain.naming_rules import NamingRule, NamingRules
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.errors import InvalidInput
from civgeo.formats.reference import edition

__all__ = ["naming_guide"]

_MANIFEST = "lists.csv"
_RULES = "naming_rules.csv"
_TRUE = "true"
_TERM_LISTS = (
    "state_leaders",
    "persons",
    "surnames",
    "given_names",
    "foreign_places",
    "foreign_names",
    "enterprises_and_trademarks",
    "famous_entities",
    "unfit_words",
    "ordinary_words",
    "stacked_generics",
)

Row = Mapping[str, str]
Choice = TypeVar("Choice", bound=StrEnum)
Entry = TypeVar("Entry")


@cache
def naming_guide(folder: Path | None = None) -> Guide:
    """Rules and lists of the packaged edition, with what `folder` puts in their place.

    Parameters
    ----------
    folder
        Folder of the bureau with CSV files of the same names and columns (UTF-8).

    Raises
    ------
    InvalidInput
        ``bad_list`` with the file and row for a row that cannot be read.
    """
    return Guide(_rules(folder), _lists(folder))


def _rules(folder: Path | None) -> NamingRules:
    own = folder is not None and (folder / _RULES).is_file()
    rules = _read(_text(folder, _RULES, "gazetteer"), _RULES, _rule)
    return NamingRules.of(rules, f"{edition()}（本局修订）" if own else edition())


def _lists(folder: Path | None) -> NameLists:
    manifest = {info.name: info for info in _read(_text(None, _MANIFEST), _MANIFEST, _info)}
    if folder is not None and (folder / _MANIFEST).is_file():
        own = _read(_text(folder, _MANIFEST), _MANIFEST, _info)
        manifest |= {info.name: info for info in own if info.name in manifest}

    def listed(name: str, reader: Callable[[Row], Entry]) -> tuple[ListInfo, tuple[Entry, ...]]:
        file = f"{name}.csv"
        entries = tuple(_read(_text(folder, file), file, reader))
        return replace(manifest[name], entries=len(entries)), entries

    characters_info, levels = listed("standard_characters", _level)
    variants_info, variants = listed("variant_characters", _variant)
    return NameLists(
        terms={name: TermList(*listed(name, _term)) for name in _TERM_LISTS},
        levels=dict(levels),
        variants=dict(variants),
        characters_info=characters_info,
        variants_info=variants_info,
    )


def _text(folder: Path | None, name: str, where: str = "gazetteer/lists") -> str:
    """Text of a file, the bureau's before the packaged one."""
    own = None if folder is None else folder / name
    if own is not None and own.is_file():
        try:
            return own.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"{own} 不是 UTF-8 文本（第 {error.start + 1} 字节），请另存为 UTF-8",
                code="bad_list",
            ) from None
    return packaged_data(f"{where}/{name}").read_text(encoding="utf-8")


def _read(text: str, file: str, reader: Callable[[Row], Entry]) -> Iterator[Entry]:
    """What `reader` makes of each row of a CSV text; an error names the file and the row."""
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=2):
        try:
            yield reader(row)
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise InvalidInput(
                f"{file} 第 {number} 行读不懂（{error}）：请核对列名与取值", code="bad_list"
            ) from None


def _level(row: Row) -> tuple[str, int]:
    return row["char"], int(row["level"])


def _variant(row: Row) -> tuple[str, str]:
    return row["char"], row["standard"]


def _info(row: Row) -> ListInfo:
    return ListInfo(
        row["name"], row["title"], 0, row["as_of"], row["source"], row["complete"] == _TRUE
    )


def _member(options: type[Choice], text: str) -> Choice:
    return options(text)


def _term(row: Row) -> Term:
    if not row["term"]:
        raise ValueError("term 为空")
    classes = frozenset(_member(PlaceClass, each) for each in row["classes"].split())
    match = Match(row["match"]) if row["match"] else Match.WHOLE
    return Term(
        row["term"], row["category"], row["refers_to"], match, classes, row["evidence"] or "M"
    )


def _rule(row: Row) -> NamingRule:
    return NamingRule(
        id=row["id"],
        place=row["place"],
        adcode=row["adcode"],
        code=_member(FindingCode, row["code"]),
        cites=Citation(row["regulation"], row["article"], row["item"]),
        kinds=frozenset(_member(PlaceKind, kind) for kind in row["kinds"].split()),
        categories=frozenset(row["categories"].split()),
        famous=row["famous"] == _TRUE,
        scope=_member(Scope, row["scope"]) if row["scope"] else None,
        comparator=Comparator(row["comparator"]) if row["comparator"] else Comparator.FULL,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        limit=int(row["value"]) if row["value"] else None,
        evidence=row["evidence"],
        note=row["note"],
        enabled=row["enabled"] == _TRUE,
    )
