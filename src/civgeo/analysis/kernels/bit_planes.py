"""Marks of the cells of a grid, 64 to a word: insides, distances, slopes, counts.

A plane is ``uint64[rows, words]``; column `c` is bit ``c % 64`` of word ``c // 64``. Places are
metres east of the grid's west side and south of its north side, so the middle of a cell lies at
``(column + 0.5) * cell``, ``(row + 0.5) * cell``. Every loop touches the rows from `low` up to
`high` alone: threads take rows apart.
"""

import numpy as np
from numba import njit

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE, _NONE = np.uint64(1), np.uint64(0)

_DOUBT = 0.01
"""Share of a cell by which a limit may lie beside a middle before it is asked exactly."""

_GATHER = np.uint64(0x0102040810204080)
"""Times eight octets of 0 or 1, this has them side by side in its uppermost octet."""


@njit(nogil=True, cache=True)
def _mark(plane, row, first, last):
    """Set the columns from `first` to `last`."""
    begin, end = first >> 6, last >> 6
    head = _ONES << np.uint64(first & 63)
    tail = _ONES >> np.uint64(63 - (last & 63))
    if begin == end:
        plane[row, begin] |= head & tail
        return
    plane[row, begin] |= head
    for word in range(begin + 1, end):
        plane[row, word] = _ONES
    plane[row, end] |= tail


@njit(nogil=True, cache=True)
def _columns(left, right, per_m, columns):
    """Columns whose middles lie between two places, and whether rounding could tell otherwise."""
    low, high = left * per_m - 0.5, right * per_m - 0.5
    begin, end = np.ceil(low), np.floor(high)
    near, far = begin - low, high - end
    is_close = near < _DOUBT or near > 1 - _DOUBT or far < _DOUBT or far > 1 - _DOUBT
    if is_close:
        begin, end = begin - 1, end + 1
    begin, end = max(begin, 0.0), min(end, columns - 1.0)
    return int(begin), int(end), is_close


@njit(nogil=True, cache=True)
def _disc(plane, x, y, reach, cell, columns, first, last):
    """Mark, from row `first` to `last`, the cells whose middle lies within `reach` of a place."""
    square, per_m = reach * reach, 1.0 / cell
    for row in range(first, last + 1):
        off = (row + 0.5) * cell - y
        rest = square - off * off
        if rest < 0:
            continue
        half = np.sqrt(rest)
        begin, end, is_close = _columns(x - half, x + half, per_m, columns)
        if is_close:
            while begin <= end and ((begin + 0.5) * cell - x) ** 2 + off * off > square:
                begin += 1
            while end >= begin and ((end + 0.5) * cell - x) ** 2 + off * off > square:
                end -= 1
        if begin <= end:
            _mark(plane, row, begin, end)


@njit(nogil=True, cache=True)
def _beside(x, y, dx, dy, size, wide):
    """Whether a place lies beside a segment from the origin, between its ends, and near enough."""
    return 0 <= x * dx + y * dy <= size and (x * dy - y * dx) ** 2 <= wide


@njit(nogil=True, cache=True)
def _strip(plane, ax, ay, bx, by, reach, cell, columns, low, high):
    """Mark the cells whose middle lies within `reach` of a segment, and beside it."""
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    if size == 0:
        return
    length = np.sqrt(size)
    rise = reach * abs(dx) / length
    wide, per_m = reach * reach * size, 1.0 / cell
    west, east = -cell - ax, (columns + 1.0) * cell - ax
    lean, run = (dy / dx, size / dx) if dx != 0 else (0.0, 0.0)
    slant, half = (dx / dy, reach * length / abs(dy)) if dy != 0 else (0.0, 0.0)
    first = max(low, int(np.ceil((min(ay, by) - rise) / cell - 0.5 - _DOUBT)))
    last = min(high - 1, int(np.floor((max(ay, by) + rise) / cell - 0.5 + _DOUBT)))
    for row in range(first, last + 1):
        off = (row + 0.5) * cell - ay
        left, right = west, east
        if dx != 0:
            start = -off * lean
            left, right = max(left, start + min(run, 0.0)), min(right, start + max(run, 0.0))
        if dy != 0:
            middle = off * slant
            left, right = max(left, middle - half), min(right, middle + half)
        if left > right + cell:
            continue
        begin, end, is_close = _columns(left + ax, right + ax, per_m, columns)
        if is_close or dy == 0:
            while begin <= end and not _beside((begin + 0.5) * cell - ax, off, dx, dy, size, wide):
                begin += 1
            while end >= begin and not _beside((end + 0.5) * cell - ax, off, dx, dy, size, wide):
                end -= 1
        if begin <= end:
            _mark(plane, row, begin, end)


@njit(nogil=True, cache=True)
def _wedge(ux, uy, vx, vy):
    """How far down the ground that is nearest to a bend reaches, from -1 to 1: least and most.

    ``u`` leads to the bend and ``v`` from it; the rest of the disc around it lies beside them.
    """
    one, other = np.hypot(ux, uy), np.hypot(vx, vy)
    turn = ux * vy - uy * vx
    if one == 0 or other == 0 or abs(turn) <= 1e-9 * one * other:
        return -1.0, 1.0
    side = -1.0 if turn > 0 else 1.0
    ax, ay, bx, by = -side * uy / one, side * ux / one, -side * vy / other, side * vx / other
    least, most = min(0.0, ay, by), max(0.0, ay, by)
    if ax * bx <= 0:
        across = ay * abs(bx) + by * abs(ax)
        least, most = -1.0 if across <= 1e-9 else least, 1.0 if across >= -1e-9 else most
    return least, most


@njit(nogil=True, cache=True)
def mark_near(plane, place, part_start, reach, cell, columns, low, high):
    """Mark the cells whose middle lies within `reach` of a point or line, the limit included.

    `place` holds the corners of all parts, `part_start` the first corner of each; a part of one
    corner is a point.
    """
    top, bottom = low * cell - reach, high * cell + reach
    left, right = -reach, columns * cell + reach
    for part in range(len(part_start) - 1):
        begin, end = part_start[part], part_start[part + 1]
        for k in range(begin, end):
            x, y = place[k, 0], place[k, 1]
            if top <= y <= bottom and left <= x <= right:
                least, most = -1.0, 1.0
                if begin < k < end - 1:
                    ux, uy = x - place[k - 1, 0], y - place[k - 1, 1]
                    least, most = _wedge(ux, uy, place[k + 1, 0] - x, place[k + 1, 1] - y)
                first = int(np.ceil((y + least * reach) / cell - 0.5 - _DOUBT))
                last = int(np.floor((y + most * reach) / cell - 0.5 + _DOUBT))
                _disc(plane, x, y, reach, cell, columns, max(low, first), min(high - 1, last))
            if k == begin:
                continue
            ax, ay = place[k - 1, 0], place[k - 1, 1]
            if max(y, ay) < top or min(y, ay) > bottom or max(x, ax) < left or min(x, ax) > right:
                continue
            _strip(plane, ax, ay, x, y, reach, cell, columns, low, high)


@njit(nogil=True, cache=True)
def mark_inside(plane, place, ring_start, polygon_ring, cell, columns, low, high):
    """Mark the cells whose middle lies inside a polygon (even-odd, borders as they fall).

    `place` holds the corners of all rings, each closed; `polygon_ring` the first ring of each.
    """
    words = plane.shape[1]
    turned = np.zeros((high - low, words), np.uint64)
    for polygon in range(len(polygon_ring) - 1):
        north, south, west, east = high, low - 1, columns, -1
        for ring in range(polygon_ring[polygon], polygon_ring[polygon + 1]):
            for k in range(ring_start[ring], ring_start[ring + 1] - 1):
                ax, ay, bx, by = place[k, 0], place[k, 1], place[k + 1, 0], place[k + 1, 1]
                if by < ay:
                    ax, ay, bx, by = bx, by, ax, ay
                if ay == by or by < low * cell or ay > high * cell:
                    continue
                # the rows whose middles lie at or below the upper end and above the lower
                first = max(low, int(np.ceil(ay / cell - 0.5)) - 1)
                while (first + 0.5) * cell < ay:
                    first += 1
                last = min(high - 1, int(np.ceil(by / cell - 0.5)))
                while last >= first and (last + 0.5) * cell >= by:
                    last -= 1
                lean = (bx - ax) / (by - ay)
                for row in range(first, last + 1):
                    x = ax + ((row + 0.5) * cell - ay) * lean
                    column = int(np.ceil(min(max(x / cell - 0.5, 0.0), float(columns))))
                    west, east = min(west, column), max(east, column)
                    if column < columns:
                        turned[row - low, column >> 6] ^= _ONE << np.uint64(column & 63)
                if first <= last:
                    north, south = min(north, first), max(south, last)
        for row in range(north, south + 1):
            carried = _NONE
            for word in range(west >> 6, min(words - 1, east >> 6) + 1):
                bits = turned[row - low, word]
                turned[row - low, word] = _NONE
                for step in (1, 2, 4, 8, 16, 32):
                    bits ^= bits << np.uint64(step)
                bits ^= carried
                carried = _ONES if bits >> np.uint64(63) else _NONE
                plane[row, word] |= bits


@njit(nogil=True, cache=True)
def _squared_grades(heights, row, column, grade):
    """Squares of 8 times the rise a cell by Horn's rule along one row; NaN beside the unknown."""
    rows, width = heights.shape
    grade[:] = np.nan
    if row < 1 or row >= rows - 1:
        return
    first = max(0, 1 - column)
    last = min(len(grade), width - 1 - column)
    if first >= last:
        return
    west, east = column + first - 1, column + last + 1
    above, below = heights[row - 1, west:east], heights[row + 1, west:east]
    here, out = heights[row, west:east], grade[first:last]
    for k in range(last - first):
        rise = (above[k + 2] - above[k]) + (below[k + 2] - below[k])
        rise += np.float32(2) * (here[k + 2] - here[k])
        fall = (below[k] - above[k]) + (below[k + 2] - above[k + 2])
        fall += np.float32(2) * (below[k + 1] - above[k + 1])
        out[k] = rise * rise + fall * fall + np.float32(0) * here[k + 1]


@njit(nogil=True, cache=True)
def _gather(eights, words):
    """Words of bits from octets of 0 or 1."""
    for word in range(len(words)):
        bits = _NONE
        for k in range(8):
            bits |= ((eights[(word << 3) + k] * _GATHER) >> np.uint64(56)) << np.uint64(k << 3)
        words[word] = bits


@njit(nogil=True, cache=True)
def mark_steep(steep, unknown, heights, row, column, limits, columns, low, high):
    """Mark cells steeper than each limit, and cells whose slope no nine heights give.

    Cell ``(0, 0)`` of the grid is ``heights[row, column]``; `limits` are squares of 8 times the
    rise a cell; `steep` has a plane each.
    """
    words = (columns + 63) >> 6
    grade = np.empty(columns, np.float32)
    octets = np.zeros(words << 6, np.uint8)
    for at in range(low, high):
        _squared_grades(heights, row + at, column, grade)
        for k in range(columns):
            octets[k] = grade[k] != grade[k]
        _gather(octets.view(np.uint64), unknown[at])
        for each in range(len(limits)):
            limit = limits[each]
            for k in range(columns):
                octets[k] = grade[k] > limit
            _gather(octets.view(np.uint64), steep[each, at])


@njit(nogil=True, cache=True)
def add_slopes(
    heights, row, column, cell, columns, row_start, begin, end, label, total, known, low, high
):
    """Add up slopes (radians) of the cells of runs by the label of the run, and count them."""
    grade = np.empty(columns, np.float32)
    scale = 1 / (8 * cell)
    for at in range(low, high):
        if row_start[at] == row_start[at + 1]:
            continue
        _squared_grades(heights, row + at, column, grade)
        for run in range(row_start[at], row_start[at + 1]):
            if label[run] < 0:
                continue
            for k in range(begin[run], end[run]):
                if grade[k] == grade[k]:
                    total[label[run]] += np.arctan(np.sqrt(np.float64(grade[k])) * scale)
                    known[label[run]] += 1


@njit(nogil=True, cache=True)
def sampled(heights, place_column, place_row, step, low, high, columns):
    """Heights at the middles of cells, with a rim of one cell around; NaN where not known.

    `place_column` and `place_row` say where, in cells of the model from the middle of its first,
    the middles of every `step`-th cell lie, beginning with the rim's.
    """
    found = np.full((high - low + 2, columns + 2), np.nan, np.float32)
    rows, width = heights.shape
    for at in range(high - low + 2):
        line, share = (low + at) // step, ((low + at) % step) / step
        for k in range(columns + 2):
            knot, part = k // step, (k % step) / step
            x = (1 - share) * (
                (1 - part) * place_column[line, knot] + part * place_column[line, knot + 1]
            ) + share * (
                (1 - part) * place_column[line + 1, knot] + part * place_column[line + 1, knot + 1]
            )
            y = (1 - share) * (
                (1 - part) * place_row[line, knot] + part * place_row[line, knot + 1]
            ) + share * (
                (1 - part) * place_row[line + 1, knot] + part * place_row[line + 1, knot + 1]
            )
            if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= rows - 0.5):
                continue
            x, y = min(max(x, 0.0), width - 1.0), min(max(y, 0.0), rows - 1.0)
            left, top = min(int(x), max(0, width - 2)), min(int(y), max(0, rows - 2))
            right, bottom = min(left + 1, width - 1), min(top + 1, rows - 1)
            x, y = x - left, y - top
            upper = heights[top, left] * (1 - x) + heights[top, right] * x
            lower = heights[bottom, left] * (1 - x) + heights[bottom, right] * x
            found[at, k] = upper * (1 - y) + lower * y
    return found


@njit(nogil=True, cache=True)
def ones(word):
    """How many bits of a word are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = np.uint64(0x3333333333333333)
    word = (word & fours) + ((word >> np.uint64(2)) & fours)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(nogil=True, cache=True)
def free_cells(planes, outside, chosen):
    """Plane of the cells inside that none of the `chosen` planes marks."""
    rows, words = outside.shape
    free = np.empty((rows, words), np.uint64)
    for row in range(rows):
        for word in range(words):
            free[row, word] = ~outside[row, word]
        for each in chosen:
            for word in range(words):
                free[row, word] &= ~planes[each, row, word]
    return free


@njit(nogil=True, cache=True)
def tallies(planes, excludes, outside):
    """Cells inside; marked cells inside by plane; those that no other plane that excludes marks."""
    rows, words = outside.shape
    inside = 0
    marked, alone = np.zeros(len(planes), np.int64), np.zeros(len(planes), np.int64)
    for row in range(rows):
        for word in range(words):
            within = ~outside[row, word]
            if within == _NONE:
                continue
            inside += ones(within)
            once, twice = _NONE, _NONE
            for each in range(len(planes)):
                if excludes[each]:
                    bits = planes[each, row, word]
                    twice |= once & bits
                    once |= bits
            for each in range(len(planes)):
                bits = planes[each, row, word] & within
                if bits != _NONE:
                    marked[each] += ones(bits)
                    alone[each] += ones(bits & ~(twice if excludes[each] else once))
    return inside, marked, alone
