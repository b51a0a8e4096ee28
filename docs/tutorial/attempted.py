#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the score when flows that are labelled "Attempted" count as attacks, as benign, or not at all.

usage: attempted.py DAY1.csv DAY2.csv
"""
import sys

from sklearn.metrics import recall_score

from flows import forest, read, score

SUFFIX = " - Attempted"


def treated(path, treatment):
    """Features and labels of a day, with the flows that did nothing as the treatment says."""
    features, labels, _ = read(path)
    attempted = labels.str.endswith(SUFFIX)
    if treatment == "left out":
        return features[~attempted], labels[~attempted]
    plain = labels.str.removesuffix(SUFFIX)
    return features, plain.mask(attempted, "Benign") if treatment == "benign" else plain


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1])
    print(f"{'Attempted flows are':22}{'macro F1':>10}{'PortScan found':>16}{'of':>5}")
    for treatment in ("attacks", "benign", "left out"):
        learn, learn_labels = treated(sys.argv[1], treatment)
        judge, judge_labels = treated(sys.argv[2], treatment)
        model = forest(learn, learn_labels)
        scans = judge_labels == "PortScan"
        found = recall_score(scans, model.predict(judge) == "PortScan")
        print(f"{treatment:22}{score(model, judge, judge_labels):10.3f}{found:16.3f}{scans.sum():5}")


if __name__ == "__main__":
    main()
