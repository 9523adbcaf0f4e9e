"""The office of the demo's own test trial: adopts, seals, closes and proves, by the shell's commands."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from checkpoint.demo.service import surroundings
from checkpoint.foundation import errors

NAME = "TEST-DEMO"
PLACES = "60"
COMMAND_SECONDS = 120


class TrialNotRun(errors.Unavailable):
    slug = "demo-trial-not-run"
    title = "The demo's test trial could not be run"


class Office:
    """Runs one test trial on the demo's own database.

    The seed is made of the demo's, so that the same trial can be played again. A real one is drawn
    by chance, is secret, and is kept off the machine: see docs/trial.md.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = hashlib.sha256(f"checkpoint demo, a test: {seed}".encode()).hexdigest()
        self.trial = NAME

    def open(self, there: Sequence[tuple[str, str]]) -> None:
        """Adopt the protocol that ships with the demo, and seal its list.

        Args:
            there: trials that are there already, each with how it stands; an earlier demo's that
                is not closed is closed first.
        """
        earlier = [(code, state) for code, state in there if code.startswith(NAME)]
        for code, state in earlier:
            if state != "closed":
                self._say("trials", "close", code, "--why", "Left by an earlier demo")
        self.trial = f"{NAME}-{len(earlier) + 1}" if earlier else NAME
        text = (files("checkpoint.demo") / "protocol.toml").read_text("utf-8")
        protocol = self._folder / f"{self.trial}.toml"
        protocol.write_text(text.replace(f'"{NAME}"', f'"{self.trial}"'), "utf-8")
        self._seed_file.write_text(f"{self._seed}\n", "ascii")
        self._say("trials", "adopt", str(protocol))
        self._say(
            "allocation",
            "seal",
            self.trial,
            "--seed-file",
            str(self._seed_file),
            "--places",
            PLACES,
        )

    def close(self) -> str:
        """Close the trial, and prove that what was drawn is what was sealed.

        Returns:
            What the proof says, in one sentence.
        """
        self._say("trials", "close", self.trial, "--why", "The made-up time is over")
        proof = self._say("allocation", "verify", self.trial, "--seed-file", str(self._seed_file))
        return proof.strip().rpartition("\n")[2]

    @property
    def _seed_file(self) -> Path:
        return self._folder / f"{self.trial}.seed"

    def _say(self, *words: str) -> str:
        """One command, as somebody at the shell would give it.

        Raises:
            TrialNotRun: it was refused, or did not end.
        """
        try:
            told = subprocess.run(  # noqa: S603 - the words are this file's own
                [sys.executable, "-m", "checkpoint", *words],
                env=surroundings(self._folder),
                check=False,
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired as fault:
            raise TrialNotRun(f"{words[0]} {words[1]} did not end.") from fault
        if told.returncode != 0:
            last = told.stderr.strip().rpartition("\n")[2]
            raise TrialNotRun(f"{words[0]} {words[1]}: {last}")
        return told.stdout
