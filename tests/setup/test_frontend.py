"""The style sheet of the design system keeps its rules and loses what points to absent files."""

import json
import re
from pathlib import Path

from setup import frontend

ROOT = Path(__file__).parents[2]
KEPT = {"img/svg-icons/check.svg"}


def test_font_faces_go() -> None:
    css = "@font-face{font-family:X;src:url(../fonts/x.woff2)}body{margin:0}"
    assert frontend.trimmed_css(css, KEPT) == "body{margin:0}"


def test_a_kept_image_stays() -> None:
    css = ".a:before{background-image:url(../img/svg-icons/check.svg);content:''}"
    assert frontend.trimmed_css(css, KEPT) == css


def test_an_absent_image_goes_and_the_rest_of_its_rule_stays() -> None:
    css = ".a{color:red;background-image:url(../img/logo.png);margin:0}"
    assert frontend.trimmed_css(css, KEPT) == ".a{color:red;margin:0}"


def test_a_rule_left_empty_goes_also_inside_a_media_query() -> None:
    css = "@media print{.icon-car{background-image:url(../img/svg-icons/car.svg)}.b{margin:0}}"
    assert frontend.trimmed_css(css, KEPT) == "@media print{.b{margin:0}}"


def test_source_maps_go_from_both_kinds_of_file() -> None:
    assert frontend.without_source_map("a{}\n/*# sourceMappingURL=a.css.map*/") == "a{}\n"
    assert frontend.without_source_map("a();\n//# sourceMappingURL=a.js.map") == "a();\n"


def test_the_sprite_holds_the_named_icons_only() -> None:
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 1 1"><path d="M0"/></symbol>'
        for name in [*frontend.TEMPLATE_ICONS, "tractor"]
    )
    sprite = frontend.small_sprite(f"<svg>{symbols}</svg>")
    assert re.findall(r'id="([^"]+)"', sprite) == frontend.TEMPLATE_ICONS


def test_every_file_that_the_fetched_style_sheet_names_is_there() -> None:
    style_sheet = frontend.TARGET / frontend.CSS
    named = re.findall(r"url\(([^)]*)\)", style_sheet.read_text("utf-8"))
    absent = [name for name in named if not (style_sheet.parent / name).is_file()]
    assert (len(named) >= 20, absent) == (True, [])


def test_the_lock_holds_a_checksum_and_no_address_for_each_package() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: lock for name, lock in packages.items() if name}
    assert sorted(fetched) == [
        "node_modules/axe-core",
        "node_modules/dkfds",
        "node_modules/sortablejs",
    ]
    assert all(lock["integrity"].startswith("sha512-") for lock in fetched.values())
    assert not any("resolved" in lock for lock in fetched.values())
