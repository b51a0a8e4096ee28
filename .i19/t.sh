#!/bin/sh
# t.sh SUITE TESTS...
s=$1; shift
nice /work/in-root $s "cd /work/wt/i19 && su -s /bin/sh builder -c 'CICFLOW_GUI_PATIENCE=40 timeout 500 python3 -W ignore tests/gui/gui.py build-$s/plugin $* 2>&1'"
