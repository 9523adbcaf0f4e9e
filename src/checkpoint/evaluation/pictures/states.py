"""As what a picture is had. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Form(StrEnum):
    """A drawing, an image, or the words alone."""

    SVG = "svg"
    PNG = "png"
    TEXT = "txt"


MEDIA: Mapping[Form, str] = MappingProxyType(
    {
        Form.SVG: "image/svg+xml",
        Form.PNG: "image/png",
        Form.TEXT: "text/plain; charset=utf-8",
    }
)
