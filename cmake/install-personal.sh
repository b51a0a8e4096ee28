#!/bin/sh
# Builds and installs for the user who runs it, without root: the plugin into the personal plugin folder of Wireshark, the
# command and its manual below ~/.local. CMake reports what is missing to build; cmake/install-dependencies.sh installs it.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")/.."

[ "$(id -u)" -ne 0 ] || {
    echo "install-personal.sh: Wireshark ignores root's personal plugins; as root use: cmake --install (docs/install.md)" >&2
    exit 1
}
python_folder=$(python3 -c 'import os, site; print(os.path.relpath(site.getusersitepackages(), os.path.expanduser("~/.local")))')
cmake -S . -B build-personal -D CICFLOW_INSTALL_PERSONAL=ON -D BUILD_TESTING=OFF -D CICFLOW_PYTHON_DIR="$python_folder"
cmake --build build-personal
cmake --install build-personal --prefix "$HOME/.local"
case ":$PATH:" in
*":$HOME/.local/bin:"*) ;;
*) echo "install-personal.sh: for the command cicflowmeter add this to your ~/.profile: PATH=\"\$HOME/.local/bin:\$PATH\"" ;;
esac
