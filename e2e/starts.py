#!/usr/bin/python3
"""How long the desktop client takes from its start to its window, and what it costs while nothing happens.

    cargo build --release --workspace && PARLOR_PROFILE=release e2e/starts.py

The toolkit shows a window once its first frame is drawn, so the window's coming up is the first frame. Both renderers draw
in software here, where there is no graphics card. It needs what e2e/run.py needs.
"""
import os
import statistics
import sys
import time

import stage
from stage import BIN, Missing, Program

STARTS = 5
IDLE = 20.0


def ticks(process):
    """Processor time of a process so far, in seconds."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_to_window(name, url, renderer):
    """Starts it, and returns how long its window took, with the program."""
    began = time.monotonic()
    program = Program(name, BIN / "parlor-gui", url, "--nick", name, "--renderer", renderer)
    while not stage.run("xdotool", "search", "--onlyvisible", "--pid", program.process.pid, "--name", "Parlor"):
        if not program.is_running() or time.monotonic() > began + stage.PATIENCE:
            raise Missing(f"{name} never opened its window: see {program.log}.")
    return time.monotonic() - began, program


def main():
    server = Program("parlor-server", BIN / "parlor-server", "--memory", "--listen", "parlor://127.0.0.1:0")
    server.expect("Server is running...")
    url = next(line.split()[2] for line in server.text().splitlines() if line.startswith("listening on "))
    observer = Program("observer", BIN / "parlor-tui", "--pipe", "--nick", "observer", url, stdin=True)
    for renderer in ("wgpu", "glow"):
        times = []
        for number in range(STARTS):
            name = f"{renderer}{number}"
            seconds, program = seconds_to_window(name, url, renderer)
            times.append(seconds * 1000)
            observer.expect(f"{name} joined")
            if number == STARTS - 1:
                # What comes up with the window is over.
                time.sleep(3)
                before = ticks(program.process)
                time.sleep(IDLE)
                share = (ticks(program.process) - before) / IDLE * 100
            program.process.terminate()
            program.wait(0)
        print(f"{renderer}: {min(times):.0f} to {max(times):.0f} ms to the window, {statistics.median(times):.0f} in the "
              f"middle of {STARTS}; {share:.2f} % of a core over {IDLE:.0f} idle seconds", flush=True)
    server.stop()


if __name__ == "__main__":
    stage.clean_environment()
    try:
        stage.start_display()
        main()
    except Missing as missing:
        print(f"starts: {missing}", file=sys.stderr)
        sys.exit(1)
    finally:
        stage.end_everything()
