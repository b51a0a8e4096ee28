# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelled records as what a model learns from: features, labels, and apart from them what identifies a flow."""
import ipaddress

import numpy
import pandas
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

# Who, when and where: true of this network on this day, not of the attack. In the words of the two families of dialects.
IDENTITY = ["src_ip", "dst_ip", "src_port", "dst_port", "timestamp",
            "Flow ID", "Src IP", "Dst IP", "Src Port", "Dst Port", "Timestamp"]
# From a row back to its packets.
WAY_BACK = ["flow_id", "first_frame", "last_frame"]


def read(path, with_ends=False):
    """(features, labels, identity) of a file of records; with_ends leaves addresses and ports among the features."""
    rows = pandas.read_csv(path).rename(columns={"Label": "label"})
    apart = [name for name in IDENTITY + WAY_BACK if name in rows]
    features = rows.drop(columns=apart + ["label"])
    if with_ends:
        for name in ("src_ip", "dst_ip"):
            features[name] = [int(ipaddress.ip_address(address)) for address in rows[name]]
        features[["src_port", "dst_port"]] = rows[["src_port", "dst_port"]]
    # Rates of the Java tool are infinite, or not a number, for flows without duration; a forest takes neither.
    features = features.replace([numpy.inf, -numpy.inf], numpy.nan).fillna(-1)
    return features, rows["label"], rows[apart]


def forest(features, labels):
    """A trained classifier; the same one every time."""
    model = RandomForestClassifier(n_estimators=50, min_samples_leaf=2, class_weight="balanced", random_state=1)
    return model.fit(features, labels)


def score(model, features, labels):
    """Macro F1: the mean over the kinds of traffic, however many flows each has."""
    return f1_score(labels, model.predict(features), average="macro", zero_division=0)
