"""A profile from the disk, checked by every room that reads a part of it."""

from pathlib import Path

from citydesk.city.profile.rules import Checked, Folder, Problem, ProfileRefused, run_examples, validate
from citydesk.kernel.errors import NotFound
from citydesk.kernel.registries import load_dotted, registries

SUFFIXES = (".toml", ".md", ".csv", ".geojson")


def read_folder(*, path: Path) -> Folder:
    """The texts of a profile's folder. Raises `NotFound`, and `ProfileRefused` for a file that is no UTF-8 text."""
    if not path.is_dir():
        raise NotFound(f"There is no profile in {path}.", hint="Name a folder such as profiles/<city>.")
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if not file.is_file() or file.suffix not in SUFFIXES or "/." in f"/{name}":
            continue
        try:
            texts[name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            problems.append(Problem(name, line, "this is no UTF-8 text"))
    if problems:
        raise ProfileRefused(problems)
    return Folder(path.name, texts)


def check_folder(*, folder: Folder, with_examples: bool = True) -> Checked:
    """Read and check a profile with every section the rooms declare, and compute its worked examples.

    Raises `ProfileRefused` with every problem: file, line, reason.
    """
    checked = validate(folder, list(registries.profile_sections.values()))
    problems = list(checked.problems)
    if not problems and with_examples:
        runners = {code: load_dotted(kind.run) for code, kind in registries.example_kinds.items()}
        problems.extend(run_examples(folder, checked.snapshot(), runners)[1])
    if problems:
        raise ProfileRefused(problems)
    return checked
