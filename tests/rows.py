"""The rows of the product, and which of them a person was seen doing in a browser.

``python -m tests.rows`` (``make rows``) collects the journeys, runs none, and lists per row the
tests under tests/journeys/ that carry ``@pytest.mark.row("A6")``.
"""

import contextlib
import io
import sys
from collections import defaultdict

import pytest

ROWS = {
    # A citizen who employs helpers
    "A1": "a yearly offer to each helper, with proof of offer and answer",
    "A2": "declining takes one click and no reason, counts as offered, can be undone",
    "A3": "hours granted, used and left, and the year's account",
    "A4": "a preparation in six sections that never leaves the helper",
    "A5": "agreements written while talking; release only by both together",
    "A6": "the agreement sheet with conclusion, dates and both signatures, on screen and paper",
    "A7": "the next talk opens with the last sheet",
    "A8": "course catalogue, wishes, requests for course hours, unmet needs",
    "A9": "help from the consultant, from any step",
    "A10": "what the talk is not: grievances, daily matters, workplace assessment",
    "A11": "a page of advice for the citizen who leads",
    # The general guide
    "B1": "both see the purpose before they write",
    "B2": "a frame looks back, at now, and ahead",
    "B3": "the organisation names its talk, and everything follows",
    "B4": "check-list or agenda; items skipped; a talk without a frame",
    "B5": "goals per employee; the team's competences and wishes for the leader",
    "B6": "expectations in three fields, mirrored for the leader",
    "B7": "conclusions, solutions, and who follows up how",
    "B8": "an example frame for anybody to download",
    # The core task
    "C1": "the core task: worded, validated, told, versioned; heads every talk",
    "C2": "four points to share first, ticked as understood alike",
    "C3": "preparation, talk, wrap-up with follow-up",
    "C4": "a round rolled out in five steps",
    "C5": "advice for the management at the step it belongs to",
    "C6": "a warning where a frame looks back more than ahead",
    "C7": "both agree on the frame before the room opens",
    "C8": "a time per kind, and a clock that only the leader sees and can hide",
    "C9": "short talks in between, tied to the agreements",
    "C10": "wording by the rules of the workplace",
    "C11": "a theme on expectations and control",
    # Haderslev
    "D1": "yearly, a duty of both",
    "D2": "six themes with statements, some mandatory",
    "D3": "answers from 0 to 5, with the ends explained",
    "D4": "a leader cannot remove what is mandatory",
    "D5": "a leader fits the rest to the team",
    "D6": "help questions and explanations, for both",
    "D7": "life phases with help questions, sealed unless handed in",
    "D8": "the organisation's theme changes every odd year by itself",
    "D9": "preparation guided in five steps, with a note on each old agreement",
    "D10": "focus areas and initiatives, filled in together",
    "D11": "a senior talk, offered by rule or asked for without a reason",
    "D12": "the leader's feedback in words, never a score",
    # Herlev
    "E1": "six topics to cover, and a warning of a gap",
    "E2": "as a rule in the last quarter, on the leader's initiative",
    "E3": "a guide each for leader and employee",
    "E4": "each unit chooses its form before a date",
    "E5": "one wish for an individual talk is enough and stays unnamed",
    "E6": "a catalogue of questions",
    "E7": "a competence plan per employee with a life of its own",
    "E8": "who writes is agreed first; the other approves or sends back; locked; destroyed in time",
    "E9": "an application to the competence fund",
    "E10": "the group talk and its common plan",
    "E11": "the leaders' talk",
    "E12": "the employee's view of the leader",
    "E13": "ground rules for the coming year, shown first in the next",
    # Our own
    "X1": "destroyed is destroyed, with a receipt",
    "X2": "figures from which nobody can be found",
    "X3": "everybody sees who opened what of theirs",
    "X4": "who can see it stands beside each field",
    "X5": "any form becomes a frame and a frame becomes paper",
    "X6": "the rules of agreements and funds are dated data",
    "X7": "a new leader gets the plans, and what was said only by consent",
    "X8": "done is when both say so",
    "X9": "one person, several employments",
    "X10": "a whole country on a small server",
    "X11": "for everyone: keyboard, reader, phone, paper, no JavaScript, two languages",
    "X12": "no machine judges people, nothing is fetched from others, two cookies",
}


class Collector:
    """A pytest plugin that notes which tests carry which row."""

    def __init__(self) -> None:
        """Start with no test seen."""
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take the rows of all tests that were found."""
        for item in session.items:
            for row in named_rows(item):
                self.tests[row].add(item.nodeid.partition("[")[0])


def named_rows(item: pytest.Item) -> list[str]:
    """The rows that a test says it proves."""
    return [str(name) for mark in item.iter_markers("row") for name in mark.args]


def main() -> None:
    """Print each row with its journeys; exit 1 when the journeys cannot be collected."""
    collector = Collector()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(
            ["--collect-only", "--quiet", "-p", "no:randomly", "tests/journeys"], [collector]
        )
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        sys.exit(said.getvalue())
    for row, meaning in ROWS.items():
        mark = "seen" if row in collector.tests else "none"
        print(f"{row:4} {mark}  {meaning}")
        for test in sorted(collector.tests[row]):
            print(f"            {test}")
    seen = sum(1 for row in ROWS if collector.tests[row])
    print(f"\n{seen} of {len(ROWS)} rows have a journey in the browser.")


if __name__ == "__main__":
    main()
