#!/bin/sh
# usage: in_comma_locale.sh FOLDER PROGRAM - runs the program in a locale whose decimal point is a comma, which it makes
# in the folder; exits with 77, the status of a skipped test, where none can be made.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
folder=$1
program=$2
rm -rf "$folder"
mkdir -p "$folder"
printf '%s\n' LC_NUMERIC 'decimal_point ","' 'thousands_sep "."' 'grouping 3;3' 'END LC_NUMERIC' > "$folder/definition"
# Status 1 is only that the other categories are missing.
localedef -c -i "$folder/definition" "$folder/comma" > "$folder/log" 2>&1 || true
if [ ! -f "$folder/comma/LC_NUMERIC" ]; then
    echo "skipped: localedef makes no locale with a decimal comma: $(tail -1 "$folder/log")"
    exit 77
fi
unset LC_ALL LANG LANGUAGE
LOCPATH=$folder LC_NUMERIC=comma EXPECTED_DECIMAL_POINT=, exec "$program"
