"""The siting pipeline of numpy and OpenCV, as a script for a Python of its own."""

__all__ = ["PIPELINE"]

PIPELINE = """
import json, time
import cv2
import numpy as np

given = np.load("in.npz")
heights, cell = given["heights"], 10.0
rows, columns = heights.shape
layers = []
for n in range(sum(name.startswith("corner") for name in given.files)):
    corner, ends = given[f"corner{n}"], given[f"ends{n}"]
    fixed = np.rint(corner * 16).astype(np.int32)
    parts = np.split(fixed, ends[:-1])
    layers.append((parts, bool(given[f"area{n}"]), float(given[f"distance{n}"])))
steepest = np.tan(np.radians(15.0))


def overlay():
    excluded = np.zeros((rows, columns), bool)
    for parts, is_area, distance in layers:
        mask = np.zeros((rows, columns), np.uint8)
        if is_area:
            for part in parts:
                cv2.fillPoly(mask, [part], 1, shift=4)
        else:
            cv2.polylines(mask, parts, False, 1, shift=4)
        if distance:
            away = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            excluded |= away <= distance
        else:
            excluded |= mask.view(bool)
    east = cv2.Sobel(heights, cv2.CV_32F, 1, 0, scale=1 / (8 * cell))
    south = cv2.Sobel(heights, cv2.CV_32F, 0, 1, scale=1 / (8 * cell))
    slope = cv2.magnitude(east, south)
    excluded |= slope > steepest
    excluded |= np.isnan(slope)
    return ~excluded


def whole():
    free = overlay()
    count, _, stats, _ = cv2.connectedComponentsWithStats(free.view(np.uint8), connectivity=4)
    return free, int((stats[1:, cv2.CC_STAT_AREA] * cell * cell >= 50 * 2000 / 3).sum())


taken = {"overlay": [], "whole": []}
for _ in range(int(given["runs"])):
    for name, work in (("overlay", overlay), ("whole", whole)):
        start = time.perf_counter()
        answer = work()
        taken[name].append(time.perf_counter() - start)
free, areas = answer
np.savez("out.npz", free=np.packbits(free, axis=1))
print(json.dumps({name: float(np.median(all)) for name, all in taken.items()}
    | {"areas": areas, "version": cv2.__version__}))
"""
