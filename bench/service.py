"""This service as production runs it, but that the keys of its issuer come from a file."""

import json
import os
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from checkpoint import api
from checkpoint.access.keys import FixedKeys
from checkpoint.foundation.server import server_for


def worker() -> FastAPI:
    """The real app; there is no identity provider here to fetch keys from."""
    app = api.worker()
    app.state.gate.keys = FixedKeys(json.loads(Path(os.environ["BENCH_JWKS"]).read_text()))
    return app


if __name__ == "__main__":
    uvicorn.Server(server_for("service:worker", host="127.0.0.1", port=int(sys.argv[1]))).run()
