"""Drives the Wireshark program as assistive technology does, by the names that a user reads, on a display of its own.

Needs Xvfb, a D-Bus session and the accessibility bus (at-spi2-core), which begin() starts; everything ends with end().
Runs under the system's Python, which has the bindings.
"""
import itertools
import os
import re
import signal
import struct
import subprocess
import tempfile
import time

PATIENCE_S = int(os.environ.get("CICFLOW_GUI_PATIENCE", "120"))
ANSWER_MS, MODAL_ANSWER_MS, STARTUP_MS = 20000, 800, 30000
FILTER_S, WINDOW_S, ANSWER_S = 10, 20, 5
CELLED = ("table", "tree table", "tree", "list")
BUTTON = ("push button", "button")  # by the age of the accessibility libraries


def start_display(image_folder):
    """(process, name) of a virtual display whose number the server chose; it keeps its image in the folder."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-nocursor", "-fbdir",
                               image_folder],
                              pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise RuntimeError("Xvfb did not start")
    return server, f":{number}"


def start_session_bus():
    """(process id, address) of a D-Bus session bus."""
    out = subprocess.run(["dbus-daemon", "--session", "--fork", "--print-pid=1", "--print-address=1"], capture_output=True,
                         check=True, env=os.environ).stdout.decode().split()
    return int(out[1]), out[0]


class ProgramEnded(AssertionError):
    """Wireshark ended though nobody closed it."""

    def __init__(self, status, messages):
        super().__init__(f"wireshark ended with status {status}:\n{messages}")
        self.is_qt_crash = status < 0 and crashed_in_accessibility(messages)


def crashed_in_accessibility(messages):
    """Whether the innermost functions of a crash, up to the first one that is not Qt's, serve assistive technology."""
    frames = re.findall(r"^(\S+)\((\S*)\) ?\[0x", messages, re.MULTILINE)
    modules = [os.path.basename(module) for module, _ in frames]
    first = next((i for i, module in enumerate(modules) if module.startswith("libQt")), len(frames))
    above = modules[:first]
    qt = itertools.takewhile(lambda frame: "libQt" in frame[0], frames[first:])
    return (not any("cicflow" in module or module == "wireshark" for module in above)
            and any("QAccessible" in function for _, function in qt))


def wait_for(what, condition, seconds=PATIENCE_S):
    """The first result of the condition that is true."""
    end = time.monotonic() + seconds
    trouble = None
    while time.monotonic() < end:
        for program in Wireshark.running:
            program.check()
        try:
            found = condition()
        except Exception as problem:  # the program changes its widgets while they are looked at
            found, trouble = None, problem
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}: {trouble}")


class Desktop:
    """A display with a bus, for one Wireshark at a time."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory()
        os.chmod(self.home.name, 0o700)
        self.server, display = start_display(self.home.name)
        os.environ.update(DISPLAY=display, HOME=self.home.name, XDG_RUNTIME_DIR=self.home.name, TZ="UTC", LC_ALL="C.UTF-8",
                          XDG_CONFIG_HOME=self.home.name, WIRESHARK_CONFIG_DIR=os.path.join(self.home.name, "wireshark"),
                          QT_ACCESSIBILITY="1", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QPA_PLATFORM="xcb", NO_AT_BRIDGE="0")
        os.environ.pop("WAYLAND_DISPLAY", None)
        self.bus, address = start_session_bus()
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        os.makedirs(os.environ["WIRESHARK_CONFIG_DIR"])

    def image(self):
        """(width, height, rows of RGB bytes) of what the display shows, from the server's file in XWD form."""
        with open(os.path.join(self.home.name, "Xvfb_screen0"), "rb") as file:
            data = file.read()
        head = struct.unpack(">25I", data[:100])
        width, height, row_bytes, at = head[4], head[5], head[12], head[0] + head[19] * 12
        rows = []
        for y in range(height):
            row = data[at + y * row_bytes:at + y * row_bytes + width * 4]
            rgb = bytearray(width * 3)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
            rows.append(bytes(rgb))
        return width, height, rows

    def close(self):
        os.kill(self.bus, signal.SIGTERM)
        self.server.terminate()
        self.server.wait()
        self.home.cleanup()


class Wireshark:
    """A running Wireshark; nodes are accessible objects."""
    running = []

    def __init__(self, *options, environment=None):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        self.atspi, self.glib = Atspi, GLib
        Atspi.set_timeout(ANSWER_MS, STARTUP_MS)
        self.messages = tempfile.TemporaryFile()
        environment = dict(os.environ, **(environment or {}), LD_PRELOAD=os.environ.get("CICFLOW_CRASH_TRACE", ""))
        self.process = subprocess.Popen(["wireshark", "-o", "gui.update.enabled:FALSE", *options], stderr=self.messages,
                                        env=environment)
        self.running.append(self)
        try:
            self.root = wait_for("Wireshark's window", self._find_program)
        except BaseException:
            self.close()
            raise

    def check(self):
        """Fails once the program has ended."""
        if self.process.poll() is None:
            return
        self.messages.seek(0)
        raise ProgramEnded(self.process.returncode, self.messages.read().decode(errors="replace"))

    def _find_program(self):
        time.sleep(1)  # a program looked at before it is ready stays empty
        desktop = self.atspi.get_desktop(0)
        desktop.clear_cache()
        for i in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(i)
            if program.get_process_id() == self.process.pid and program.get_child_count() > 0:
                program.set_cache_mask(self.atspi.Cache.NONE)
                return program
        return None

    def close(self):
        if self in self.running:
            self.running.remove(self)
            self.messages.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @staticmethod
    def children(node):
        return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count())) if child]

    def find(self, node, roles=None, name=None, visible=False, holds=None):
        """The first object below the node, breadth first, of one of these roles, with a name that matches and a text that it holds."""
        waiting = [node]
        while waiting:
            node = waiting.pop(0)
            for child in self.children(node):
                if ((roles is None or child.get_role_name() in roles) and (holds is None or holds in self.text(child))
                        and (name is None or re.fullmatch(name, child.get_name() or ""))
                        and (not visible or child.get_state_set().contains(self.atspi.StateType.SHOWING))):
                    return child
                if child.get_role_name() not in CELLED:
                    waiting.append(child)
        return None

    def find_window(self, title):
        """The window of this title; an error names those that are there."""
        windows = {w.get_name() or "": w for w in self.children(self.root)}
        found = next((windows[name] for name in windows if re.fullmatch(title, name)), None)
        if not found:
            raise LookupError(f"there are {list(windows)}")
        return found

    def window(self, title):
        return wait_for(f"a window {title}", lambda: self.find_window(title))

    def open(self, path, title):
        """Chooses the menu entry until the window is there: of a window that came soon after another one was closed Qt 5 may not
        tell assistive technology, though it is on the display."""
        def attempt():
            self.choose(*path)
            return wait_for(f"a window {title}", lambda: self.find_window(title), WINDOW_S)

        return wait_for(f"a window {title}", attempt)

    def wait_until_gone(self, title):
        wait_for(f"the window {title} to go", lambda: not any(re.fullmatch(title, w.get_name() or "")
                                                             for w in self.children(self.root)))

    def act(self, what, look_up, opens_modal=False, seconds=PATIENCE_S):
        """Presses or chooses it; looks it up again when it has vanished meanwhile. Wireshark does not answer while a modal
        dialog that this opens is there."""
        def attempt():
            node = look_up()
            if not node:
                return False
            if opens_modal:
                self.atspi.set_timeout(MODAL_ANSWER_MS, STARTUP_MS)
            try:
                return node.do_action(0)
            except self.glib.GError as problem:
                if re.search("[Uu]nknown|No such|no longer exists|defunct", problem.message):
                    return False
                if opens_modal:
                    return True
                raise
            finally:
                self.atspi.set_timeout(ANSWER_MS, STARTUP_MS)

        wait_for(what, attempt, seconds)

    def menu_items(self, *path):
        """{name: object} of a menu's entries."""
        node = self.find(self.root, ("menu bar",))
        for part in path:
            item = next(child for child in self.children(node) if child.get_name() == part)
            node = self.children(item)[0]
        return {child.get_name(): child for child in self.children(node)}

    def choose(self, *path, opens_modal=False):
        self.act(f"the menu entry {path}", lambda: self.menu_items(*path[:-1]).get(path[-1]), opens_modal)

    def press(self, window, name, opens_modal=False):
        self.act(f"the button {name}", lambda: self.find(window, BUTTON, name), opens_modal)

    def all_of(self, node, role):
        """All objects of this role below the node, breadth first, but for cells of tables."""
        waiting, found = [node], []
        while waiting:
            for child in self.children(waiting.pop(0)):
                if child.get_role_name() == role:
                    found.append(child)
                if child.get_role_name() not in CELLED:
                    waiting.append(child)
        return found

    def place(self, node):
        return node.get_extents(self.atspi.CoordType.SCREEN)

    def from_the_top(self, window, roles):
        """The objects of these roles that are shown, in the order of lines."""
        found = [node for role in roles for node in self.all_of(window, role)
                 if node.get_state_set().contains(self.atspi.StateType.SHOWING)]
        return sorted(found, key=lambda node: (self.place(node).y + self.place(node).height // 2, self.place(node).x))

    def entry_of(self, window, title):
        """The entry on the line of a label."""
        label = self.find(window, ("label",), re.escape(title), visible=True)
        return next(entry for entry in self.from_the_top(window, ("text",))
                    if abs(self.place(entry).y + self.place(entry).height // 2 - self.place(label).y - self.place(label).height // 2) < 5)

    def click(self, node, how="b1c"):
        place = self.place(node)
        self.atspi.generate_mouse_event(place.x + min(8, place.width // 2), place.y + place.height // 2, how)

    def expand(self, window, name):
        """Double-clicks an item of the tree in a window until it has more rows."""
        def attempt():
            tree = self.table_of(window)
            rows = tree.get_n_rows()
            row = next(row for row in range(rows) if tree.get_accessible_at(row, 0).get_name() == name)
            tree.add_row_selection(row)
            tree.grab_focus()
            self.click(tree.get_accessible_at(row, 0), "b1d")
            return wait_for("further rows", lambda: self.table_of(window).get_n_rows() > rows, ANSWER_S)

        wait_for(f"what is below {name}", attempt)

    def type_text(self, text):
        """Presses keys in the window that a mouse was used in last."""
        self.atspi.generate_keyboard_event(0, text, self.atspi.KeySynthType.STRING)

    def entries(self, window, number):
        """The entries of a dialog from the top, once they are there."""
        return wait_for(f"{number} entries", lambda: (lambda found: found if len(found) == number else None)(
            sorted(self.all_of(window, "text"), key=lambda entry: entry.get_extents(self.atspi.CoordType.SCREEN).y)))

    def text(self, node):
        """The text that it holds."""
        return self.atspi.Text.get_text(node, 0, -1)

    def fill(self, entry, text):
        def attempt():
            entry.set_text_contents(text)
            return self.text(entry) == text

        wait_for(f"an entry for {text}", attempt)

    def write(self, window, text, name=None):
        """Puts the text into a window's entry."""
        def attempt():
            entry = self.find(window, ("text",), name)
            entry.set_text_contents(text)
            return self.text(entry) == text

        wait_for(f"an entry for {text}", attempt)

    def close_window(self, window, title):
        self.press(window, "Close")
        self.wait_until_gone(title)

    def status(self):
        label = self.find(self.find(self.root, ("status bar",)), ("label",), "Packets: .*|No Packets")
        return label.get_name() if label else ""

    @staticmethod
    def packets_label(packets, displayed):
        """Newer versions do not say how many are displayed when all are."""
        if displayed is None:
            return f"Packets: {packets}\\b.*"
        told = f"Displayed: {displayed}\\b.*"
        return f"Packets: {packets}\\b((?!Displayed).)*" + (f"({told})?" if displayed == packets else told)

    def wait_for_packets(self, packets, displayed=None, seconds=PATIENCE_S):
        wanted = self.packets_label(packets, displayed)

        def look():
            status = self.status()
            if not re.fullmatch(wanted, status):
                raise LookupError(f"it is {status}")
            return True

        wait_for(f"the status {wanted}", look, seconds)

    def below(self, nodes, role):
        """The children of all nodes that have the role."""
        return [child for node in nodes for child in self.children(node) if child.get_role_name() == role]

    def filter_entry(self):
        """The entry of the display filter, the only one of a tool bar whose third part is an arrow."""
        boxes = self.below(self.below(self.below([self.root], "frame"), "tool bar"), "combo box")
        return next(entry for entry in self.below(boxes, "text") if len(self.children(entry)) >= 3)

    def filter(self, text, packets, displayed):
        """Types a display filter and presses the arrow behind it until the packets displayed are as many as they should be:
        the arrow does nothing while the program has not yet looked at the text. The button before it
        clears the filter."""
        def attempt():
            entry = self.filter_entry()
            if text and self.text(entry) != text:
                entry.set_text_contents(text)
                wait_for("the filter's text", lambda: self.text(self.filter_entry()) == text, FILTER_S)
            self.act("the button", lambda: self.children(self.filter_entry())[2 if text else 1], seconds=FILTER_S)
            self.wait_for_packets(packets, displayed, FILTER_S)
            return True

        wait_for(f"the filter {text}", attempt)

    def table_of(self, node):
        return self.find(node, ("tree table",)) or self.find(node, ("table",)) or self.find(node, ("tree",))

    def table(self, node):
        """(header, rows of text) of a table in a window; a tree's rows as far as it is expanded."""
        found = self.table_of(node)
        columns = found.get_n_columns()
        header = [found.get_column_header(c).get_name() for c in range(columns)]
        return header, [[found.get_accessible_at(r, c).get_name() for c in range(columns)] for r in range(found.get_n_rows())]

    def whole_table(self, node, rows):
        """The same once it has as many rows."""
        found = []

        def attempt():
            found[:] = self.table(node)
            return len(found[1]) == rows

        wait_for(f"{rows} rows", attempt)
        return found
