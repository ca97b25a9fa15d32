"""Joins the style sheet and the icons that pages load. Run by itself, or at the end of `python tools/assets.py`.

`static/vendor/desk.css` = the layer order, the three faces of Public Sans, the parts of USWDS that are used, and the
files of `static/kernel/css` in the order `static/kernel/desk.css` names them. `static/vendor/icons.svg` = our shapes
and the icons of USWDS. Both are made, never committed; without them pages fall back on the hand-written files.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src/citydesk/kernel/static"
VENDOR = STATIC / "vendor"
KERNEL = STATIC / "kernel"

# USWDS draws nothing of ours but these parts; its whole style sheet is 527 KB. Class prefixes of the rules to keep.
USWDS_PARTS = ("usa-sr-only", "usa-skipnav")

# Marks of companies have no place on a city's desk.
LEFT_OUT = {"facebook", "flickr", "github", "instagram", "linkedin", "twitter", "x", "youtube"}


def parts() -> list[Path]:
    """Our style files in their order."""
    names = re.findall(r'@import url\("([^"]+)"\)', (KERNEL / "desk.css").read_text(encoding="utf-8"))
    return [KERNEL / name for name in names]


def smaller(css: str) -> str:
    """Without comments and needless spaces. Strings and url() hold none of what is taken out."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return css.replace(";}", "}").replace(": ", ":").strip()


def rules(css: str) -> list[tuple[str, str]]:
    """(selector or at-rule, body) of each top-level rule."""
    found, depth, start, head = [], 0, 0, ""
    for place, sign in enumerate(css):
        if sign == "{":
            if depth == 0:
                head, start = css[start:place].strip(), place + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((head, css[start:place]))
                start = place + 1
        elif sign == ";" and depth == 0:
            start = place + 1
    return found


def uswds_parts(css: str) -> str:
    """The rules of USWDS whose every selector begins with a kept class; none that loads a picture."""
    kept = []
    for head, body in rules(re.sub(r"@charset[^;]*;", "", css)):
        if head.startswith("@") or "url(" in body:
            continue
        selectors = [one.strip() for one in head.split(",")]
        wanted = [one for one in selectors if one.startswith(tuple(f".{name}" for name in USWDS_PARTS))]
        if wanted:
            kept.append(f"{','.join(wanted)}{{{body}}}")
    return "".join(kept)


def moved(css: str, folder: str) -> str:
    """The same rules with relative addresses that hold from `vendor/`."""
    return re.sub(r'url\("?(?!data:|/|http)([^")]+)"?\)', lambda one: f'url("{folder}{one[1]}")', css)


def join_css() -> Path:
    """Write vendor/desk.css; what npm did not bring is left out. Returns its path."""
    sheet = ["@layer uswds,desk;"]
    fonts, uswds = VENDOR / "public-sans/public-sans.css", VENDOR / "uswds/css/uswds.min.css"
    if fonts.is_file():
        sheet.append(moved(smaller(fonts.read_text(encoding="utf-8")), "public-sans/"))
    if uswds.is_file():
        sheet.append(f"@layer uswds{{{uswds_parts(uswds.read_text(encoding='utf-8'))}}}")
    ours = "".join(
        moved(smaller(part.read_text(encoding="utf-8")), "").replace('url("../', 'url("../kernel/') for part in parts()
    )
    sheet.append(f"@layer desk{{{ours}}}")
    VENDOR.mkdir(parents=True, exist_ok=True)
    made = VENDOR / "desk.css"
    made.write_text("\n".join(sheet) + "\n", encoding="utf-8")
    return made


def join_icons() -> Path:
    """Write vendor/icons.svg from our shapes and the USWDS sprite. Returns its path."""
    symbols = re.findall(r"<symbol.*?</symbol>", (KERNEL / "shapes.svg").read_text(encoding="utf-8"), re.DOTALL)
    sprite = VENDOR / "uswds/img/sprite.svg"
    if sprite.is_file():
        found = re.findall(r'<symbol[^>]*id="([^"]+)".*?</symbol>', sprite.read_text(encoding="utf-8"), re.DOTALL)
        whole = re.findall(r"<symbol.*?</symbol>", sprite.read_text(encoding="utf-8"), re.DOTALL)
        symbols += [one for name, one in zip(found, whole, strict=True) if name not in LEFT_OUT]
    VENDOR.mkdir(parents=True, exist_ok=True)
    made = VENDOR / "icons.svg"
    made.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', encoding="utf-8")
    return made


if __name__ == "__main__":
    for path in (join_css(), join_icons()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")
