"""Charts as pictures for documents. The engine is heavy: imported by tasks and commands only, never by the web."""

import json

import vl_convert

from citydesk.kernel.charts import Chart


def render_svg(chart: Chart, *, width: int = 640, height: int = 220) -> str:
    """The chart as SVG text, white ground, without links (a document is paper); for Typst's `image`."""
    spec = {**chart.spec, "width": width, "height": height, "background": "white"}
    values = [{key: value for key, value in row.items() if key != "href"} for row in spec["data"]["values"]]
    encoding = {key: value for key, value in spec["encoding"].items() if key != "href"}
    spec = {**spec, "data": {"values": values}, "encoding": encoding}
    return str(vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[]))
