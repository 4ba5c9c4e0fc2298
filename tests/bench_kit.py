# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benches share: a tuttid of their own, callers in another process, and processor time.

They are run in the build directory's top.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile

TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


def busy_us():
    """Processor time of the whole machine."""
    with open("/proc/stat") as f:
        user, nice, system, _idle, _wait, irq, soft, _steal = map(int, f.readline().split()[1:9])
    return (user + nice + system + irq + soft) * TICK_US


def stolen_us():
    """What the host took of the machine while it had work: figures of a run with much of it are the host's."""
    with open("/proc/stat") as f:
        return int(f.readline().split()[8]) * TICK_US


def add_options(parser):
    parser.add_argument("--port", type=int, default=18443)
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="for tuttid")


class Server:
    """tuttid with a state directory of its own, on loopback, ended by its pid. What it may refuse or leave out for want
    of time is off, unless sets say otherwise: the last of a key counts. wrap: words before it, such as a profiler's."""

    SETS = ["auth.join-rate=0", "auth.room-join-rate=0", "ice.interfaces=lo", "room.overload-percent=0", "log.level=warning"]

    def __init__(self, options, sets=(), wrap=(), sections=""):
        self.folder = tempfile.TemporaryDirectory(prefix="tutti-bench-")
        self.socket = os.path.join(self.folder.name, "admin.sock")
        self.port = options.port
        config = os.path.join(self.folder.name, "tuttid.conf")
        with open(config, "w") as f:
            f.write(sections)
        words = [*wrap, "src/tuttid", "--config", config, "--listen", f"127.0.0.1:{self.port}"]
        for s in [*self.SETS, "admin.socket=" + self.socket, *sets, *options.set]:
            words += ["--set", s]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "STATE_DIRECTORY": self.folder.name})
        line = self.process.stdout.readline()
        if "listening on" not in line:
            sys.exit("tuttid did not start: " + line)
        self.empty_bytes = self.resident_bytes()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            print("tuttid did not end within 30 s", file=sys.stderr)
        self.folder.cleanup()

    def run(self, *words):
        return subprocess.run(["src/cli/tutti", "--socket", self.socket, *words], capture_output=True, text=True,
                              check=True).stdout

    def ask(self, *words):
        return json.loads(self.run("--json", *words))

    def metrics(self):
        return subprocess.run(["curl", "-s", "--unix-socket", self.socket, "http://localhost/metrics"],
                              capture_output=True, text=True, check=True).stdout

    def cpu_us(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK_US

    def main_us(self):
        """Of the thread whose number is the process's."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/schedstat") as f:
            return int(f.read().split()[0]) // 1000

    def threads_us(self):
        """Of each thread, by its name."""
        pid = self.process.pid
        sums = {}
        for task in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{task}/comm") as f:
                    name = f.read().strip()
                with open(f"/proc/{pid}/task/{task}/schedstat") as f:
                    sums[name] = sums.get(name, 0) + int(f.read().split()[0]) // 1000
            except OSError:
                pass  # it has ended meanwhile
        return sums

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def own_bytes(self):
        """Resident, without pages of files: programs' and libraries' code, which are there once they were used and go when
        the machine wants their room."""
        with open(f"/proc/{self.process.pid}/statm") as f:
            words = f.read().split()
        return (int(words[1]) - int(words[2])) * os.sysconf("SC_PAGE_SIZE")


class Load:
    """Callers: tutti-load, told what to do by lines."""

    def __init__(self, server, words, wrap=(), scheme="ws", stderr=None):
        url = f"{scheme}://127.0.0.1:{server.port}/ws"
        self.process = subprocess.Popen([*wrap, "tests/tutti-load", "--url", url, "--interfaces", "lo", *words], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def is_ready(self):
        """Waits until all are in; False: they aren't."""
        return self.process.stdout.readline().strip() == "ready"

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def report(self):
        self.say("end")
        return json.loads(self.process.stdout.readline() or "null")
