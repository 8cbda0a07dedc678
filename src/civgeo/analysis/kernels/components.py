"""Connected parts of a plane of cells, by runs, and their outlines."""

import numpy as np
from numba import njit

from civgeo.analysis.kernels.bit_planes import ones

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE, _NONE = np.uint64(1), np.uint64(0)


@njit(nogil=True, cache=True)
def runs(plane):
    """Runs of marked cells: first run of each row; first column of each, and the one after it."""
    rows, words = plane.shape
    row_start = np.zeros(rows + 1, np.int64)
    for row in range(rows):
        count, before = 0, _NONE
        for word in range(words):
            bits = plane[row, word]
            count += ones(bits & ~((bits << _ONE) | before))
            before = bits >> np.uint64(63)
        row_start[row + 1] = row_start[row] + count
    begin = np.empty(row_start[rows], np.int32)
    end = np.empty(row_start[rows], np.int32)
    for row in range(rows):
        run, is_open, before = row_start[row], False, _NONE
        for word in range(words):
            bits = plane[row, word]
            changes = bits ^ ((bits << _ONE) | before)
            before = bits >> np.uint64(63)
            while changes != _NONE:
                lowest = changes & (~changes + _ONE)
                column = (word << 6) + ones(lowest - _ONE)
                if is_open:
                    end[run] = column
                    run += 1
                else:
                    begin[run] = column
                is_open = not is_open
                changes ^= lowest
        if is_open:
            end[run] = words << 6
    return row_start, begin, end


@njit(nogil=True, cache=True)
def _root(parent, run):
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


@njit(nogil=True, cache=True)
def components(row_start, begin, end):
    """Component of each run and the cells of each component; sides join cells, corners do not."""
    parent = np.arange(len(begin)).astype(np.int32)
    for row in range(1, len(row_start) - 1):
        upper, run = row_start[row - 1], row_start[row]
        while upper < row_start[row] and run < row_start[row + 1]:
            if begin[upper] < end[run] and begin[run] < end[upper]:
                one, other = _root(parent, upper), _root(parent, run)
                parent[max(one, other)] = min(one, other)
            if end[upper] < end[run]:
                upper += 1
            else:
                run += 1
    found = 0
    label = np.empty(len(begin), np.int32)
    for run in range(len(begin)):
        root = _root(parent, run)
        if root == run:
            label[run] = found
            found += 1
        else:
            label[run] = label[root]
    cells = np.zeros(found, np.int64)
    for run in range(len(begin)):
        cells[label[run]] += end[run] - begin[run]
    return label, cells


@njit(nogil=True, cache=True)
def extents(row_start, begin, end, label, count):
    """First and last row, first column and the one after the last of each label from 0."""
    extent = np.empty((count, 4), np.int64)
    extent[:, 0], extent[:, 1] = len(row_start), -1
    extent[:, 2], extent[:, 3] = np.iinfo(np.int32).max, -1
    for row in range(len(row_start) - 1):
        for run in range(row_start[row], row_start[row + 1]):
            each = label[run]
            if each >= 0:
                extent[each, 0] = min(extent[each, 0], row)
                extent[each, 1] = max(extent[each, 1], row)
                extent[each, 2] = min(extent[each, 2], begin[run])
                extent[each, 3] = max(extent[each, 3], end[run])
    return extent


@njit(nogil=True, cache=True)
def overlap(plane, row_start, begin, end, label, count):
    """Marked cells of a plane in the runs of each label from 0."""
    found = np.zeros(count, np.int64)
    for row in range(len(row_start) - 1):
        for run in range(row_start[row], row_start[row + 1]):
            if label[run] >= 0:
                first, last = begin[run], end[run] - 1
                for word in range(first >> 6, (last >> 6) + 1):
                    bits = plane[row, word]
                    if word == first >> 6:
                        bits &= _ONES << np.uint64(first & 63)
                    if word == last >> 6:
                        bits &= _ONES >> np.uint64(63 - (last & 63))
                    found[label[run]] += ones(bits)
    return found


@njit(nogil=True, cache=True)
def rings(row, begin, end, extent):
    """Outline of the component of some runs along the sides of its cells.

    The shell comes first. Where two of its cells meet at a corner only, rings touch there and do
    not cross. Returns corners (column, row), one at every corner of a cell that the ring passes,
    the first again at the end, and the first corner of each ring.
    """
    top, bottom, left, right = extent
    mask = np.zeros((bottom - top + 3, right - left + 2), np.uint8)
    for run in range(len(row)):
        mask[row[run] - top + 1, begin[run] - left + 1 : end[run] - left + 1] = 1
    sides, uppers = 2 * len(row), 0
    for at in range(1, mask.shape[0]):
        above, here = mask[at - 1], mask[at]
        for column in range(len(here)):
            sides += here[column] != above[column]
            uppers += here[column] > above[column]
    corner = np.empty((sides + uppers, 2), np.int32)
    start = np.zeros(uppers + 1, np.int64)
    count, found = 0, 0
    for first_row in range(1, mask.shape[0] - 1):
        for first_column in range(1, mask.shape[1]):
            here = mask[first_row, first_column]
            if here != 1 or mask[first_row - 1, first_column] & 1:
                continue
            # along the upper side of a cell to the right: its ground lies on the right hand
            at, column, down, across = first_row, first_column, 0, 1
            while True:
                corner[count, 0], corner[count, 1] = column, at
                count += 1
                if across == 1:
                    if mask[at, column] & 2:
                        break
                    mask[at, column] |= 2
                at, column = at + down, column + across
                # cells ahead, on the right and on the left hand, of those around this corner
                right_row = at + (down + across - 1) // 2
                right_column = column + (across - down - 1) // 2
                left_row = at + (down - across - 1) // 2
                left_column = column + (across + down - 1) // 2
                if mask[left_row, left_column] & 1:
                    down, across = -across, down
                elif not mask[right_row, right_column] & 1:
                    down, across = across, -down
            found += 1
            start[found] = count
    corner[:count, 0] += left - 1
    corner[:count, 1] += top - 1
    return corner[:count], start[: found + 1]
