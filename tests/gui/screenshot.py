#!/usr/bin/python3
"""Makes the images of the user guide: record.png, packet details with a record, table.png, the table of flows, and
distribution.png, flows by ranges. They are of Wireshark 4.0.

usage: screenshot.py PLUGIN_FOLDER CAPTURE FOLDER
"""
import os
import struct
import subprocess
import sys
import time
import zlib

from wireshark_window import Desktop, Wireshark, wait_for

LOADER, CAPTURE, FOLDER = os.path.join(os.path.abspath(sys.argv[1]), "cicflow.lua"), sys.argv[2], sys.argv[3]
WIDTH, HEIGHT = 1270, 890
RECENT = f"gui.geometry_main_x: 0\ngui.geometry_main_y: 0\ngui.geometry_main_width: {WIDTH}\ngui.geometry_main_height: {HEIGHT}\n"
# The table ends where a column does.
TABLE = "".join(f"gui.geom.CIC Flow - Flows.{name}: {value}\n"
                for name, value in {"x": 0, "y": 0, "width": 1045, "height": 440, "maximized": "FALSE"}.items())


def write_png(path, width, height, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def cut(rows, x, y, width, height):
    return width, height, [row[x * 3:(x + width) * 3] for row in rows[y:y + height]]


def select(window, prefix):
    """Selects the branch of the packet details whose text begins so."""
    def find():
        cells = (tree.get_child_at_index(i) for tree in trees(window, window.root) for i in range(tree.get_child_count()))
        return next((cell for cell in cells if cell and (cell.get_name() or "").startswith(prefix)), None)

    window.act(f"the branch {prefix}", find)


def trees(window, node):
    for child in window.children(node):
        if child.get_role_name() in ("tree", "tree table"):
            yield child
        elif child.get_role_name() not in ("table", "list", "menu bar"):
            yield from trees(window, child)


def settled(desktop):
    """The image of the display once it has not changed for a second."""
    images = [desktop.image()]

    def is_still():
        time.sleep(1)
        images.append(desktop.image())
        return images[-1] == images[-2]

    wait_for("a picture that stays", is_still)
    return images[-1]


def write_dialog(desktop, window, entry, name):
    title = f".*CIC Flow(:| -) {entry}.*"
    dialog = window.open(("Statistics", f"CIC Flow: {entry}"), title)
    _, _, rows = settled(desktop)
    at = dialog.get_extents(window.atspi.CoordType.SCREEN)
    write_png(os.path.join(FOLDER, name), at.width, at.height,
              [row[at.x * 3:(at.x + at.width) * 3] for row in rows[at.y:at.y + at.height]])
    window.close_window(dialog, title)


def main():
    desktop = Desktop()
    with open(os.path.join(os.environ["WIRESHARK_CONFIG_DIR"], "recent_common"), "w", encoding="utf-8") as file:
        file.write(RECENT + TABLE)
    window = Wireshark("-X", f"lua_script:{LOADER}", "-r", CAPTURE)
    try:
        wait_for("the capture", lambda: window.status().startswith("Packets"))
        window.filter("cicflow.tot_fwd_pkts > 3 && tcp", packets=r"\d+", displayed=r"\d+")
        select(window, "[CIC Flow")
        window.choose("View", "Expand Subtrees")
        write_png(os.path.join(FOLDER, "record.png"), *settled(desktop))
        write_dialog(desktop, window, "Flows", "table.png")
        write_dialog(desktop, window, "Distribution", "distribution.png")
    finally:
        window.close()
        desktop.close()


main()
