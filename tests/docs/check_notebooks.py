#!/usr/bin/env python3
"""The notebooks below docs/: every cell runs and shows what is stored with it.

usage: check_notebooks.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [--update]

Needs a Python with nbclient, ipykernel and pandas: this one, or Debian's (python3-nbclient, python3-ipykernel). Status 77 says
that there is none. --update stores what the cells show.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import glob
import os
import subprocess
import sys

COMMAND, _, SOURCE = (os.path.abspath(path) for path in sys.argv[1:4])
NEEDED = "import nbclient, nbformat, ipykernel, pandas"
SKIPPED = 77


def shown(cell):
    """What a cell prints and gives, as text."""
    return "".join(part.get("text") or part.get("data", {}).get("text/plain", "") + part.get("evalue", "") for part in cell.outputs)


def run(path, update):
    """The problems of a notebook."""
    import nbclient
    import nbformat
    notebook = nbformat.read(path, as_version=4)
    said = [shown(cell) for cell in notebook.cells if cell.cell_type == "code"]
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": SOURCE}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if update:
        for cell in cells:
            cell.metadata.clear()
        notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
        nbformat.write(notebook, path)
        return []
    return [f"{path}: cell {number}: it is to show\n{before}\nand shows\n{shown(cell)}"
            for number, (before, cell) in enumerate(zip(said, cells), 1) if before != shown(cell)]


def main():
    try:
        exec(NEEDED)
    except ImportError:
        other = "/usr/bin/python3"
        if sys.executable != other and subprocess.run([other, "-c", NEEDED], capture_output=True, check=False).returncode == 0:
            return subprocess.run([other, *sys.argv], check=False).returncode
        print("left out: no Python with nbclient, ipykernel and pandas; sh cmake/install-dependencies.sh tutorial installs them")
        return SKIPPED
    os.environ.update(CICFLOWMETER=COMMAND, TZ="UTC", PYTHONDONTWRITEBYTECODE="1", PYDEVD_DISABLE_FILE_VALIDATION="1",
                      PYTHONPATH=os.path.join(SOURCE, "cli-wrapper", "python"))
    paths = glob.glob(os.path.join(SOURCE, "docs", "**", "*.ipynb"), recursive=True)
    problems = [problem for path in paths for problem in run(path, "--update" in sys.argv)]
    print(*problems, f"{len(paths)} notebooks, {len(problems)} problems", sep="\n")
    return 1 if problems or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
