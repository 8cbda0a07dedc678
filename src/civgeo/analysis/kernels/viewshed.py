"""What is seen over terrain: the steepest sight so far, carried outward line by line.

A ray to a cell passes between two cells of the line before it; the horizon there lies between
theirs, as much nearer to each as the ray is. Each cell is looked at once (Wang, Robinson and White
2000 give the planes; the interpolation along lines is Franklin's XDraw).
"""

import numpy as np
from numba import njit

_NOTHING = -1.0e30


@njit(nogil=True, cache=True)
def _half(heights, seen, row, column, down, side, eye, target, bend, reach, spare):
    """Add to `seen` what is seen in the eighth of the ground between a column and a diagonal.

    `spare` says from which cell, and up to how many before the diagonal, cells are counted, since
    eighths share their borders.
    """
    rows, columns = heights.shape
    farthest = int(np.floor(reach))
    before = np.full(farthest + 3, _NOTHING)
    now = np.full(farthest + 3, _NOTHING)
    ground = np.empty(farthest + 1)
    hit = np.empty(farthest + 1, np.uint16)
    room = columns - 1 - column if side > 0 else column
    for j in range(1, farthest + 1):
        at = row + down * j
        if at < 0 or at >= rows:
            break
        far = min(j, room, int(np.floor(np.sqrt(reach * reach - j * j) + 1e-9)))
        if side > 0:
            line = heights[at, column : column + far + 1]
            for i in range(far + 1):
                ground[i] = line[i]
        else:
            line = heights[at, column - far : column + 1]
            for i in range(far + 1):
                ground[i] = line[far - i]
        share = 1.0 / j
        rise, drop = target * share, bend * j * j + eye
        sight = (ground[0] - drop) * share
        hit[0] = sight + rise >= before[0]
        now[0] = sight if sight > before[0] else before[0]
        for i in range(1, far + 1):
            horizon = before[i] + (before[i - 1] - before[i]) * (i * share)
            sight = (ground[i] - drop - bend * (i * i)) * share
            hit[i] = sight + rise >= horizon
            now[i] = sight if sight > horizon else horizon
        now[far + 1] = now[far]
        before, now = now, before
        last = min(far, j - spare[1])
        if side > 0:
            mark = seen[at, column : column + far + 1]
            for i in range(spare[0], last + 1):
                mark[i] += hit[i]
        else:
            mark = seen[at, column - far : column + 1]
            for i in range(spare[0], last + 1):
                mark[far - i] += hit[i]


@njit(nogil=True, cache=True)
def look_around(heights, turned, row, column, lift, target, bend, reach, seen, seen_turned):
    """Count, for each cell, the observers of a list that see it.

    Parameters
    ----------
    heights, turned
        Metres, NaN where not known, and the same with rows as columns.
    row, column
        Cells that the observers stand in; those without a height see nothing.
    lift, target
        Metres of the observers' eyes, and of what is looked for, above the ground.
    bend
        Metres that the ground falls away at a distance of one cell.
    reach
        Cells as far as anything is seen.
    seen, seen_turned
        Counts to add to; what an observer sees is divided between them.
    """
    for each in range(len(row)):
        r, c = row[each], column[each]
        ground = np.float64(heights[r, c])
        if ground != ground:
            continue
        seen[r, c] += 1
        eye = ground + lift
        for down in (-1, 1):
            _half(heights, seen, r, c, down, 1, eye, target, bend, reach, (0, 0))
            _half(heights, seen, r, c, down, -1, eye, target, bend, reach, (1, 0))
            _half(turned, seen_turned, c, r, down, 1, eye, target, bend, reach, (0, 1))
            _half(turned, seen_turned, c, r, down, -1, eye, target, bend, reach, (1, 1))
