#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A model of each dialect's numbers, applied to the numbers of each.

usage: dialects.py FOLDER

FOLDER has day1.DIALECT.csv and day2.DIALECT.csv.
"""
import os
import sys

import pandas

from flows import forest, read, score

DIALECTS = ("standard", "python", "java")


def cell(model, features, labels):
    try:
        return f"{score(model, features, labels):.3f}"
    except ValueError:
        # scikit-learn compares the names of the columns.
        return "refused"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    days = {name: [read(os.path.join(sys.argv[1], f"day{day}.{name}.csv"))[:2] for day in (1, 2)] for name in DIALECTS}
    print("flows of day 2:")
    print(pandas.DataFrame({name: days[name][1][1].value_counts() for name in DIALECTS}))
    print(f"\nmacro F1, day 2\n{'trained on':12}" + "".join(f"{name:>10}" for name in DIALECTS))
    for name in DIALECTS:
        model = forest(*days[name][0])
        print(f"{name:12}" + "".join(f"{cell(model, *days[other][1]):>10}" for other in DIALECTS))


if __name__ == "__main__":
    main()
