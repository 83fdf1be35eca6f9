# SciPy on one thread: resampling a volume under a map, and drawing a smooth field for it, a request a line.
# bench/resampling.ts asks for "map" or "field" and is answered with milliseconds.
import sys
import time
import numpy
import scipy
from scipy.ndimage import map_coordinates, zoom

size = 64
volume = ((numpy.arange(size**3) * 7919 % 1021) / 510 - 1).astype("float32").reshape(size, size, size)
angle = numpy.deg2rad(7)
turn = numpy.array([[1, 0, 0], [0, numpy.cos(angle), -numpy.sin(angle)], [0, numpy.sin(angle), numpy.cos(angle)]])
grid = numpy.indices(volume.shape).reshape(3, -1) - (size - 1) / 2
places = (turn @ grid + (size - 1) / 2 + 1.3).reshape(3, *volume.shape).astype("float32")
random = numpy.random.default_rng(1)


def resample():
    return map_coordinates(volume, places, order=1, mode="grid-constant", output="float32")


def draw_field():
    fields = [zoom(random.uniform(-1, 1, (7, 7, 7)).astype("float32"), size / 7, order=3) for _ in range(3)]
    return map_coordinates(volume, places + numpy.stack(fields), order=1, mode="grid-constant", output="float32")


tasks = {"map": resample, "field": draw_field}
for task in tasks.values():
    task()
print(f"SciPy {scipy.__version__}", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    tasks[line.strip()]()
    print(1000 * (time.perf_counter() - start), flush=True)
