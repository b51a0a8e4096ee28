#!/bin/sh
# One CSV of the records of all captures below a folder: the same bytes as `cicflowmeter -d CAPTURES --merge` writes.
# usage: merge.sh CAPTURES FLOWS > ALL.csv
# Writes nothing while the records of any capture are missing: these captures are listed, and the status is 1.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

[ $# -eq 2 ] && [ -d "$1" ] || { echo "usage: merge.sh CAPTURES FLOWS (two folders)" >&2; exit 2; }
here=$(dirname "$0")
missing=$(sh "$here/missing.sh" "$1" "$2")
if [ -n "$missing" ]; then
    printf 'merge.sh: no records yet of:\n%s\n' "$missing" >&2
    exit 1
fi
begun=
sh "$here/missing.sh" "$1" /nonexistent | while IFS= read -r capture; do
    [ -s "$2/$capture.csv" ] || continue
    if [ -n "$begun" ]; then
        tail -n +2 "$2/$capture.csv"
    else
        cat "$2/$capture.csv"
    fi
    begun=1
done
