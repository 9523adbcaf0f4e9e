import pytest

from checkpoint.outcomes.harm import HarmIndexUnreadable, digest, harm_of, parse
from shell import Shell

INDEX = b"\xef\xbb\xbfoffence_code,days\r\nTH68010,1\r\n049,2.5\r\n\r\n"


def test_a_harm_index_is_days_by_offence():
    assert parse(INDEX) == {"TH68010": 1.0, "049": 2.5}


def test_an_offence_counts_by_its_code_or_its_class_and_else_nothing_is_known():
    weights = parse(INDEX)
    assert harm_of("TH68010", weights) == 1.0
    assert harm_of("049/10", weights) == 2.5
    assert harm_of("050/10", weights) is None
    assert harm_of(None, weights) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1: name two columns"),
        (b"code,days\nA,1\n", "line 1: name two columns"),
        (b"offence_code,days\n", "there is no line in it"),
        (b"offence_code,days\n=1+1,1\nTH68010,-1\nTH68010,nan\nTH68010\n", "line 2: an offence"),
        (b"offence_code,days\nTH68010,x\n", "line 2: an offence"),
        (b"offence_code,days\nTH68010,1\nTH68010,2\n", "line 3: the code stands twice"),
        (b'offence_code,days\n"TH,1\n', "quotes"),
        (b"offence_code,days\n\xff,1\n", "not UTF-8: look at byte 18"),
        (b"x" * 2_000_001, "more than 2,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_harm_index_says_where(content, says):
    with pytest.raises(HarmIndexUnreadable, match=says):
        parse(content)


def test_a_harm_index_is_loaded_once_and_stamped_with_its_version(
    make_database, monkeypatch, tmp_path
):
    shell, file = Shell(make_database(), monkeypatch), tmp_path / "index.csv"

    def load(content=INDEX, version="synthetic-2026", source="Made up for tests"):
        file.write_bytes(content)
        options = ("--version", version, "--source", source)
        return shell("outcomes", "harm-index", file, *options)

    told = load()
    assert (told.code, told.out) == (
        0,
        f"Loaded synthetic-2026: 2 offences.\nSHA-256 {digest(INDEX)}\n",
    )
    assert [load().code, load(version="other-2026").code] == [19, 19]
    assert [load(version="X").code, load(source=" ").code, load(b"x").code] == [22, 22, 22]
    nowhere = shell(
        "outcomes", "harm-index", tmp_path / "none.csv", "--version", "v", "--source", "s"
    )
    assert (nowhere.code, "The harm index cannot be loaded" in nowhere.err) == (22, True)
    assert len(shell.found("SELECT * FROM harm_weight")) == 2


async def test_everybody_may_read_which_index_is_in_use(client):
    assert (await client.get("/v1/reference/harm-indexes")).json() == {"items": []}
