#!/bin/sh
# Profiles reading without full dissection: time by thread, by library, and the most expensive functions. Needs perf.
# usage: profile.sh PLUGIN_FOLDER CAPTURE
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

[ $# -eq 2 ] || { echo "usage: profile.sh PLUGIN_FOLDER CAPTURE" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
perf record -q -o "$folder/data" tshark -r "$2" -q -X "lua_script:$1/cicflow.lua" -o cicflow.fast:TRUE \
    -o "cicflow.csv:$folder/out.csv" 2>/dev/null
for keys in comm comm,dso comm,symbol; do
    echo "== $keys"
    perf report -i "$folder/data" --stdio --no-children --sort "$keys" 2>/dev/null | grep -v '^#' | grep . | head -n 20 | cut -c1-100
done
