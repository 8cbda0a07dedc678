"""Where a spreadsheet's header stands: below titles, over several rows, in merged cells."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Header", "MergedRange", "Row", "find_header", "is_total", "plain_header", "unique"]

Row = tuple[int, list[str | None]]
"""Row number in the spreadsheet (from 1) and its cells as text."""
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
_TOTALS = ("合计", "总计", "小计", "累计")
_PARENTHESES = re.compile(r"[(\[（【].*?[)\]）】]|[*＊:：]")
_TOTAL_LENGTH = 12
_LEAST_NAMES = 2


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged block of cells, rows and columns from 1, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Header:
    """Header of a table: number of its first row, how many rows it takes, its texts."""

    row: int
    rows: int
    names: tuple[str, ...]

    @property
    def last_row(self) -> int:
        """Number of its last row."""
        return self.row + self.rows - 1


def plain_header(text: str, *, keep_parentheses: bool = False) -> str:
    """`text` for comparison: width, case, blanks, marks and units in parentheses aside."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not keep_parentheses:
        folded = _PARENTHESES.sub("", folded)
    return re.sub(r"[\s_\-·/、()*:\u200b\ufeff]+", "", folded)


def find_header(
    rows: Sequence[Row],
    merged: Iterable[MergedRange] = (),
    *,
    expected: Iterable[str] = (),
    row: int | None = None,
    depth: int | None = None,
) -> Header | None:
    """Header of a table, None when no row can be one.

    Parameters
    ----------
    rows
        First rows of the sheet, merged cells filled.
    merged
        Merged blocks among them.
    expected
        Headers that the collection knows; a row that holds two of them is the header.
    row, depth
        What the officer said: number of the first header row, and how many there are.
    """
    blocks = tuple(merged)
    start = _start(rows, {plain_header(text) for text in expected}, row)
    if start is None:
        return None
    first = rows[start][0]
    if row is None:
        first = min(
            [block.top for block in blocks if block.top <= first <= block.bottom] or [first]
        )
        first = first if _is_header(_cells(rows, first)) else rows[start][0]
    count = depth or _depth(first, rows[start][0], blocks)
    above = [cells for number, cells in rows if first <= number < first + count]
    return Header(first, count, unique(_joined(above)))


def _cells(rows: Sequence[Row], number: int) -> list[str | None]:
    return next((cells for found, cells in rows if found == number), [])


def _start(rows: Sequence[Row], expected: set[str], row: int | None) -> int | None:
    """Place in `rows` of the row that reads most like a header."""
    if row is not None:
        return next((place for place, (number, _) in enumerate(rows) if number == row), None)
    known = [sum(plain_header(cell or "") in expected for cell in set(cells)) for _, cells in rows]
    if known and max(known) >= _LEAST_NAMES:
        return known.index(max(known))
    return next((place for place, (_, cells) in enumerate(rows) if _is_header(cells)), None)


def _is_header(cells: Sequence[str | None]) -> bool:
    """Whether a row reads like a header: two texts or more that differ, and hardly a number."""
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    numbers = sum(bool(_NUMBER.fullmatch(text)) for text in texts)
    return len(set(texts)) >= _LEAST_NAMES and numbers * 3 < len(texts)


def _depth(first: int, found: int, blocks: Sequence[MergedRange]) -> int:
    """How many rows the header takes, by its merged cells."""
    own = [block for block in blocks if block.top == first]
    bottoms = [block.bottom for block in own if block.left == block.right]
    if bottoms:
        return max(max(bottoms), found) - first + 1
    spread = any(block.top == block.bottom and block.right > block.left for block in own)
    return max(2 if spread else 1, found - first + 1)


def _joined(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Header texts per column, from top to bottom joined by ``/``; repeated texts count once."""
    width = max((len(cells) for cells in rows), default=0)
    names = []
    for column in range(width):
        path: list[str] = []
        for cells in rows:
            text = re.sub(r"\s+", "", cells[column] or "") if column < len(cells) else ""
            if text and text not in path:
                path.append(text)
        names.append("/".join(path))
    return names


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """`names` with unnamed columns numbered and repeated ones told apart: ``备注 (2)``."""
    seen: dict[str, int] = {}
    result = []
    for place, name in enumerate(names, start=1):
        text = name or f"第{place}列"
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(result)


def is_total(cells: Sequence[str | None]) -> bool:
    """Whether a row sums up the rows above: its first text is 合计 or the like."""
    first = next((cell for cell in cells if cell and cell.strip()), "")
    return len(first) < _TOTAL_LENGTH and re.sub(r"\s|[:：]", "", first) in _TOTALS
