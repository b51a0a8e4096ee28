#!/bin/sh
# The captures below a folder that have no records yet, one path a line, relative and in order.
# usage: missing.sh CAPTURES FLOWS
# The records of CAPTURES/x are FLOWS/x.csv, which is there only when it is complete; with CICFLOW_FORMAT=parquet (or jsonl)
# FLOWS/x.parquet.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

[ $# -eq 2 ] && [ -d "$1" ] || { echo "usage: missing.sh CAPTURES FLOWS (two folders)" >&2; exit 2; }
flows=$2
endings='pcap|pcapng|cap|dmp|ntar|snoop|erf|trc|pkt|enc|5vw|bfr|tpc|wpz'
(cd "$1" && find . -type f) | grep -iE "\.($endings)(\.(gz|zst|lz4))?\$" | sed 's|^\./||' | LC_ALL=C sort |
    while IFS= read -r capture; do
        [ -e "$flows/$capture.${CICFLOW_FORMAT:-csv}" ] || printf '%s\n' "$capture"
    done
