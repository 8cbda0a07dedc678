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


@njit(nogil=True, cache=True, inline="always")
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
def _disc(plane, x, y, reach, cell, columns, low, high):
    """Mark the cells whose middle lies within `reach` of a place."""
    square = reach * reach
    first = max(low, int(np.ceil((y - reach) / cell - 0.5)) - 1)
    last = min(high - 1, int(np.floor((y + reach) / cell - 0.5)) + 1)
    for row in range(first, last + 1):
        off = (row + 0.5) * cell - y
        rest = square - off * off
        if rest < 0:
            continue
        half = np.sqrt(rest)
        begin = max(0, int(np.ceil((x - half) / cell - 0.5)) - 1)
        end = min(columns - 1, int(np.floor((x + half) / cell - 0.5)) + 1)
        while begin <= end and ((begin + 0.5) * cell - x) ** 2 + off * off > square:
            begin += 1
        while end >= begin and ((end + 0.5) * cell - x) ** 2 + off * off > square:
            end -= 1
        if begin <= end:
            _mark(plane, row, begin, end)


@njit(nogil=True, cache=True)
def _strip(plane, ax, ay, bx, by, reach, cell, columns, low, high):
    """Mark the cells whose middle lies within `reach` of a segment, and beside it."""
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    if size == 0:
        return
    length = np.sqrt(size)
    rise = reach * abs(dx) / length
    wide = reach * reach * size
    first = max(low, int(np.ceil((min(ay, by) - rise) / cell - 0.5)) - 1)
    last = min(high - 1, int(np.floor((max(ay, by) + rise) / cell - 0.5)) + 1)
    for row in range(first, last + 1):
        off = (row + 0.5) * cell - ay
        left, right = -np.inf, np.inf
        if dx != 0:
            one, other = -off * dy / dx, (size - off * dy) / dx
            left, right = min(one, other), max(one, other)
        if dy != 0:
            one, other = (off * dx - reach * length) / dy, (off * dx + reach * length) / dy
            left, right = max(left, min(one, other)), min(right, max(one, other))
        left, right = max(left + ax, -cell), min(right + ax, (columns + 1.0) * cell)
        if left > right + cell:
            continue
        begin = max(0, int(np.ceil(left / cell - 0.5)) - 1)
        end = min(columns - 1, int(np.floor(right / cell - 0.5)) + 1)
        while begin <= end:
            x = (begin + 0.5) * cell - ax
            if 0 <= x * dx + off * dy <= size and (x * dy - off * dx) ** 2 <= wide:
                break
            begin += 1
        while end >= begin:
            x = (end + 0.5) * cell - ax
            if 0 <= x * dx + off * dy <= size and (x * dy - off * dx) ** 2 <= wide:
                break
            end -= 1
        if begin <= end:
            _mark(plane, row, begin, end)


@njit(nogil=True, cache=True)
def mark_near(plane, place, part_start, reach, cell, columns, low, high):
    """Mark the cells whose middle lies within `reach` of a point or line, the limit included.

    `place` holds the corners of all parts, `part_start` the first corner of each; a part of one
    corner is a point.
    """
    top, bottom = low * cell - reach, high * cell + reach
    left, right = -reach, columns * cell + reach
    for part in range(len(part_start) - 1):
        for k in range(part_start[part], part_start[part + 1]):
            x, y = place[k, 0], place[k, 1]
            if top <= y <= bottom and left <= x <= right:
                _disc(plane, x, y, reach, cell, columns, low, high)
            if k == part_start[part]:
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
    above, here, below = heights[row - 1], heights[row], heights[row + 1]
    for k in range(first, last):
        c = column + k
        east = (above[c + 1] - above[c - 1]) + (below[c + 1] - below[c - 1])
        east += np.float32(2) * (here[c + 1] - here[c - 1])
        south = (below[c - 1] - above[c - 1]) + (below[c + 1] - above[c + 1])
        south += np.float32(2) * (below[c] - above[c])
        grade[k] = east * east + south * south + np.float32(0) * here[c]


@njit(nogil=True, cache=True)
def mark_steep(steep, unknown, heights, row, column, limits, columns, low, high):
    """Mark cells steeper than each limit, and cells whose slope no nine heights give.

    Cell ``(0, 0)`` of the grid is ``heights[row, column]``; `limits` are squares of 8 times the
    rise a cell; `steep` has a plane each.
    """
    grade = np.empty(columns, np.float32)
    for at in range(low, high):
        _squared_grades(heights, row + at, column, grade)
        for word in range((columns + 63) >> 6):
            begin = word << 6
            size = min(64, columns - begin)
            bits = _NONE
            for k in range(size):
                bits |= np.uint64(grade[begin + k] != grade[begin + k]) << np.uint64(k)
            unknown[at, word] = bits
            for each in range(len(limits)):
                bits = _NONE
                for k in range(size):
                    bits |= np.uint64(grade[begin + k] > limits[each]) << np.uint64(k)
                steep[each, at, word] = bits


@njit(nogil=True, cache=True)
def add_slopes(heights, row, column, cell, columns, row_start, begin, end, label, total, known, low, high):
    """Add up slopes (degrees) of the cells of runs by the label of the run, and count them."""
    grade = np.empty(columns, np.float32)
    for at in range(low, high):
        if row_start[at] == row_start[at + 1]:
            continue
        _squared_grades(heights, row + at, column, grade)
        for run in range(row_start[at], row_start[at + 1]):
            if label[run] < 0:
                continue
            for k in range(begin[run], end[run]):
                if grade[k] == grade[k]:
                    total[label[run]] += np.degrees(np.arctan(np.sqrt(grade[k]) / (8 * cell)))
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


@njit(nogil=True, cache=True, inline="always")
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
def tallies(planes, outside):
    """Cells inside; marked cells inside by plane; those among them that no other plane marks."""
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
                bits = planes[each, row, word]
                twice |= once & bits
                once |= bits
            for each in range(len(planes)):
                bits = planes[each, row, word] & within
                if bits != _NONE:
                    marked[each] += ones(bits)
                    alone[each] += ones(bits & ~twice)
    return inside, marked, alone
