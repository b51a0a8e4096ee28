"""The documents as parts: text, fenced blocks with their marks, indented ones, words in backticks, links."""
import os
import re
import textwrap
from collections import namedtuple

FENCE = re.compile(r"(?:<!-- not run: (?P<reason>.+?) -->\n)?^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.M | re.S)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"(!?)\[[^\]\n]*\]\(([^)\s]+)\)")

Block = namedtuple("Block", "kind text reason line")


def documents(source):
    """Paths of all documents below the source folder."""
    paths = [os.path.join(source, name) for name in os.listdir(source) if name.endswith(".md")]
    for folder, _, names in os.walk(os.path.join(source, "docs")):
        paths += [os.path.join(folder, name) for name in names if name.endswith(".md")]
    return sorted(paths)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blocks(text):
    return [Block(m["kind"], m["text"], m["reason"], text.count("\n", 0, m.start("kind")) + 1) for m in FENCE.finditer(text)]


def indented(text):
    """(line, text) of the blocks that are indented by four blanks, without these."""
    outside = FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    return [(outside.count("\n", 0, found.start()) + 1, textwrap.dedent(found[1]))
            for found in re.finditer(r"(?<=\n\n)((?: {4}.*\n)+(?:\n(?: {4}.*\n)+)*)", outside)]


def prose(text):
    """The text without its fenced blocks."""
    return FENCE.sub("", text)


def spans(text):
    """The texts in backticks outside of blocks."""
    return SPAN.findall(prose(text))


def anchors(text):
    """The anchors of the headings, made as GitHub and GitLab make them."""
    heads = re.findall(r"^#+ +(.+?) *$", prose(text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
