"""What came of the demo's trial, as it is said on the screen."""

from pathlib import Path

from checkpoint.demo.findings import CALLED, Findings, Package, in_words, main_figure
from checkpoint.extracts.states import Label

REPORT = {
    "measured": {"k": 26},
    "required": {"k": 10},
    "made_coarser": [
        {"column": "age_band", "told_as": "two bands"},
        {"column": "age_band", "told_as": "withheld"},
    ],
}
COUNTS = {"suppressed": 288, "smallest": 10, "rounded_to": 5}


def an_arm(name, happened, people=17):
    return {"mask": name[0].upper(), "arm": name, "happened": happened, "people": people}


def a_summary(*arms, points=None):
    compared = {
        "arm": "treatment",
        "compared_with": "control",
        "points": points,
        "risk_difference": {"low": -0.354, "high": 0.2517},
    }
    result = {
        "primary": True,
        "measures": "Arrested again",
        "until": "1 month",
        "arms": [*arms],
        "comparisons": [compared] if arms else [],
    }
    results = [{"primary": False}, result]
    other = {"primary": False, "results": []}
    return {"populations": [{"primary": True, "results": results}, other]}


def test_the_main_figure_comes_with_its_counts_and_its_interval():
    arms = an_arm("control", 9), an_arm("treatment", 8)
    said = main_figure(a_summary(*arms, points=-5.88))
    assert "fixed in advance: arrested again within 1 month of allocation" in said
    assert "control 9 of 17, treatment 8 of 17" in said
    assert "5.9 percentage points less in treatment than in control" in said
    assert "(95 % interval: -35.4 to 25.2)" in said
    assert "points more in" in main_figure(a_summary(*arms, points=5.88))


def test_where_nobody_was_allocated_for_so_long_there_is_none_and_it_says_so():
    arms = an_arm("control", 0, 0), an_arm("treatment", 0, 0)
    assert "there is none (control 0 of 0, treatment 0 of 0)" in main_figure(a_summary(*arms))
    assert "there is none; too few" in main_figure(a_summary())
    withheld = an_arm("control", None), an_arm("treatment", None)
    assert "there is none; too few" in main_figure(a_summary(*withheld))


def test_it_is_synthetic_and_every_package_says_what_it_calls_itself():
    assert CALLED.keys() == {*Label}
    packages = [
        Package(product="person_level", path=Path("p.zip"), label="pseudonymised", report=REPORT),
        Package(product="aggregates", path=Path("a.zip"), label="aggregates", report=COUNTS),
        Package(product="person_level", refused="Fewer than 10 people"),
        Package(
            product="person_level",
            path=Path("q.zip"),
            label="anonymous",
            report=REPORT | {"made_coarser": []},
        ),
    ]
    batch = {"rows": 167, "covered": 47, "lacking": 5}
    found = Findings(
        trial="TEST-DEMO",
        batch=batch,
        summary=a_summary(an_arm("control", 9), an_arm("treatment", 8), points=-5.9),
        folder=Path("evaluation"),
        packages=packages,
    )
    first, follow_up, figure, files, person, counts, refused, anonymous = in_words(found)
    assert "TEST-DEMO is SYNTHETIC" in first
    assert "167 rows about 47 people" in follow_up
    assert "is chance" in figure
    assert files.startswith("In evaluation: every figure as JSON")
    assert "p.zip. It calls itself pseudonymised personal data" in person
    assert "At least 26 people are alike" in person
    assert person.endswith("made coarser for that: age_band (withheld).")
    assert "a.zip. It calls itself aggregates" in counts
    assert "288 counts under 10 are suppressed" in counts
    assert refused.endswith("refused by disclosure control. Fewer than 10 people.")
    assert "anonymous information" in anonymous
    assert anonymous.endswith("made coarser for that: none.")
