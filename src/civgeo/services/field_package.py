"""Use case: the field package of one line, for a joint inspection, as a zip or a folder."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from civgeo.domain.field_sheet import FieldMarker, FieldSheet
from civgeo.errors import NotFound
from civgeo.formats.field_geopackage import field_geopackage, field_qgis_project
from civgeo.formats.field_tracks import field_gpx, field_kml
from civgeo.maps.line_overview import line_overview
from civgeo.maps.marker_sketch import marker_sketch
from civgeo.maps.theme import MapNote
from civgeo.reports.field_checklist_pdf import COVER_MAP_MM, checklist_pdf
from civgeo.reports.field_checklist_xlsx import checklist_xlsx
from civgeo.reports.field_marker_page import MAP_MM, MarkerPictures
from civgeo.reports.field_page import field_page
from civgeo.reports.field_readme import field_manifest, field_readme
from civgeo.services.city import City
from civgeo.services.field_sheets import field_sheet

__all__ = ["FieldPackage", "PackageForm", "field_package", "packed", "write_package"]

Progress = Callable[[str, int, int], None]
_DRAWABLE = ("image/jpeg", "image/png")
_UNSAFE = re.compile(r"[^\w-]+")


class PackageForm(StrEnum):
    """How a package is written."""

    ZIP = "zip"
    FOLDER = "folder"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class FieldPackage:
    """A package: the line, and its files by their paths."""

    sheet: FieldSheet
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Name of its folder, safe on every system."""
        return f"civgeo-{_UNSAFE.sub('_', self.sheet.code)[:40]}-r{self.sheet.round.number}"


def field_package(
    city: City,
    line: str,
    *,
    round_number: int | None = None,
    anyway: bool = False,
    progress: Progress | None = None,
) -> FieldPackage:
    """The package of one line.

    Parameters
    ----------
    city
        The city.
    line
        Code, name or register id of the line.
    round_number
        Round of the inspection; by default the one that is planned or under way.
    anyway
        Make it of a filed round too; every page then says that no results are taken.
    progress
        Called with (step, done, in all).

    Raises
    ------
    NotFound, InvalidInput, RuleViolation
        As `services.field_sheets.field_sheet`.
    """
    sheet = field_sheet(city, line, round_number=round_number, anyway=anyway)
    tell: Progress = progress or (lambda *step: None)
    note = MapNote(sheet.name, "；".join(sheet.sources), sheet.made_on, sheet.simulated)
    pictures = {}
    for number, marker in enumerate(sheet.markers):
        tell(sheet.name, number, len(sheet.markers))
        pictures[marker.id] = MarkerPictures(
            marker_sketch(sheet, marker, note, MAP_MM),
            line_overview(sheet, marker, note, MAP_MM),
            _registered_photo(city, marker),
        )
    files = _files(sheet, pictures, line_overview(sheet, None, note, COVER_MAP_MM))
    tell(sheet.name, len(sheet.markers), len(sheet.markers))
    return FieldPackage(sheet, files | {"manifest.json": field_manifest(sheet, files)})


def _files(
    sheet: FieldSheet, pictures: Mapping[str, MarkerPictures], overview: bytes
) -> dict[str, bytes]:
    """Every file but the manifest, by its path."""
    sketches = {id: each.sketch for id, each in pictures.items() if each.sketch is not None}
    files = {
        "README.txt": field_readme(sheet),
        "checklist.pdf": checklist_pdf(sheet, pictures, overview),
        "checklist.xlsx": checklist_xlsx(sheet),
        "phone.html": field_page(sheet, sketches),
        "markers.gpx": field_gpx(sheet),
        "line.kml": field_kml(sheet),
        "field.gpkg": field_geopackage(sheet),
        "field.qgs": field_qgis_project(sheet, "field.gpkg"),
        "maps/line.png": overview,
    }
    for marker in sheet.markers:
        files[f"maps/{marker.order:03d}-overview.png"] = pictures[marker.id].overview
        if marker.id in sketches:
            files[f"maps/{marker.order:03d}-sketch.png"] = sketches[marker.id]
    return files


def _registered_photo(city: City, marker: FieldMarker) -> bytes | None:
    """The registered photo, where the store holds one that can be printed."""
    digests = [item.sha256 for item in marker.photos if item.slot == "registered" and item.sha256]
    with city.store.read() as reading:
        for digest in digests:
            try:
                found = reading.attachment(digest)
            except NotFound:
                continue
            if found.media_type in _DRAWABLE:
                return found.content
    return None


def packed(package: FieldPackage) -> bytes:
    """The package as a zip with one folder; the same files give the same bytes."""
    target = io.BytesIO()
    made = package.sheet.made_on
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in package.files.items():
            entry = zipfile.ZipInfo(
                f"{package.name}/{path}", (made.year, made.month, made.day, 0, 0, 0)
            )
            stored = path.endswith(".png")
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def write_package(package: FieldPackage, folder: Path, form: PackageForm) -> list[Path]:
    """Write the package into `folder`; older files of the same names are replaced.

    Returns
    -------
    list of Path
        The zip, the folder, or both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    if form is not PackageForm.FOLDER:
        target = folder / f"{package.name}.zip"
        _replace(target, packed(package))
        written.append(target)
    if form is not PackageForm.ZIP:
        own = folder / package.name
        for path, content in package.files.items():
            (own / path).parent.mkdir(parents=True, exist_ok=True)
            _replace(own / path, content)
        written.append(own)
    return written


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{target.name}.part")
    draft.write_bytes(content)
    draft.replace(target)
