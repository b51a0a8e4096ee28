#!/bin/sh
# Writes the records of one capture, unless they exist already.
# usage: one.sh CAPTURES FLOWS CAPTURE [OPTION...]
# CAPTURE is relative to CAPTURES, as missing.sh writes it; options are the command's. $CICFLOWMETER is the command.
# With CICFLOW_FORMAT=parquet (or jsonl) instead of csv the file has that format and extension.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

[ $# -ge 3 ] || { echo "usage: one.sh CAPTURES FLOWS CAPTURE [OPTION...]" >&2; exit 2; }
captures=$1 flows=$2 capture=$3
shift 3
records=$flows/$capture.${CICFLOW_FORMAT:-csv}
[ ! -e "$records" ] || exit 0
mkdir -p "$flows/$(dirname "$capture")"
exec "${CICFLOWMETER:-cicflowmeter}" -q -f "$captures/$capture" "$@" "--${CICFLOW_FORMAT:-csv}" "$records"
