#!/usr/bin/env python3
"""The site (docs/site): it builds, and in headless Chromium no link is broken, the search finds pages, and pages fit a phone.

usage: check_site.py SOURCE_FOLDER MANUAL_PAGE...

Needs mkdocs, mandoc and Chromium of Debian; without one of them the status is 77, and a line says so.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

from chromium import Chromium

SOURCE, *MANUAL = (os.path.abspath(path) for path in sys.argv[1:])
NEEDED = ("mkdocs", "mandoc", "chromium")
SKIPPED = 77
PHONE_WIDTH = 360
# What is wider than the window, scrolls by itself or not; sizes of letters of ordinary text.
LOOK = """(() => {
  const width = document.documentElement.clientWidth;
  const main = document.querySelector('[role=main]');
  const small = [...main.querySelectorAll('p, li, td')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 13);
  return {
    title: document.title, width, wide: document.documentElement.scrollWidth,
    over: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1
      && !e.closest('table, pre, .wy-nav-side, .Bd')).slice(0, 3).map(e => e.outerHTML.slice(0, 100)),
    small: small.length,
    links: [...document.querySelectorAll('a[href], img[src], link[href], script[src]')].map(e => e.href || e.src),
    ids: [...document.querySelectorAll('[id], a[name]')].map(e => e.id || e.name)};
})()"""
# The search needs a moment to load its index.
SEARCH = """new Promise(done => {
  const look = tries => {
    const found = [...document.querySelectorAll('#mkdocs-search-results a')].map(e => e.getAttribute('href'));
    found.length || tries == 0 ? done(found) : setTimeout(look, 100, tries - 1);
  };
  look(100);
})"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.TemporaryDirectory()
        cls.folder = os.path.join(cls.top.name, "site")
        build = [sys.executable, os.path.join(SOURCE, "docs", "site", "make_site.py"), SOURCE, cls.folder, *MANUAL]
        done = subprocess.run(build, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=cls.folder))
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.at = f"http://127.0.0.1:{cls.server.server_port}/"
        cls.browser = Chromium(shutil.which("chromium"))
        cls.pages = {}
        cls.browser.screen(PHONE_WIDTH, 740, True)
        for folder, _, names in os.walk(cls.folder):
            for name in sorted(names):
                if name.endswith(".html") and name != "404.html":
                    path = os.path.relpath(os.path.join(folder, name), cls.folder)
                    cls.browser.visit(cls.at + path)
                    cls.pages[path] = dict(cls.browser.value(LOOK), failed=cls.browser.failed)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.server.shutdown()
        cls.server.server_close()
        cls.top.cleanup()

    def test_the_pages_are_there(self):
        for page in ("index.html", "columns.html", "man/cicflowmeter.1.html", "man/cicflow.4.html", "changes.html", "install.html"):
            self.assertIn(page, self.pages)
        self.assertGreater(len(self.pages), 30)
        for path, page in self.pages.items():
            self.assertEqual(page["failed"], [], path)

    def test_every_link_leads_somewhere(self):
        for path, page in self.pages.items():
            for link in page["links"]:
                if not link.startswith(self.at):
                    continue
                name, _, anchor = urllib.parse.unquote(link[len(self.at):]).partition("#")
                name = name.partition("?")[0] or "index.html"
                with self.subTest(f"{path}: {name}#{anchor}"):
                    self.assertTrue(os.path.isfile(os.path.join(self.folder, name)), "there is no such page")
                    if anchor and name in self.pages:
                        self.assertIn(anchor, self.pages[name]["ids"])

    def test_nothing_is_loaded_from_elsewhere(self):
        for path, page in self.pages.items():
            with open(os.path.join(self.folder, path), encoding="utf-8") as file:
                loaded = re.findall(r"<(?:script|img|link)\b[^>]*?(?:src|href)=\"((?:https?:)?//[^\"]*)\"", file.read())
            self.assertEqual(loaded, [], path)

    def test_pages_fit_a_phone(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(page["width"], PHONE_WIDTH)
                self.assertLessEqual(page["wide"], PHONE_WIDTH, page["over"])
                self.assertEqual(page["over"], [])
                self.assertEqual(page["small"], 0, "letters under 13 pixels")

    def test_every_page_is_in_the_navigation(self):
        linked = {link[len(self.at):].partition("#")[0] for link in self.pages["index.html"]["links"]}
        of_their_own = {path for path in self.pages if path.startswith(("source/", "tutorial/"))}
        self.assertEqual(set(self.pages) - linked - of_their_own - {"index.html"}, set())

    def test_search(self):
        for word, page in (("active_mean", "columns.html"), ("Containerfile", "install.html"), ("Engelen", "migrating.html")):
            self.browser.visit(f"{self.at}index.html?q={word}")
            found = self.browser.value(SEARCH)
            self.assertTrue(any(page in link for link in found), f"{word}: {found}")

    def test_markup_is_not_shown_as_text(self):
        """mkdocs and GitHub understand the same lists, tables and links."""
        for path in self.pages:
            with open(os.path.join(self.folder, path), encoding="utf-8") as file:
                text = re.sub(r"<pre>.*?</pre>|<code>.*?</code>", "", file.read(), flags=re.S)
            shown = re.findall(r".*\]\(\S+\).*|^ *\|.*\|$|.*```.*|.*\*\*.*|^- .*", text, re.M)
            self.assertEqual(shown, [], path)

    def test_a_list_with_code_in_it_is_one_list(self):
        self.browser.visit(f"{self.at}developer-guide.html")
        found = self.browser.value("""[...document.querySelectorAll('ol')].map(
            list => [list.children.length, [...list.querySelectorAll('pre')].map(e => e.textContent).join('')])""")
        self.assertTrue(any(steps >= 4 and "EXTRA_FEATURE(ACK_SHARE" in code for steps, code in found), found)


if __name__ == "__main__":
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print(f"left out: {', '.join(missing)} not installed; sh cmake/install-dependencies.sh site installs them")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
