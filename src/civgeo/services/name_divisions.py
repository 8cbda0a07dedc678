"""Divisions that a record of the place-name office names, in words or as codes, and their words."""

import re
from dataclasses import dataclass

import geopandas as gpd

from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.errors import InvalidInput
from civgeo.formats.reference import county_lineage
from civgeo.services.import_names import DivisionNames, folded
from civgeo.services.name_fields import names_in

__all__ = ["NameDivisions"]

_LEVELS = (
    DivisionLevel.PREFECTURE,
    DivisionLevel.COUNTY,
    DivisionLevel.TOWNSHIP,
    DivisionLevel.COMMUNITY,
)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class NameDivisions:
    """Divisions of one city, to be found by name and code.

    Parameters
    ----------
    names
        Its own divisions of every level.
    above
        Names that may stand before theirs: the province's, the city's, and both.
    without_towns
        Codes of counties whose townships the store does not list.
    """

    names: DivisionNames
    above: tuple[str, ...]
    without_towns: frozenset[str]

    @classmethod
    def of(cls, divisions: gpd.GeoDataFrame, city: str) -> "NameDivisions":
        """Divisions of `city` out of those of the store."""
        names = DivisionNames.of(divisions, _LEVELS)
        province = county_lineage().latest(f"{city[:2]}0000")
        first, second = province.name if province else "", names.codes.get(city, "")
        above = [text for text in (first + second, first, second) if text]
        counties = {code for code in names.codes if len(code) == 6 and code != city}
        listed = {code[:6] for code in names.codes if len(code) > 6}
        return cls(names, tuple(dict.fromkeys(above)), frozenset(counties - listed))

    def codes_of(self, text: str, county: str = "") -> tuple[str, ...]:
        """Codes of the divisions that a cell names, in its order.

        Names may begin with province and city, and end with a village that is not listed; then
        the code is that of the township. Beside a township whose name occurs twice, the county
        decides.

        Parameters
        ----------
        text
            One name or code, or several with 、 between.
        county
            What another cell says of the county; empty where none does.

        Raises
        ------
        InvalidInput
            With what is wrong, and the nearest name.
        """
        found: list[str] = []
        for part in names_in(text):
            context = self.names.codes.get(found[-1][:6], "") if found else county
            found.append(self._code_of(part, context))
        if not found:
            raise InvalidInput("没有写明政区")
        return tuple(dict.fromkeys(found))

    def _code_of(self, text: str, county: str) -> str:
        plain = folded(text)
        if plain.isdigit():
            return self._listed(plain)
        for above in self.above:
            if plain.startswith(folded(above)) and len(plain) > len(folded(above)):
                plain = plain.removeprefix(folded(above))
                break
        for candidate in (folded(county) + plain, plain):
            code = self._longest(candidate, len(folded(county)) if candidate != plain else 0)
            if code:
                return code
        return self.names.code_of(plain)

    def _longest(self, text: str, least: int) -> str:
        """Code of the longest beginning of `text` that names one division; empty for none."""
        for end in range(len(text), max(_SHORTEST, least + 1), -1):
            found = self.names.by_name.get(text[:end], ())
            if len(found) == 1 and (end == len(text) or len(found[0]) > 6):
                return found[0]
        return ""

    def _listed(self, digits: str) -> str:
        code = DivisionCode.parse(digits).text
        unlisted_town = len(code) == 9 and code[:6] in self.without_towns
        unlisted_village = len(code) == 12 and code[:9] in self.names.codes
        return code if unlisted_town or unlisted_village else self.names.code_of(digits)

    def of_place_code(self, place_code: str) -> str:
        """Township, else county, that a place code begins with; empty when neither is listed."""
        digits = place_code if re.fullmatch(r"\d{20,21}", place_code) else ""
        known = (code for code in (digits[:9], digits[:6]) if code in self.names.codes)
        return next(known, "")

    def path(self, code: str) -> str:
        """Name of a division behind that of its county: 遂平县嵖岈山镇."""
        above = [code[:digits] for digits in (6, 9) if digits < len(code)]
        parts = [self.names.codes.get(one, "") for one in above]
        return "".join([*parts, self.names.codes.get(code, code)])

    def paths(self, codes: tuple[str, ...]) -> str:
        """Names of several divisions with 、 between."""
        return "、".join(self.path(code) for code in codes)
