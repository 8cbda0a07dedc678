"""Walked parts of streets, and how far the cells of a grid lie from them."""

import numpy as np
from numba import njit

from civgeo.analysis.kernels.search import UNREACHED

_FIRST = 4_096


@njit(nogil=True, cache=True)
def _cut(shape_start, shape_xy, edge, low, high, pieces, count):
    """Append the part of `edge` between the shares `low` and `high` of its length."""
    low, high = max(low, 0.0), min(high, 1.0)
    first, last = shape_start[edge], shape_start[edge + 1] - 1
    whole = 0.0
    for corner in range(first, last):
        whole += np.hypot(
            shape_xy[corner + 1, 0] - shape_xy[corner, 0],
            shape_xy[corner + 1, 1] - shape_xy[corner, 1],
        )
    begin, end, along = low * whole, high * whole, 0.0
    for corner in range(first, last):
        ax, ay = shape_xy[corner, 0], shape_xy[corner, 1]
        dx, dy = shape_xy[corner + 1, 0] - ax, shape_xy[corner + 1, 1] - ay
        step = np.hypot(dx, dy)
        if along + step >= begin and along <= end:
            near = max(0.0, (begin - along) / step) if step > 0 else 0.0
            far = min(1.0, (end - along) / step) if step > 0 else 1.0
            if count == len(pieces):
                pieces = np.concatenate((pieces, np.empty((count, 4))))
            pieces[count, 0], pieces[count, 1] = ax + near * dx, ay + near * dy
            pieces[count, 2], pieces[count, 3] = ax + far * dx, ay + far * dy
            count += 1
        along += step
    return pieces, count


@njit(nogil=True, cache=True)
def walked_pieces(
    row_start,
    arc_edge,
    edge_start,
    edge_end,
    forward,
    backward,
    length,
    shape_start,
    shape_xy,
    node,
    distance,
    place_edge,
    place_offset,
    place_access,
    limit,
    below,
    known,
):
    """Straight pieces of street from which people walk to the places within `limit`.

    Edges that lie whole within `below` are left out. `node` and `distance` tell what a search
    reached; `known` has an entry a node, all ``UNREACHED``, and is left so. Returns
    ``(n, 4)`` metres: x and y of both ends.
    """
    pieces = np.empty((_FIRST, 4))
    count = 0
    for k in range(len(node)):
        known[node[k]] = distance[k]
    for k in range(len(node)):
        if distance[k] > limit:
            continue
        for arc in range(row_start[node[k]], row_start[node[k] + 1]):
            edge = arc_edge[arc]
            at_start, at_end = known[edge_start[edge]], known[edge_end[edge]]
            # shares of the edge up to which, and from which, people reach its start and its end
            low = (limit - at_start) / backward[edge] if at_start <= limit else -1.0
            high = 1.0 - (limit - at_end) / forward[edge] if at_end <= limit else 2.0
            is_start = edge_start[edge] == node[k]
            if low >= high:
                inner = (below - at_start) / backward[edge] if at_start <= below else -1.0
                outer = 1.0 - (below - at_end) / forward[edge] if at_end <= below else 2.0
                if is_start and inner < outer:
                    pieces, count = _cut(shape_start, shape_xy, edge, 0.0, 1.0, pieces, count)
            elif is_start:
                pieces, count = _cut(shape_start, shape_xy, edge, 0.0, low, pieces, count)
            else:
                pieces, count = _cut(shape_start, shape_xy, edge, high, 1.0, pieces, count)
    for k in range(len(place_edge)):
        rest = limit - place_access[k]
        if place_edge[k] >= 0 and rest >= 0:
            edge = place_edge[k]
            share = place_offset[k] / length[edge]
            low, high = share - rest / forward[edge], share + rest / backward[edge]
            pieces, count = _cut(shape_start, shape_xy, edge, low, high, pieces, count)
    for k in range(len(node)):
        known[node[k]] = UNREACHED
    return pieces[:count]


@njit(nogil=True, cache=True, fastmath=True)
def draw(pieces, west, south, cell, reach, square):
    """Lower `square`, squared distances of the corners of a grid from `pieces`, within `reach`.

    Corner ``(0, 0)`` lies at `west`, `south`; corners are `cell` metres apart. The grid holds
    every corner within `reach` of a piece.
    """
    rows, columns = square.shape
    for k in range(len(pieces)):
        ax, ay = pieces[k, 0] - west, pieces[k, 1] - south
        bx, by = pieces[k, 2] - west, pieces[k, 3] - south
        dx, dy = bx - ax, by - ay
        size = dx * dx + dy * dy
        scale = 1.0 / size if size > 0 else 0.0
        left, right = min(ax, bx) - reach, max(ax, bx) + reach
        tilt = abs(dy) > 1e-9
        half = reach * np.sqrt(size) / abs(dy) if tilt else 0.0
        first = max(0, int(np.ceil((min(ay, by) - reach) / cell)))
        last = min(rows - 1, int((max(ay, by) + reach) / cell))
        for row in range(first, last + 1):
            y = row * cell - ay
            low, high = left, right
            if tilt:
                middle = ax + y * dx / dy
                low, high = max(low, middle - half), min(high, middle + half)
            begin = max(0, int(np.ceil(low / cell)))
            end = min(columns, int(high / cell) + 1)
            for column in range(begin, end):
                x = column * cell - ax
                share = min(max((x * dx + y * dy) * scale, 0.0), 1.0)
                off_x, off_y = x - share * dx, y - share * dy
                square[row, column] = min(square[row, column], off_x * off_x + off_y * off_y)


@njit(nogil=True, cache=True)
def outlines(square, near):
    """Rings around the corners of a grid whose squared distance is below the square of `near`.

    Marching squares with ground on the left; where two corners across a square are ground, its
    mean decides whether they are joined. Every corner counts as lying a thousandth of `near`
    or more off the outline, so rings never touch. Returns closed rings in units of the grid,
    whether each point is followed by a step through a square with one outline in it, where each
    ring begins, and the polygon of each ring: its shell comes before its holes.
    """
    rows, columns = square.shape
    gap = 0.001 * near
    level = (near + gap) ** 2
    mark = np.zeros((rows, columns), np.int32)
    crossings, along = 0, 0
    for row in range(rows - 1):
        for column in range(columns - 1):
            here = square[row, column] < level
            along += here != (square[row, column + 1] < level)
            crossings += here != (square[row + 1, column] < level)
    # a ring crosses at least two lines of corners, and its first point comes again at its end
    most = crossings + along + along // 2
    points, alone = np.empty((most, 2)), np.empty(most, np.bool_)
    start, polygon = np.zeros(along // 2 + 1, np.int64), np.empty(along // 2, np.int64)
    count, rings, shells = 0, 0, 0
    for first_row in range(rows):
        shell = 0
        for first_column in range(columns - 1):
            west_in = square[first_row, first_column] < level
            if west_in == (square[first_row, first_column + 1] < level):
                continue
            if mark[first_row, first_column]:
                if not west_in:
                    shell = mark[first_row, first_column]
                continue
            if not west_in:
                shells += 1
                shell = shells
            # the corner on the left hand (ground) and on the right hand, and the way ahead
            left_row, right_row = first_row, first_row
            left_column, right_column = first_column + 1, first_column
            if west_in:
                left_column, right_column = first_column, first_column + 1
            begin = count
            while True:
                if left_row == right_row:
                    column = min(left_column, right_column)
                    if count > begin and left_row == first_row and column == first_column:
                        break
                    mark[left_row, column] = shell
                low = min(np.sqrt(square[left_row, left_column]), near - gap)
                high = max(np.sqrt(square[right_row, right_column]), near + gap)
                share = (near - low) / (high - low)
                points[count, 0] = left_column + share * (right_column - left_column)
                points[count, 1] = left_row + share * (right_row - left_row)
                # ahead is at right angles to the way from left to right
                ahead_row = right_column - left_column
                ahead_column = left_row - right_row
                far_left = square[left_row + ahead_row, left_column + ahead_column]
                far_right = square[right_row + ahead_row, right_column + ahead_column]
                left_in, right_in = far_left < level, far_right < level
                alone[count] = left_in or not right_in
                count += 1
                if not alone[count - 1]:
                    mean = np.sqrt(square[left_row, left_column]) + np.sqrt(far_left)
                    mean += np.sqrt(square[right_row, right_column]) + np.sqrt(far_right)
                    left_in = right_in = mean < 4 * near
                if left_in and right_in:
                    left_row, left_column = right_row + ahead_row, right_column + ahead_column
                elif left_in:
                    left_row, left_column = left_row + ahead_row, left_column + ahead_column
                    right_row, right_column = right_row + ahead_row, right_column + ahead_column
                else:
                    right_row, right_column = left_row + ahead_row, left_column + ahead_column
            points[count, 0], points[count, 1] = points[begin, 0], points[begin, 1]
            count += 1
            polygon[rings] = shell
            rings += 1
            start[rings] = count
    return points[:count], alone[:count], start[: rings + 1], polygon[:rings]


@njit(nogil=True, cache=True)
def sharpened(corners, alone, ring_start):
    """Rings with the corners that the squares of the grid have cut off put back.

    Ground lies on the left of each ring. Where it turns right, the ground of two streets meets
    at a corner; the outline's two sides are drawn on to where they meet, inside their square.
    `corners`, `alone` and `ring_start` come from `outlines`.
    """
    out = np.empty((2 * len(corners), 2))
    start = np.zeros(len(ring_start), np.int64)
    count = 0
    for ring in range(len(ring_start) - 1):
        first, size = ring_start[ring], ring_start[ring + 1] - ring_start[ring] - 1
        begin = count
        for k in range(size):
            here, onto = first + k, first + k + 1
            before = here - 1 if k else first + size - 1
            after = onto + 1 if k + 1 < size else first + 1
            ax, ay, bx, by = corners[here, 0], corners[here, 1], corners[onto, 0], corners[onto, 1]
            out[count, 0], out[count, 1] = ax, ay
            count += 1
            ux, uy = ax - corners[before, 0], ay - corners[before, 1]
            vx, vy = corners[after, 0] - bx, corners[after, 1] - by
            turn = ux * vy - uy * vx
            if (
                alone[here]
                and turn < 0
                and turn * turn > 0.01 * (ux * ux + uy * uy) * (vx * vx + vy * vy)
            ):
                onward = ((bx - ax) * vy - (by - ay) * vx) / turn
                back = ((bx - ax) * uy - (by - ay) * ux) / turn
                x, y = ax + onward * ux, ay + onward * uy
                column, row = np.floor((ax + bx) / 2), np.floor((ay + by) / 2)
                inside = column < x < column + 1 and row < y < row + 1
                if onward > 0 and back < 0 and inside:
                    out[count, 0], out[count, 1] = x, y
                    count += 1
        out[count, 0], out[count, 1] = out[begin, 0], out[begin, 1]
        count += 1
        start[ring + 1] = count
    return out[:count], start
