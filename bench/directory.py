"""How the directory bears ten thousand services: `python bench/directory.py import`.

`import`: a synthetic feed of so many services, each with a provider and a place, is imported in a
process of its own for each size; the rate, and the most memory that the process held.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from checkpoint.cli import prepare
from checkpoint.directory.imports.cli import origin_of, run
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.embedded import embedded

SIZES = (1_000, 10_000)
LEAST_A_SECOND = 200


def a_service(number: int) -> dict[str, object]:
    def id(word: str, of: int = number) -> str:
        return str(uuid5(NAMESPACE_URL, f"bench/{word}/{of}"))

    return {
        "id": id("service"),
        "name": f"Synthetic service {number}",
        "description": f"<p>Made up, number {number}.</p>" + "<p>It helps nobody.</p>" * 10,
        "status": "active",
        "minimum_age": -1,
        "email": "office@council.gov.uk",
        "url": "http://www.council.gov.uk",
        "last_modified": "2025-09-02T12:06:15.654",
        "assured_date": "2025-09-02",
        "pc_metadata": {"date_created": "2020-06-05", "audience": ["Care leavers"]},
        "organization": {
            "id": id("organization", number // 5),
            "name": f"Synthetic provider {number // 5}",
            "description": "Made up.",
        },
        "schedules": [
            {"id": id("schedule"), "freq": "WEEKLY", "byday": "MO,TU,WE", "opens_at": "09:00",
             "closes_at": "17:00"}
        ],
        "cost_options": [{"id": id("cost"), "amount": 0, "currency": "gbp"}],
        "service_at_locations": [
            {
                "id": id("place"),
                "location": {
                    "id": id("location", number // 3),
                    "location_type": "physical",
                    "latitude": 54.5 + number % 100 / 200,
                    "longitude": -1.5 - number % 77 / 200,
                    "addresses": [
                        {"id": id("address", number // 3), "address_1": "1 Street",
                         "city": "Durham", "state_province": "County Durham",
                         "postal_code": "DH1 1AA", "country": "GB", "address_type": "physical"}
                    ],
                },
            }
        ],
        "phones": [{"number": "0191 496 0000"}],
    }  # fmt: skip


async def imported(url: str, feed: str) -> dict[str, float]:
    """One import; its seconds, and the most memory that this process held, in MiB."""
    engine = engine_for(url, role=OWNER_ROLE, pool_size=2, settings={"statement_timeout": "10min"})
    began = time.perf_counter()
    with redirect_stdout(StringIO()):
        await run(engine, feed, origin_of(feed, "bench"), None, dry_run=False, report=None)
    seconds = time.perf_counter() - began
    await engine.dispose()
    return {
        "seconds": seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measured() -> list[dict[str, float]]:
    """The same for each size, in a database and a process of its own."""
    found = []
    for services in SIZES:
        with ExitStack() as stack:
            made = tempfile.TemporaryDirectory(prefix="checkpoint-directory-")
            folder = Path(stack.enter_context(made))
            url = stack.enter_context(embedded(folder / "postgresql"))
            prepare(url)
            feed = folder / "feed.json"
            with feed.open("w") as file:
                file.write(f'{{"total_items": {services}, "contents": [')
                for number in range(services):
                    file.write((",\n" if number else "") + json.dumps(a_service(number)))
                file.write("]}")
            command = [sys.executable, __file__, "one", url, str(feed)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            found.append({"services": services, **json.loads(answer.stdout)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["import", "one"])
    parser.add_argument("given", nargs="*")
    arguments = parser.parse_args()
    if arguments.part == "one":
        print(json.dumps(asyncio.run(imported(*arguments.given))))
        return
    for each in measured():
        rate = each["services"] / each["seconds"]
        print(
            f"{each['services']:>8,.0f} services: {rate:7,.0f} a second "
            f"(at least {LEAST_A_SECOND}), at most {each['peak']:.0f} MiB"
        )


if __name__ == "__main__":
    main()
