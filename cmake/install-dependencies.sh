#!/bin/sh
# Installs the Debian packages needed to build, use and test; does nothing when all are installed. Arguments choose groups:
#   build     only what building needs (as the first argument)
#   tests     also what drives the Wireshark program (option CICFLOW_GUI_TESTS), other flow meters, and what packs Python modules
#   servers   also sshd and Slurm, through which captures are handed out in tests that are skipped without them
#   tutorial  also scikit-learn, matplotlib and Jupyter's kernel for docs/tutorial.md and the notebooks
#   site      also what makes the site of the documents and looks at it
#   valgrind  also what tests/fuzz/memory_checks.py needs
#   roots     also debootstrap for tests/versions/run and tests/install/container.py
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build_packages="build-essential cmake file ninja-build pkg-config libglib2.0-dev libzstd-dev libgcrypt20-dev libcurl4-openssl-dev
libdragonbox-dev libwireshark-dev libwiretap-dev libwsutil-dev wireshark-dev tshark python3"
packages="$build_packages clang-format clang-tidy libcmocka-dev python3-pytest python3-pandas iproute2 gnuplot-nox openssl
parallel openssh-client curl jq groff-base"
# For the tests that drive the Wireshark program.
window_packages="wireshark xvfb dbus at-spi2-core gir1.2-atspi-2.0 python3-gi"
for group in "$@"; do
    case $group in
        build) packages=$build_packages ;;
        tests) packages="$packages $window_packages argus-server argus-client nfdump softflowd
python3-build python3-setuptools python3-venv python3-wheel mypy" ;;
        servers) packages="$packages openssh-server slurmctld slurmd slurm-client munge" ;;
        roots) packages="$packages debootstrap" ;;
        valgrind) packages="$packages valgrind libc6-dbg" ;;
        tutorial) packages="$packages python3-sklearn python3-matplotlib python3-nbclient python3-ipykernel" ;;
        site) packages="$packages mkdocs mandoc chromium" ;;
        *) echo "install-dependencies.sh: no group '$group': build, tests, servers, tutorial, site, valgrind, roots" >&2; exit 1 ;;
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
