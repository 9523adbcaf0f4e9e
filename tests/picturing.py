"""What a picture of the evaluation is had by, and what is written in it."""

from xml.etree import ElementTree as ET

from checkpoint.foundation.actors import Role

SVG = "{http://www.w3.org/2000/svg}"


def place(trial, name):
    return f"/v1/trials/{trial}/evaluation{name}"


async def had(at_cuts, trial, name, role=Role.STATISTICIAN, **params):
    answer = await at_cuts(role).get(place(trial, name), params=params)
    assert answer.status_code == 200, answer.text
    return answer


def lettering(svg):
    """Everything that is written in a drawing, and its description."""
    root = ET.fromstring(svg)
    written = " ".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    assert root.attrib["aria-labelledby"] == "title desc"
    return written, root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text
