#!/usr/bin/env python3
"""Measures the full screen from outside, as the terminal sees it, in turn with a
bare program on the same toolkit, and prints a table of limits and figures.

  screenbench.py --bin PROGRAM --work DIR --harness DIR [--only REGEX] [--quick]

The measuring itself is that of the harness (a directory beside the project, see
`make bench-screen`). DIR holds the floor programs `bare` and `parse`; runbooks
and records are written there. Nothing outside DIR is touched: the shipped runbook
is rehearsed, the other one only prints.

A key's frame is timed to the read that holds the row the cursor went to, with both
programs: the clock that ticks beside it would otherwise be taken for its end.
"""
import argparse
import json
import os
import re
import sys
import time

ROWS = []  # (what, limit, ours, floor, passed)


def row(what, limit, ours, floor, passed):
    ROWS.append((what, limit, ours, floor, passed))
    print("  %-58s %s" % (what, ours), file=sys.stderr)


def expand(value, names):
    if isinstance(value, dict):
        return {k: expand(v, names) for k, v in value.items()}
    if isinstance(value, str):
        for _ in range(3):  # variables may use each other
            for k, v in names.items():
                value = value.replace("{" + k + "}", v)
    return value


class Bench:
    def __init__(self, args):
        self.work, self.quick = args.work, args.quick
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")) as f:
            suite = json.load(f)
        names = dict(suite["vars"], BIN=args.bin, WORK=args.work)
        self.defaults, self.programs = suite["defaults"], expand(suite["programs"], names)
        self.env = {
            "HOME": args.work, "XDG_STATE_HOME": os.path.join(args.work, "state"), "XDG_DATA_HOME": None,
            "BITACORA_OPERATOR": "ana", "BITACORA_IDLE": "2s", "BITACORA_SYSLOG": None, "BITACORA_BACKGROUND": None,
            "LC_ALL": "C.UTF-8", "LANG": None, "COLORFGBG": None,
        }

    def case(self, program, **more):
        fields = dict(self.defaults, env=self.env, cwd=self.work)
        fields.update(self.programs[program])
        fields.update(more)
        return measures.Case(**fields)

    def open(self, program, **more):
        """The program with its first frame drawn."""
        case = self.case(program, **more)
        p = case.spawn()
        see(p, case.marker, case.timeout)
        return p, case

    def walk(self, program, **more):
        """The walk screen, at its first step."""
        p, case = self.open(program, **more)
        press(p, "enter")
        text = see(p, r"›▶ |Run this text\?", case.timeout)
        if "Run this text?" in text:
            p.pause(0.6)  # keys that come at once are taken for typed ahead
            press(p, "y")
            see(p, "›▶ ", case.timeout)
        p.pause(0.5)
        return p, case

    def flooding(self, program="flood", **more):
        p, case = self.walk(program, **more)
        press(p, "enter")
        see(p, "flood is running", 10)
        p.pause(2)
        return p, case


def press(p, key):
    p.mark()
    return p.send(keys_of(key)[0])


def see(p, pattern, timeout=10.0):
    """Waits for a text since the last mark; returns all of it."""
    end, pattern = time.monotonic() + timeout, re.compile(pattern)
    while time.monotonic() < end:
        if p.step(0.02) or p.eof:
            text = p.tail_text()
            if pattern.search(text):
                return text
            if p.eof and p.ended():
                break
    raise RuntimeError("waited for %r; the terminal got: %r" % (pattern.pattern, p.tail_text()[-500:]))


def finish(p, case):
    p.finish(keys_of(case.quit))


def pause(p, rng):
    p.pause(0.06 + jitter(rng))


def key_ms(p, key, shown, timeout=2.0):
    """From a key to the read that holds what it showed; None when it never did."""
    t = press(p, key)
    try:
        see(p, shown, timeout)
    except RuntimeError:
        return None
    return (p.last_t - t) * 1e3


# What a cursor key draws: the row it came to.
DOWN_UP = {"bare": [("j", r"> 2 "), ("k", r"> 1 ")], "walk": [("j", "›[○?·] 2 "), ("k", "›▶ 1 ")],
           "flood": [("j", "›○ 2 "), ("k", "›▶ 1 ")], "large": [("j", "›○ "), ("k", "›▶ ")]}


def start(b):
    """Start to full frame, in turn with the bare program: the briefing to its last row.
    A run can begin when its server, another program, is up: that has no limit."""
    from stats import median
    runs = 5 if b.quick else 15
    for name, more, n in (("answered at once", {}, runs), ("never answered", {"answers": "none"}, 5),
                          ("answered 100 ms late", {"answer_delay": 0.1}, 7)):
        ours, bare = [], []
        for i in range(n + 1):
            if "never" not in name or i < 3:
                bare.append(measures.start(b.case("bare", **more))["marker_ms"])
            ours.append(measures.start(b.case("first", **more))["marker_ms"])
        ours, bare = median(ours[1:]), median(bare[1:])
        ratio = ours / bare
        row("start to full frame, terminal %s" % name, "≤ 30 ms, ≤ 1.3×", "%.1f ms, %.2f×" % (ours, ratio),
            "%.1f ms" % bare, ours <= 30 and ratio <= 1.3)
    begin = median([measures.start(b.case("walk"))["marker_ms"] for _ in range(runs)])
    row("start to a run that can begin", "–", "%.1f ms" % begin, "–", True)


def idle_keys(b):
    """Key to frame, both programs in turn key by key: what else the machine does
    meets both alike."""
    from stats import quantile
    took = {"bare": [], "walk": []}
    rng = seeded()
    open_ = {"bare": b.open("bare"), "walk": b.walk("walk")}
    for i in range(100 if b.quick else 400):
        for name in took:
            p, _ = open_[name]
            for other, _ in open_.values():
                other.pause(0.001)
            pause(p, rng)
            key, shown = DOWN_UP[name][i % 2]
            took[name].append(key_ms(p, key, shown))
    for p, case in open_.values():
        finish(p, case)
    p99 = {name: quantile([x for x in ms if x is not None], .99) for name, ms in took.items()}
    p50 = {name: quantile([x for x in ms if x is not None], .5) for name, ms in took.items()}
    ratio = p99["walk"] / p99["bare"]
    row("key → frame p99, idle", "≤ 1.1×", "%.1f ms, %.2f× (p50 %.1f)" % (p99["walk"], ratio, p50["walk"]),
        "%.1f ms (p50 %.1f)" % (p99["bare"], p50["bare"]), ratio <= 1.1)


def flood_keys(b):
    """Also of the bare program while ours floods: what the machine itself adds."""
    for program in ("flood", "torrent"):
        flood_keys_of(b, program)


def flood_keys_of(b, program):
    from stats import quantile
    p, case = b.flooding(program)
    bare, bare_case = b.open("bare")
    rng, took = seeded(), {"flood": [], "bare": []}
    waited0, t0 = waited_ms(p.pid), time.monotonic()
    for _ in range(4 if b.quick else 12):
        for name, here, other in (("flood", p, bare), ("bare", bare, p)):
            for key, shown in DOWN_UP[name] * 12:
                other.pause(0.001)
                pause(here, rng)
                took[name].append(key_ms(here, key, shown))
    waited = (waited_ms(p.pid) - waited0) / (time.monotonic() - t0)
    missed = took["flood"].count(None)
    good = {name: [x for x in ms if x is not None] for name, ms in took.items()}
    p99 = quantile(good["flood"], .99)
    row("key → frame p99 while an action floods, %s" % {"flood": "1 MB/s", "torrent": "as fast as it can"}[program], "≤ 50 ms",
        "%.1f ms (p50 %.1f%s; %.0f ms/s waiting for a CPU)" % (
            p99, quantile(good["flood"], .5), ", %d never" % missed if missed else "", waited),
        "%.1f ms (p50 %.1f, beside the same flood)" % (quantile(good["bare"], .99), quantile(good["bare"], .5)),
        p99 <= 50 and not missed)
    press(p, "ctrl-c")
    finish(bare, bare_case)
    finish(p, case)


def key_bytes(b):
    """Bytes of a cursor key: where only the list changes, and with the detail."""
    for what, zoom, limit in (("in the step list", True, 250), ("when the detail pane changes", False, 2500)):
        p, case = b.walk("walk")
        if zoom:
            press(p, "z")
            p.pause(0.3)
        rng, sizes = seeded(), []
        for key in ("j,j,j,j,j,k,k,k,k,k," * 4).strip(",").split(","):
            pause(p, rng)
            before = p.mark()
            press(p, key)
            p.pause(0.05)  # shorter than the clock's second
            sizes.append(p.bytes - before)
        finish(p, case)
        from stats import median
        worst, mid = sorted(sizes)[len(sizes) * 9 // 10], median(sizes)
        p, case = b.open("bare")
        press(p, "j")
        p.pause(0.1)
        before = p.mark()
        press(p, "j")
        p.pause(0.1)
        floor = p.bytes - before
        finish(p, case)
        row("bytes of a cursor key " + what, "≤ %d" % limit, "%d (p90 %d)" % (mid, worst), str(floor), mid <= limit)


def idle(b):
    figures = {}
    for name in ("bare", "walk"):
        p, case = b.open("bare") if name == "bare" else b.walk("walk")
        seconds = 5 if b.quick else 15
        p.pause(1)
        bytes0, cpu0, t0 = p.bytes, own_cpu_ms(p.pid), time.monotonic()
        p.sampling = False
        while time.monotonic() - t0 < seconds:
            p.step(seconds - (time.monotonic() - t0))
        dt = time.monotonic() - t0
        figures[name] = ((p.bytes - bytes0) / dt, (own_cpu_ms(p.pid) - cpu0) / dt)
        finish(p, case)
    ours, bare = figures["walk"], figures["bare"]
    row("idle with the clock ticking", "≤ 100 B/s, ≤ 10 ms CPU/s", "%.0f B/s, %.1f ms/s" % ours, "%.0f B/s, %.1f ms/s" % bare,
        ours[0] <= 100 and ours[1] <= 10)


def own_cpu_ms(pid):
    """CPU of one process: the run's server is another, and no screen."""
    with open("/proc/%d/schedstat" % pid) as f:
        main = int(f.read().split()[0])
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                total += int(f.read().split()[0])
        except OSError:
            pass
    return max(total, main) / 1e6


def waited_ms(pid):
    """How long the threads of a process were ready to run and did not."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                total += int(f.read().split()[1])
        except OSError:
            pass
    return total / 1e6


def flood_bytes(b):
    for program, keys, what in (("flood", "", ""), ("wide", "tab,tab,z", ", 3 bytes a character, output enlarged")):
        p, case = b.flooding(program)
        for key in keys_of(keys):
            p.send(key)
            p.pause(0.3)
        before, t0 = p.bytes, time.monotonic()
        p.pause(3 if b.quick else 8)
        rate = (p.bytes - before) / (time.monotonic() - t0) / 1e3
        row("flood: bytes to the terminal" + what, "≤ 100 kB/s", "%.0f kB/s" % rate, "–", rate <= 100)
        press(p, "ctrl-c")
        finish(p, case)


def slow_link(b):
    """Twenty keys in a second while output streams to a terminal that takes 50 kB/s."""
    from stats import quantile
    p, case = b.flooding("wide", drain_rate=50000)
    p.pause(3)
    came = re.compile("›[○▶] ([0-9]+) ")
    rng, sent, shown, at, t0 = seeded(), [], {}, 1, time.monotonic()
    due = [t0 + i * 0.05 + jitter(rng) for i in range(20)]  # 50 ms are three frames of the toolkit
    p.mark()
    while time.monotonic() < t0 + 5:
        if len(sent) < 20 and time.monotonic() >= due[len(sent)]:
            sent.append(p.send(b"j"))
        p.step(0.002)
        places = [int(x) for x in came.findall(p.tail_text())]
        for place in places:
            while at < place:  # keys that came together show in one frame
                at += 1
                shown[at] = p.last_t
    took = [(shown[i + 2] - t) * 1e3 for i, t in enumerate(sent) if i + 2 in shown]
    row("20 keys in 1 s, terminal draining 50 kB/s: keys that count", "20", str(len(took)), "–", len(took) == 20)
    p50 = quantile(took, .5) if took else float("inf")
    row("same: key → frame p50", "≤ 60 ms", "%.0f ms (p99 %.0f)" % (p50, quantile(took, .99) or 0), "–", p50 <= 60)
    press(p, "ctrl-c")
    finish(p, case)


def cancel(b):
    from stats import median
    took = []
    for _ in range(3 if b.quick else 7):
        p, case = b.flooding()
        ms = key_ms(p, "ctrl-c", "Cancelling|flood: cancelled|flood failed")
        took.append(ms if ms is not None else float("inf"))
        finish(p, case)
    row("ctrl+c in a flood → the screen says cancelling", "≤ 30 ms", "%.1f ms (max %.1f)" % (median(took), max(took)), "–",
        median(took) <= 30)


def large(b):
    from stats import median, quantile
    n = 1 if b.quick else 3
    floor = median([measures.start(b.case("parse"))["marker_ms"] for _ in range(n)])
    ours = median([measures.start(b.case("large-first"))["marker_ms"] for _ in range(n)])
    row("10 MB runbook: open to first frame", "≤ 3× goldmark", "%.0f ms, %.2f×" % (ours, ours / floor),
        "%.0f ms (goldmark)" % floor, ours <= 3 * floor)
    begin = median([measures.start(b.case("large"))["marker_ms"] for _ in range(n)])
    row("10 MB runbook: open to a run that can begin", "–", "%.0f ms" % begin, "–", True)
    # Key by key in turns: what else the machine does meets both.
    walks = {name: b.walk(name) for name in ("walk", "large")}
    rng, took, p99 = seeded(), {"walk": [], "large": []}, {}
    for _ in range(20 if b.quick else 150):
        for step in range(2):
            for name, (p, _case) in walks.items():
                key, shown = DOWN_UP[name][step]
                pause(p, rng)
                took[name].append(key_ms(p, key, shown))
    for name, (p, case) in walks.items():
        finish(p, case)
        good = [x for x in took[name] if x is not None]
        p99[name] = quantile(good, .99) if len(good) == len(took[name]) else float("inf")
        took[name] = good
    row("10 MB runbook: key → frame p99", "as with the small one", "%.1f ms (p50 %.1f)" % (p99["large"], median(took["large"])),
        "%.1f ms (p50 %.1f, small)" % (p99["walk"], median(took["walk"])),
        p99["large"] <= 1.1 * p99["walk"])


def memory(b):
    figures = {}
    for name in ("bare", "walk"):
        p, case = b.open("bare") if name == "bare" else b.walk("walk")
        p.pause(1)
        p.sampler.sample()
        figures[name] = p.rss_mb()
        finish(p, case)
    row("resident memory, shipped runbook (the screen's process)", "≤ 30 MB", "%.1f MB" % figures["walk"], "%.1f MB" % figures["bare"],
        figures["walk"] <= 30)


MEASURES = [start, idle_keys, flood_keys, key_bytes, idle, flood_bytes, slow_link, cancel, large, memory]


# What the flooding actions print: a megabyte a second of lines that all differ, so
# that it lasts; the same in wide characters; and as much as goes, which soon is
# beyond what is kept and then only counted.
FLOODS = {
    "flood": "while :; do head -c 40000 /dev/urandom | base64 -w 130; sleep 0.05; done",
    "wide": "while :; do head -c 30000 /dev/urandom | base64 -w 130 | sed 's/[A-Z]/█/g'; sleep 0.05; done",
    "torrent": "base64 -w 130 /dev/urandom",
}


def write_runbooks(work):
    steps = "".join("\n%d. Another step, number %d.\n" % (i, i) for i in range(2, 31))
    for name, script in FLOODS.items():
        with open(os.path.join(work, name + ".md"), "w") as f:
            f.write("# Flood\n\n## Execution\n\n1. Print without end.\n\n   ```bash {name=flood effect=read}\n   %s\n   ```\n%s"
                    % (script, steps))
    text, _ = gendoc.document(10_000_000)
    with open(os.path.join(work, "large.md"), "w") as f:
        f.write(text)


def table():
    lines = ["| | must be | Bitácora | floor | |", "|---|---|---|---|---|"]
    for what, limit, ours, floor, passed in ROWS:
        lines.append("| %s | %s | %s | %s | %s |" % (what, limit, ours, floor, "pass" if passed else "FAIL"))
    return "\n".join(lines)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--bin", required=True)
    a.add_argument("--work", required=True)
    a.add_argument("--harness", required=True)
    a.add_argument("--only", default="")
    a.add_argument("--quick", action="store_true", help="fewer repetitions")
    args = a.parse_args()
    sys.path.insert(0, args.harness)
    sys.dont_write_bytecode = True
    global measures, gendoc, keys_of, jitter, seeded
    import gendoc
    import measures
    from ptyproc import jitter, keys_of, seeded
    write_runbooks(args.work)
    bench = Bench(args)
    load = os.getloadavg()[0]
    for measure in MEASURES:
        if re.search(args.only, measure.__name__):
            try:
                measure(bench)
            except (RuntimeError, OSError) as err:
                row(measure.__name__, "", "did not run: %s" % str(err)[:300], "", False)
    print(table())
    print("\n120×40, %d CPUs, load %.1f before and %.1f after; ratios count more than times on a machine that is shared."
          % (os.cpu_count(), load, os.getloadavg()[0]))
    failed = sum(not r[-1] for r in ROWS)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
