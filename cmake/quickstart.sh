#!/bin/sh
# Installs what is needed, builds, and writes the flows of a capture as CSV: the first command of README.md.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")/.."

sh cmake/install-dependencies.sh
cmake -S . -B build -G Ninja
cmake --build build
build/cli-wrapper/cicflowmeter -q -f test-captures/first.pcap -c build/first.csv
echo
echo "build/first.csv, the flows of test-captures/first.pcap (the first 15 of 82 columns):"
cut -d, -f1-15 build/first.csv
