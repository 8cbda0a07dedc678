"""The packaged rules on cemeteries and the national land classes; origins in SOURCES.md."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from civgeo.assets import packaged_data
from civgeo.domain.cemetery_rule_table import rule_of
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.site_features import SiteFeature
from civgeo.formats.reference import edition

__all__ = ["PACKAGED_RULES", "cemetery_rules", "land_feature", "packaged_rules_of"]

PACKAGED_RULES = "gazetteer/cemetery_rules.csv"


@cache
def cemetery_rules() -> CemeteryRuleBook:
    """Rules of the packaged edition, drafts included but switched off."""
    rows = _rows(packaged_data(PACKAGED_RULES).read_text(encoding="utf-8"))
    return CemeteryRuleBook(tuple(rule_of(row) for row in rows), edition())


def packaged_rules_of(path: Path, edition: str) -> CemeteryRuleBook:
    """Rules that an earlier civgeo brought, from the copy of its table at `path`."""
    rows = _rows(path.read_text(encoding="utf-8"))
    return CemeteryRuleBook(tuple(rule_of(row) for row in rows), edition)


def land_feature(word: str) -> SiteFeature | None:
    """Class that `word` names: our own word or label, or a name or code of GB/T 21010-2017.

    Examples
    --------
    >>> land_feature("0103"), land_feature("旱地") is land_feature("arable"), land_feature("月面")
    (<SiteFeature.ARABLE: 'arable'>, True, None)
    """
    return _land_words().get(word.strip())


@cache
def _land_words() -> Mapping[str, SiteFeature]:
    words: dict[str, SiteFeature] = {}
    for feature in SiteFeature:
        if feature is not SiteFeature.NAMED_AREA:
            words |= dict.fromkeys((feature.value, feature.label_zh), feature)
    table = packaged_data("gazetteer/land_classes.csv").read_text(encoding="utf-8")
    for row in _rows(table):
        words |= dict.fromkeys((row["code"], row["name"]), SiteFeature(row["land_class"]))
    return words


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
