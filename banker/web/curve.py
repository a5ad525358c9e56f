"""A line over the last hour, for an SVG: what is not known is a gap."""

from collections.abc import Mapping

import msgspec

WIDTH = 240
HEIGHT = 44
# Room above the highest point and below the lowest, for the width of the line.
MARGIN = 2


class Curve(msgspec.Struct, frozen=True):
    """Two paths of an SVG of 240 by 44: the line, and what is under it."""

    line: str
    area: str


def curve(values: Mapping[int, float], minutes: int, low: float, high: float) -> Curve:
    """The values by age in minutes, the oldest to the left; `low` and `high` are the edges."""
    span = (high - low) or 1.0
    line, area = [], []
    for run in _runs(values, minutes):
        points = [
            (
                (minutes - age) / (minutes - 1) * WIDTH,
                HEIGHT - MARGIN - (values[age] - low) / span * (HEIGHT - 2 * MARGIN),
            )
            for age in run
        ]
        if len(points) == 1:
            # A single minute is as wide as half of one.
            [(x, y)] = points
            points = [(max(0.0, x - 1), y), (min(float(WIDTH), x + 1), y)]
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        line.append(f"M{drawn}")
        area.append(f"M{points[0][0]:.1f} {HEIGHT}L{drawn}L{points[-1][0]:.1f} {HEIGHT}Z")
    return Curve("".join(line), "".join(area))


def _runs(values: Mapping[int, float], minutes: int) -> list[list[int]]:
    """The ages that are known, the oldest first, in runs without a gap."""
    runs: list[list[int]] = []
    for age in range(minutes, 0, -1):
        if age not in values:
            continue
        if runs and runs[-1][-1] == age + 1:
            runs[-1].append(age)
        else:
            runs.append([age])
    return runs
