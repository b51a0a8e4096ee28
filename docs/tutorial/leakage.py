#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a wrong way of splitting, and addresses and ports among the features, make of the score.

usage: leakage.py DAY1.csv DAY2.csv
"""
import sys

from sklearn.model_selection import train_test_split

from flows import forest, read, score


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1])
    print(f"{'macro F1':28}{'random part of day 1':>22}{'day 2':>8}")
    for with_ends, name in ((False, "without addresses and ports"), (True, "with addresses and ports")):
        features, labels, _ = read(sys.argv[1], with_ends)
        learn, held, learn_labels, held_labels = train_test_split(features, labels, test_size=0.3, stratify=labels, random_state=1)
        at_random = score(forest(learn, learn_labels), held, held_labels)
        later, later_labels, _ = read(sys.argv[2], with_ends)
        print(f"{name:28}{at_random:22.3f}{score(forest(features, labels), later, later_labels):8.3f}")


if __name__ == "__main__":
    main()
