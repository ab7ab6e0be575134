"""The rehearsal: a whole meeting played by bots on a copy of the group, to see whether this computer holds the room.

`run` sets the stage, lets the play run and gives the figures. The live group is read once and never touched.
"""

import signal
import time

from server.config import Settings
from server.rehearsal.lines import BROKEN, Refused
from server.rehearsal.play import Play, Stuck, Tell
from server.rehearsal.report import Figures, lines
from server.rehearsal.stage import NotStaged, Stage, staged
from server.services.rehearsals import Wanted
from server.views.sentences.marking import N_

__all__ = ["NotStaged", "Wanted", "lines", "run"]


def run(settings: Settings, wanted: Wanted, tell: Tell, *, seed: int = 1, keep_open: bool = False) -> Figures:
    """One rehearsal. Raises NotStaged, and RuleViolation for numbers no meeting has."""
    tell(N_("Setting the stage: a copy of the group, in a folder that is thrown away afterwards."))
    with staged(settings, wanted, seed=seed) as stage:
        if stage.copied:
            tell(
                N_("%(group)s: %(people)s people, of whom %(made_up)s are made up."),
                group=stage.prepared.group_name,
                people=len(stage.prepared.codes),
                made_up=stage.prepared.made_up,
            )
        else:
            tell(N_("There is no group to copy: %(people)s made-up people."), people=len(stage.prepared.codes))
        play = Play(stage.port, stage.prepared, wanted, tell, seed=seed)
        try:
            play.open_screens()
            if keep_open:
                _keep_open(play, stage, tell)
            else:
                play.hold()
        except (Stuck, Refused, *BROKEN) as error:
            play.found.failed.append(f"{type(error).__name__}: {error}")
        found = play.end()
        found.failed += stage.complaints[:3]
    return found


def _keep_open(play: Play, stage: Stage, tell: Tell) -> None:
    """The room is full; a person holds the console, until Ctrl-C."""
    play.let_in(stage.prepared.codes)
    here = f"http://localhost:{stage.port}"
    tell(N_("The room is full: %(phones)s phones wait. Run the rounds by hand:"), phones=len(play.phones))
    tell(N_("  Facilitator  %(link)s"), link=f"{here}/link/{stage.prepared.link}")
    tell(N_("  Display      %(link)s"), link=f"{here}/link/{stage.prepared.display_link}")
    tell(N_("Each link works once, on this computer. Ctrl-C ends the rehearsal and says how it went."))
    ended: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _: ended.append(got))
    while not ended:
        time.sleep(0.2)
    play.compare("at the end")
