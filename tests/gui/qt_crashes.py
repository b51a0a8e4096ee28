"""Crashes of Wireshark in Qt's own functions for assistive technology, which the tests begin again after."""
import functools
import sys
import unittest

from wireshark_window import ProgramEnded, crashed_in_accessibility

ATTEMPTS = 8


def again_after_qt_crash(test):
    """Qt 6.8 may crash while it tells assistive technology of windows and rows that are gone already. Such a test says so and
    begins again; any other crash fails it."""
    @functools.wraps(test)
    def run(self):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return test(self)
            except ProgramEnded as end:
                if not end.is_qt_crash or attempt == ATTEMPTS:
                    raise
            print(f"{self.id()}: Wireshark crashed in Qt's accessibility functions; again", file=sys.stderr)
            self.doCleanups()
            self.setUp()
    return run


class Crashes(unittest.TestCase):
    """Which crashes are Qt's own."""
    QT = ("/tmp/crash_trace.so(+0x1186)[0x1]\n/lib/libc.so.6(+0x3fdf0)[0x2]\n/lib/libQt6Widgets.so.6(_ZNK7QWidget14accessibleNameEv+0x4)[0x3]\n"
          "/lib/libQt6Widgets.so.6(_ZNK17QAccessibleWidget4textEN11QAccessible4TextE+0x36)[0x4]\n")

    def test_crash_in_accessibility(self):
        self.assertTrue(crashed_in_accessibility(self.QT + "wireshark(+0x1)[0x5]\n"))

    def test_other_crashes(self):
        ours, other = "/build/cicflow.so(+0x12)[0x6]\n", "/lib/libQt6Widgets.so.6(_ZN7QWidget4showEv+0x1)[0x7]\n"
        handler = self.QT[:self.QT.index("/lib/libQt6")]
        for trace in ("", handler + ours + self.QT, handler + other, handler + other + ours + self.QT):
            self.assertFalse(crashed_in_accessibility(trace), trace)
