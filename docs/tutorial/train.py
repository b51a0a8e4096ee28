#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trains a classifier on one file of labelled records and judges it by another.

usage: train.py TRAINING.csv TEST.csv FOLDER

FOLDER receives confusion.png, importance.png, and mistakes.csv with the flows of the test file that were taken for something else.
"""
import os
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as pyplot
import pandas
from sklearn.inspection import permutation_importance
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

from flows import forest, read


def plot_confusion(labels, predicted, names, path):
    figure, axes = pyplot.subplots(figsize=(6, 5))
    ConfusionMatrixDisplay.from_predictions(labels, predicted, labels=names, xticks_rotation=30, cmap="Blues", colorbar=False, ax=axes)
    axes.set(xlabel="predicted", ylabel="true", title="Flows of the test capture")
    figure.savefig(path, dpi=90, bbox_inches="tight")


def plot_importance(importance, path):
    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.barh(importance.index[::-1], importance["mean"][::-1], xerr=importance["std"][::-1], color="tab:blue")
    axes.set(xlabel="macro F1 lost when the column is shuffled", title="Permutation importance, test capture")
    figure.savefig(path, dpi=90, bbox_inches="tight")


def importances(model, features, labels):
    """What the score loses when one column is shuffled, the ten that cost most."""
    result = permutation_importance(model, features, labels, scoring="f1_macro", n_repeats=5, random_state=1)
    table = pandas.DataFrame({"mean": result.importances_mean, "std": result.importances_std}, index=features.columns)
    return table.sort_values("mean", ascending=False, kind="stable").head(10)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.split("\n\n")[1])
    training, test, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    features, labels, _ = read(training)
    model = forest(features, labels)
    features, labels, identity = read(test)
    predicted = model.predict(features)
    names = list(model.classes_)

    print(classification_report(labels, predicted, digits=3, zero_division=0))
    print("rows: true, columns: predicted, in the order", ", ".join(names))
    print(confusion_matrix(labels, predicted, labels=names))
    plot_confusion(labels, predicted, names, os.path.join(folder, "confusion.png"))

    importance = importances(model, features, labels)
    print("\nmacro F1 lost when a column is shuffled:")
    print(importance["mean"].round(3).to_string())
    plot_importance(importance, os.path.join(folder, "importance.png"))

    wrong = identity.assign(label=labels, predicted=predicted)[labels != predicted]
    wrong.to_csv(os.path.join(folder, "mistakes.csv"), index=False)
    print(f"\n{len(wrong)} of {len(labels)} flows were taken for something else: mistakes.csv")


if __name__ == "__main__":
    main()
