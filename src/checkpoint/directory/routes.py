"""The directory's doors."""

from fastapi import APIRouter

from checkpoint.directory.lists import DirectoryOffer

router = APIRouter(prefix="/v1/directory", tags=["Directory"])
OFFERS = DirectoryOffer
