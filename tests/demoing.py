"""What a demo says, taken apart."""

import re


def board(out):
    """Each line of the caseload board: the name, and its figures."""
    lines = out[out.index("The caseload board") :].splitlines()
    found = [re.match(r" *(Synthetic \d\*?|all) +(\d+/.*)", line) for line in lines]
    return [(match[1], match[2].split()) for match in found if match]


def came_of_referrals(out):
    """The seven figures of each line of the referrals' table; the last line is all of them."""
    lines = out[out.index("Referrals, by pathway") :].splitlines()
    found = [re.match(r" *[A-Z]?\D+((?:\d+ +){6}\d+)", line) for line in lines]
    return [[int(figure) for figure in match[1].split()] for match in found if match]


def contracts(line):
    """Drafted, active, suspended, completed, failed, ended otherwise."""
    return [int(figure) for figure in line[1][1:7]]
