#!/usr/bin/env python3
"""The documents as a site: static pages with navigation and search, by mkdocs; the manual pages by mandoc.

usage: make_site.py SOURCE_FOLDER SITE_FOLDER MANUAL_PAGE...

The documents are laid out as mkdocs.yml names them. Links between them are changed accordingly; a file of the source that a
page links to becomes part of the site. Everything is in the site: no page loads anything from elsewhere.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
# Documents whose place in the site is not the one below docs/.
PLACES = {"README.md": "index.md", "docs/README.md": "pages.md", "docs/wireshark/README.md": "wireshark/index.md",
          "CHANGELOG.md": "changes.md", "SECURITY.md": "security.md", "CONTRIBUTING.md": "contributing.md"}
FENCE = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
LINK = re.compile(r"(\]\()([^)\s]+)(\))")


def documents(source):
    """{path in the source: place in the site} of all pages."""
    places = dict(PLACES)
    for folder, _, names in os.walk(os.path.join(source, "docs")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), source)
            if name.endswith(".md"):
                places.setdefault(path, os.path.relpath(path, "docs"))
    return places


def code_in_list(fence):
    """A fenced block that is part of a list, as one that is indented."""
    lines = textwrap.dedent(fence).splitlines()[1:-1]
    return "\n" + textwrap.indent("\n".join(lines), " " * 8)


class Layout:
    def __init__(self, source, folder):
        self.source = source
        self.folder = folder
        self.places = documents(source)

    def write(self, place, text):
        path = os.path.join(self.folder, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def bring(self, path):
        """A file of the source, or all files of a folder, as part of the site; returns the place of what is linked to."""
        place = os.path.relpath(path, "docs") if path.startswith("docs/") else posixpath.join("source", path)
        full, to = os.path.join(self.source, path), os.path.join(self.folder, place)
        if os.path.isdir(full):
            names = sorted(name for name in os.listdir(full) if os.path.isfile(os.path.join(full, name)))
            for name in names:
                self.bring(posixpath.join(path, name))
            self.write(f"{place}/index.md", f"# {path}\n\n" + "".join(f"- [{name}]({name})\n" for name in names))
            return f"{place}/index.md"
        if path.endswith(".md"):
            with open(full, encoding="utf-8") as file:
                self.write(place, self.page(file.read(), path, place))
            return place
        if not os.path.splitext(place)[1]:
            to, place = to + ".txt", place + ".txt"  # servers know by the ending that it is text
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy(full, to)
        return place

    def target(self, link, path, place):
        if re.match(r"[a-z]+:|#", link):
            return link
        name, mark, anchor = link.partition("#")
        aim = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if not os.path.exists(os.path.join(self.source, aim)):
            sys.exit(f"make_site.py: {path} links to {link}, which does not exist")
        at = self.places.get(aim) or self.places.get(f"{aim}/README.md") or self.bring(aim)
        return posixpath.relpath(at, posixpath.dirname(place) or ".") + mark + anchor

    def page(self, text, path, place):
        """The text with links as they are in the site, and with what belongs to a list indented as mkdocs wants it."""
        def changed(part):
            part = re.sub(r"^ {2,3}(?=\S)", "    ", part, flags=re.M)
            return LINK.sub(lambda link: link[1] + self.target(link[2], path, place) + link[3], part)
        parts, at = [], 0
        for fence in FENCE.finditer(text):
            parts += [changed(text[at:fence.start()]), fence[0] if fence[0].startswith("`") else code_in_list(fence[0])]
            at = fence.end()
        return "".join(parts + [changed(text[at:])])

    def lay_out(self):
        for path, place in self.places.items():
            with open(os.path.join(self.source, path), encoding="utf-8") as file:
                self.write(place, self.page(file.read(), path, place))
        shutil.copy(os.path.join(HERE, "site.css"), self.folder)

    def manual(self, path):
        html = subprocess.run(["mandoc", "-T", "html", "-O", "fragment", path], check=True, capture_output=True, text=True).stdout
        html = re.sub(r'<table class="(?:head|foot)">.*?</table>', "", html, flags=re.S)
        # A blank line would end the HTML for Markdown; headings are one lower, because the page has its own.
        html = re.sub(r"<(/?)h2", r"<\1h3", re.sub(r"\n\s*\n", "\n", html))
        html = re.sub(r"<(/?)h1", r"<\1h2", html)
        name, section = os.path.basename(path).rsplit(".", 1)
        self.write(f"man/{name}.{section}.md", f"# {name}({section})\n\n<div>\n{html}</div>\n")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    source, site = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as top:
        layout = Layout(source, os.path.join(top, "docs"))
        layout.lay_out()
        for path in sys.argv[3:]:
            layout.manual(path)
        shutil.copy(os.path.join(HERE, "mkdocs.yml"), top)
        done = subprocess.run(["mkdocs", "build", "--quiet", "--strict", "--clean", "--site-dir", site], cwd=top, check=False)
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
