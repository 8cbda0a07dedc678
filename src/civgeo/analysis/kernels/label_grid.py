"""Points in polygons by a grid of labels.

A cell is ``row * columns + column``; row and column of a place are the same truncated products for
points and for edges, and these never fall as the coordinate grows: a point and an edge at its
height are always found in one row. What a cell holds is a number:

``label >= 0``  the cell lies wholly in the polygon of that number, or what is left of it does
``EMPTY``       nothing is (left) there
``-2 - entry``  ask the part of ``entries[entry]``: its first item, twice its label plus a parity,
                and the number to go on with when the point is not in it

Entries come in the order of their polygons, so the first that holds a point is the right one. The
items of an entry are the edges of the part that touch the cell, and they suffice. A ray to the
right crosses an edge E that begins right of the cell just when one end of E is above the point
and one is not; summed over all such edges, an end that two of them share cancels, an end outside
the row is above the whole row or not at all (the entry's parity), and what is left are the ends
that they share with edges of the cell. Items say at which of their ends that is so.
"""

import numpy as np
from numba import njit

__all__ = ["EMPTY", "UNSURE", "built", "labelled"]

EMPTY = -1
UNSURE = -2
"""A point so near to an edge that rounding could tell its side wrongly."""

_FLAT = 1e-6
"""Height of an edge, in cells, below which it is thought to cross its row along all its width."""

_ROUNDING = 4.0e-16
"""Above the relative error of the difference of two products of two differences (3.33e-16)."""


@njit(nogil=True, cache=True)
def built(place, ring_start, part_ring, label, first_row, row_start, rows, columns, frame, pad):
    """What each cell holds.

    Parameters
    ----------
    place, ring_start
        Vertices, x and y; first vertex of each ring. Edge `i` runs from vertex `i` to the next.
    part_ring, label
        First ring of each part; number of its polygon.
    first_row, row_start
        First row that each part touches; where its rows, one slot each, begin.
    rows, columns
        Size of the grid.
    frame
        West, south, columns per unit, rows per unit.
    pad
        Distances in x and y by which edges are thought wider.

    Returns
    -------
    cell, entries, items
        As the module says; an item is four times an edge, plus 1 where its first and 2 where its
        second end is shared with an edge right of the cell.
    """
    west, south, per_x, per_y = frame
    wide, high = pad
    parts = len(label)
    tall = 1.0 / per_y
    before = np.arange(-1, len(place) - 1).astype(np.int32)
    for ring in range(len(ring_start) - 1):
        before[ring_start[ring]] = ring_start[ring + 1] - 2
    listed_start = np.zeros(row_start[parts] + 1, np.int64)
    for each in range(parts):
        base = row_start[each] - first_row[each]
        for ring in range(part_ring[each], part_ring[each + 1]):
            for i in range(ring_start[ring], ring_start[ring + 1] - 1):
                a, b = place[i, 1], place[i + 1, 1]
                low, top = int((min(a, b) - south) * per_y), int((max(a, b) - south) * per_y)
                for row in range(low, top + 1):
                    listed_start[base + row + 1] += 1
    for slot in range(len(listed_start) - 1):
        listed_start[slot + 1] += listed_start[slot]
    listed = np.empty(listed_start[-1], np.int32)
    filled = listed_start[:-1].copy()

    cell = np.full(rows * columns, EMPTY, np.int32)
    entries = np.empty((1024, 3), np.int32)
    items = np.empty(1024, np.int32)
    used, itemised = 0, 0
    marked = np.zeros(columns + 1, np.int32)
    turned = np.zeros(columns + 1, np.int32)
    entry_of = np.empty(columns, np.int32)
    item_of = np.empty(columns, np.int32)
    begins = np.empty(len(place), np.int32)
    ends = np.empty(len(place), np.int32)
    seen = np.full(len(place), -1, np.int64)
    for each in range(parts - 1, -1, -1):
        base = row_start[each] - first_row[each]
        for ring in range(part_ring[each], part_ring[each + 1]):
            for i in range(ring_start[ring], ring_start[ring + 1] - 1):
                a, b = place[i, 1], place[i + 1, 1]
                low, top = int((min(a, b) - south) * per_y), int((max(a, b) - south) * per_y)
                for row in range(low, top + 1):
                    listed[filled[base + row]] = i
                    filled[base + row] += 1
        for slot in range(row_start[each], row_start[each + 1]):
            row = slot - base
            floor, ceiling = south + row * tall - high, south + (row + 1) * tall + high
            middle = south + (row + 0.5) * tall
            left, right = columns, -1
            for n in range(listed_start[slot], listed_start[slot + 1]):
                i = listed[n]
                x1, y1, x2, y2 = place[i, 0], place[i, 1], place[i + 1, 0], place[i + 1, 1]
                if y1 > y2:
                    x1, y1, x2, y2 = x2, y2, x1, y1
                crosses = y1 <= middle < y2
                if (y1 < floor or y2 > ceiling) and (y2 - y1) * per_y > _FLAT:
                    slope = (x2 - x1) / (y2 - y1)
                    x1, x2 = x1 + max(floor - y1, 0.0) * slope, x2 - max(y2 - ceiling, 0.0) * slope
                if x1 > x2:
                    x1, x2 = x2, x1
                begin = max(int((x1 - wide - west) * per_x), 0)
                last = min(int((x2 + wide - west) * per_x), columns - 1)
                begins[i], ends[i], seen[i] = begin, last, slot
                marked[begin] += 1
                marked[last + 1] -= 1
                turned[begin] += crosses
                left, right = min(left, begin), max(right, last)
            edges_here, inside = 0, 0
            for column in range(left, right + 1):
                edges_here += marked[column]
                inside += turned[column]
                marked[column], turned[column] = 0, 0
                at = row * columns + column
                if edges_here > 0:
                    if used == len(entries):
                        entries = np.concatenate((entries, np.empty((used, 3), np.int32)))
                    entries[used, 0], entries[used, 2] = itemised, cell[at]
                    entries[used, 1] = 2 * label[each] + (inside & 1)
                    entry_of[column], item_of[column] = used, itemised
                    cell[at] = -2 - used
                    used += 1
                    itemised += edges_here
                elif inside & 1:
                    cell[at] = label[each]
            marked[right + 1] = 0
            while itemised > len(items):
                items = np.concatenate((items, np.empty(len(items), np.int32)))
            for n in range(listed_start[slot], listed_start[slot + 1]):
                i = listed[n]
                for column in range(begins[i], ends[i] + 1):
                    items[item_of[column]] = 4 * i
                    item_of[column] += 1
            for n in range(listed_start[slot], listed_start[slot + 1]):
                i = listed[n]
                k = before[i]
                if seen[k] != slot or (ends[k] == begins[k] == begins[i] == ends[i]):
                    continue
                # the end that k and i share, seen from the cells of the one left of the other
                above = place[i, 1] > middle
                for column in range(begins[i], min(ends[i] + 1, begins[k])):
                    _note(items, entries, entry_of[column], 4 * i, 1, item_of[column], above)
                for column in range(begins[k], min(ends[k] + 1, begins[i])):
                    _note(items, entries, entry_of[column], 4 * k, 2, item_of[column], above)
    last_entry = np.array([[itemised, 0, EMPTY]], np.int32)
    return cell, np.concatenate((entries[:used], last_entry)), items[:itemised].copy()


@njit(nogil=True, cache=True)
def _note(items, entries, entry, item, end, after, above):
    """Mark that `item` of an entry shares an end with an edge right of the cell."""
    for n in range(entries[entry, 0], after):
        if items[n] & ~3 == item:
            items[n] |= end
            break
    entries[entry, 1] ^= above


@njit(nogil=True, cache=True)
def labelled(x, y, place, bounds, frame, rows, columns, cell, entries, items, result):
    """Write to `result` the label of the first polygon that each point lies in or on.

    Without any it is ``EMPTY``, and ``UNSURE`` where the coordinates do not suffice to tell. Points
    in cells with edges are tested row by row, so that what they ask for is still in the cache.
    """
    west, south, per_x, per_y = frame
    least_x, least_y, most_x, most_y = bounds
    begin = np.zeros(rows + 1, np.int64)
    for n in range(len(x)):
        if not (least_x <= x[n] <= most_x and least_y <= y[n] <= most_y):
            result[n] = EMPTY
            continue
        row = int((y[n] - south) * per_y)
        result[n] = cell[row * columns + int((x[n] - west) * per_x)]
        if result[n] < EMPTY:
            begin[row + 1] += 1
    for row in range(rows):
        begin[row + 1] += begin[row]
    queued = np.empty(begin[rows], np.int32)
    waiting = np.empty((begin[rows], 2), np.float64)
    for n in range(len(x)):
        if result[n] < EMPTY:
            row = int((y[n] - south) * per_y)
            queued[begin[row]] = n
            waiting[begin[row], 0], waiting[begin[row], 1] = x[n], y[n]
            begin[row] += 1
    for turn in range(len(queued)):
        n = queued[turn]
        px, py = waiting[turn]
        found = cell[int((py - south) * per_y) * columns + int((px - west) * per_x)]
        while found < EMPTY:
            entry = -2 - found
            first, label, following = entries[entry]
            inside, on_edge, unsure = label & 1, False, False
            for m in range(first, entries[entry + 1, 0]):
                item = items[m]
                i = item >> 2
                x1, y1, x2, y2 = place[i, 0], place[i, 1], place[i + 1, 0], place[i + 1, 1]
                first_above, second_above = y1 > py, y2 > py
                inside ^= (item & 1 & first_above) ^ ((item >> 1) & second_above)
                if (x1 == px and y1 == py) or (x2 == px and y2 == py):
                    on_edge = True
                    break
                if first_above != second_above:
                    one, other = (x1 - px) * (y2 - py), (y1 - py) * (x2 - px)
                    side = one - other
                    if abs(side) <= _ROUNDING * (abs(one) + abs(other)):
                        if x1 == px and x2 == px:
                            on_edge = True
                        else:
                            unsure = True
                        break
                    inside ^= (side > 0) == second_above
                elif y1 == py and y2 == py and min(x1, x2) <= px <= max(x1, x2):
                    on_edge = True
                    break
            if unsure:
                found = UNSURE
                break
            found = label >> 1 if on_edge or inside else following
        result[n] = found
