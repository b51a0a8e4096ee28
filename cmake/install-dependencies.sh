#!/bin/sh
# Installs the Debian packages that building, using and testing need, with the argument `tests` also those that drive the
# Wireshark program (option CICFLOW_GUI_TESTS), with `servers` also sshd and Slurm, through which captures are handed out in
# tests that are skipped without them, with `tutorial` scikit-learn and matplotlib for docs/tutorial.md, with
# `valgrind` what tests/fuzz/memory_checks.py needs, with `roots` debootstrap for tests/versions/run; nothing when they are
# all there.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

packages="build-essential cmake file ninja-build pkg-config clang-format clang-tidy libglib2.0-dev libzstd-dev libgcrypt20-dev
libcmocka-dev libcurl4-openssl-dev libdragonbox-dev libwireshark-dev libwiretap-dev libwsutil-dev wireshark-dev tshark python3
python3-pytest python3-pandas iproute2 gnuplot-nox openssl parallel openssh-client curl jq groff-base"
# For the tests that drive the Wireshark program.
window_packages="wireshark xvfb dbus at-spi2-core gir1.2-atspi-2.0 python3-gi"
for group in "$@"; do
    case $group in
        tests) packages="$packages $window_packages argus-server argus-client" ;;
        servers) packages="$packages openssh-server slurmctld slurmd slurm-client munge" ;;
        roots) packages="$packages debootstrap" ;;
        valgrind) packages="$packages valgrind libc6-dbg" ;;
        tutorial) packages="$packages python3-sklearn python3-matplotlib" ;;
        *) echo "install-dependencies.sh: no group '$group': tests, servers, tutorial, valgrind, roots" >&2; exit 1 ;;
    esac
done

missing=
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install-dependencies.sh: run as root or install sudo; needed:$missing" >&2; exit 1; }
    as_root=sudo
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
