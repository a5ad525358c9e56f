"""Where a bench stands, on a terminal and in a log."""

import io

from banker.bench.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_plain_line_a_step() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress.say("preparing")
    progress.still("a part of it")
    progress.say("round 1")
    progress.end()
    assert out.getvalue() == " 0:00  preparing\n 0:00  round 1\n"


def test_a_terminal_gets_one_line_that_is_written_over() -> None:
    out = Terminal()
    progress = Progress(out)
    progress.say("preparing")
    progress.still("a part of it")
    progress.end()
    assert out.getvalue().split("\r\x1b[K") == [
        "",
        " 0:00  preparing",
        " 0:00  preparing: a part of it",
        "",
    ]
