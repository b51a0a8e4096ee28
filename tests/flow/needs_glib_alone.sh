#!/bin/sh
# The engine does not depend on epan: its test program is linked only with GLib, cmocka and the C library (and, in a build
# with sanitizers, their run-time libraries).
set -eu
needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$needed" ] || { echo "$1: readelf tells of no libraries at all" >&2; exit 1; }
echo "$needed" | grep -q '^libglib-2\.0\.so' || { echo "$1 does not need GLib: is it the right file?" >&2; exit 1; }
foreign=$(echo "$needed" | grep -Ev '^(libglib-2\.0|libcmocka|libc|libm|libgcc_s|libasan|libubsan|ld-linux-[a-z0-9-]+)\.so' || true)
[ -z "$foreign" ] || { echo "the engine's tests need more than GLib and cmocka:" $foreign >&2; exit 1; }
