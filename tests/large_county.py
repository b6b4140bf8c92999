"""The tree of the largest county, for the demonstration: 52 townships, 1,526 villages, one township with 170 of them.

Its names are as long as they get: some of exactly 33 characters, some with a character outside the Basic Multilingual
Plane. Written to the file that is named: `python -m tests.large_county units.csv`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from demo.load import UNITS
from demo.users import COUNTY_CODE, TOWNSHIP_CODE

TOWNSHIPS, VILLAGES, IN_ONE = 52, 1526, 170
#: The longest name that a unit may be known to bear.
LONGEST = 33
RARE = "莫𡐓村"


def long_name(start: str, end: str) -> str:
    """A name of exactly 33 characters."""
    middle = "双江拉祜族佤族布朗族傣族自治县勐库镇公弄布朗族民族文化旅游特色示范安置社区联合"
    return start + middle[: LONGEST - len(start) - len(end)] + end


def units() -> Iterator[tuple[str, ...]]:
    """Lines of a unit import: tier, code, name, short name, parent's code."""
    with UNITS.open(encoding="utf-8", newline="") as file:
        own = [tuple(line) for line in csv.reader(file)][1:]
    yield next(line for line in own if line[0] == "county")
    townships = [line for line in own if line[0] == "township"]
    villages = [line for line in own if line[0] == "village"]
    yield from townships
    yield from villages
    added = [f"{COUNTY_CODE}{number:03d}" for number in range(500, 500 + TOWNSHIPS - len(townships))]
    for place, code in enumerate(added):
        name = long_name(f"第{place + 1}", "镇") if place % 3 == 0 else f"第{place + 1}𡐓镇"
        yield "township", code, name, name, COUNTY_CODE
    in_one = IN_ONE - sum(1 for line in villages if line[4] == TOWNSHIP_CODE)
    for place in range(VILLAGES - len(villages)):
        parent = TOWNSHIP_CODE if place < in_one else added[place % len(added)]
        start = f"{place + 1}号"
        name = long_name(start, "村委会") if place % 4 == 0 else f"{start}{RARE}"
        yield "village", f"{parent}{700 + place if place < in_one else 100 + place // len(added)}", name, name, parent


def write(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("tier", "code", "name", "short_name", "parent_code"))
        out.writerows(units())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
