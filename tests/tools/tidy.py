#!/usr/bin/env python3
"""Runs clang-tidy over the project's own sources and remembers what was clean.

usage: tidy.py BUILD_DIR [--jobs N] [--no-cache] [FILE…]

BUILD_DIR holds compile_commands.json of a configuration without precompiled headers, with the
generated API headers already written. Without FILEs: every source under common/, services/ and
tests/; one of them that no target compiles is an error, since nobody would notice it rotting.

Nearly all of clang-tidy's time over a source goes into gRPC's headers, so several sources are
examined as one translation unit that includes them: such whose names, as far as a glance tells, do
not collide. Where the compiler finds a collision all the same, the sources that it names are taken
out and examined in units of their own; a lone source that does not parse is an error.

A source found clean is remembered under a hash of everything that the verdict depends on: the
source, the project's headers it reaches, all protos when it reaches a generated header, the flags,
the configuration and clang-tidy's version. The memory is ${XDG_CACHE_HOME:-~/.cache}/lianfang-tidy.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("common", "services", "tests")
CONFIG = ROOT / ".clang-tidy"
# Sources in one translation unit. What it costs is mostly its headers, with 16 nearly all; with more, names collide more often, and
# what is examined last leaves the other processors idle.
UNIT_SIZE = 48
# An error of the compiler, not of a check: its file.
COMPILER_ERROR = r"^(/[^:\n]+):\d+:\d+: error: .*\[clang-diagnostic-error\]$"
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)
KEPT_PREFIXES = ("-I", "-D", "-std=")
KEPT_PAIRS = ("-isystem", "-I", "-D")


def project_sources():
    found = []
    for folder in FOLDERS:
        for directory, names, files in os.walk(ROOT / folder):
            names[:] = [n for n in names if n != "node_modules"]
            found += [pathlib.Path(directory) / f for f in files if f.endswith(".cc")]
    return sorted(found)


def read_commands(build):
    """Returns the compiled project sources and the union of their include and definition flags."""
    sources, flags = set(), {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        relative = os.path.relpath(path, ROOT)
        if relative.split(os.sep)[0] not in FOLDERS:
            continue
        sources.add(path)
        arguments = shlex.split(entry["command"])
        i = 0
        while i < len(arguments):
            if arguments[i] in KEPT_PAIRS and i + 1 < len(arguments):
                flags.setdefault((arguments[i], arguments[i + 1]))
                i += 1
            elif arguments[i].startswith(KEPT_PREFIXES):
                flags.setdefault((arguments[i],))
            i += 1
    flags.setdefault(("-isystem", str(build / "proto" / "gen")))
    return sources, [part for flag in flags for part in flag]


class Hasher:
    """The key of a source; files are read once."""

    def __init__(self, build, flags):
        version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True)
        # The build folder's place is no part of the verdict: a fresh clone elsewhere shares it.
        portable = [f.replace(str(build), "BUILD").replace(str(ROOT), "ROOT") for f in flags]
        self._common = "\n".join([version.stdout, CONFIG.read_text(), *portable])
        self._protos = self._hash_protos()

    @staticmethod
    def _hash_protos():
        digest = hashlib.sha256()
        protos = [p for folder in ("proto", "services") for p in (ROOT / folder).rglob("*.proto")]
        for path in sorted(protos):
            digest.update(os.path.relpath(path, ROOT).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    @functools.lru_cache(maxsize=None)
    def _file(self, path):
        """(digest, project files that it includes, whether it includes a generated header)"""
        data = path.read_bytes()
        reached, generated = [], False
        for name in INCLUDE.findall(data.decode("utf-8", "replace")):
            if name.endswith(".pb.h"):
                generated = True
            for candidate in (ROOT / name, path.parent / name):
                if candidate.is_file():
                    reached.append(candidate.resolve())
                    break
        return hashlib.sha256(data).hexdigest(), reached, generated

    def key(self, source):
        seen, todo, generated = {}, [source], False
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            digest, reached, has_generated = self._file(path)
            seen[path] = digest
            generated = generated or has_generated
            todo += reached
        lines = [self._common, os.path.relpath(source, ROOT)]
        lines += sorted(f"{os.path.relpath(p, ROOT)} {d}" for p, d in seen.items())
        if generated:
            lines.append(self._protos)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


NAMESPACE = re.compile(r"^(?:inline )?namespace ([\w:]*) ?{$", re.MULTILINE)
UNNAMED = re.compile(r"^namespace {$(.*?)^}  // namespace$", re.MULTILINE | re.DOTALL)
# What a line at the margin may declare; too many names do no harm.
DECLARED = re.compile(
    r"^(?:class|struct|enum class|enum|union) (\w+)\b|^using (\w+) ="
    r"|^TEST(?:_F|_P)?\(([^)]*)\)|^\w[\w:<>,&* ]*[ &*>](\w+)(?:\[\w*\])? ?[({=;]",
    re.MULTILINE,
)
# What a program has one of.
ENTRY = re.compile(r"^(?:int|extern \"C\" int) (main|LLVMFuzzerTestOneInput)\(", re.MULTILINE)


def declared(text, within):
    """The names that `within`, which is part of the text, declares in the text's namespaces."""
    where = " ".join(n for n in NAMESPACE.findall(text) if n)
    return {(where, "".join(found).replace(" ", "")) for found in DECLARED.findall(within)}


def names_of(source):
    """What a source of the same namespaces must not declare as well."""
    text = source.read_text("utf-8", "replace")
    names = declared(text, "".join(UNNAMED.findall(text)))
    return names | {("", name) for name in ENTRY.findall(text)}


def names_of_headers():
    names = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.h"):
            text = path.read_text("utf-8", "replace")
            names |= declared(text, text)
    return names


def pack(sources, size):
    """Units of at most so many sources, such with a name in common apart."""
    units = []  # (sources, their names)
    # Those of one folder include the same headers.
    for source in sorted(sources):
        names = names_of(source)
        for unit, taken in units:
            if len(unit) < size and not names & taken:
                unit.append(source)
                taken |= names
                break
        else:
            units.append(([source], names))
    return [unit for unit, _ in units]


def make_units(sources, size=UNIT_SIZE):
    """Packs the sources, apart such as name something of their own like what a header has."""
    headers = names_of_headers()
    alike = [source for source in sources if names_of(source) & headers]
    return pack(set(sources) - set(alike), size) + pack(alike, size)


class Runner:
    def __init__(self, build, flags):
        self._flags = flags
        self._folder = build / "tidy-units"
        self._folder.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._number = 0

    def _tidy(self, path):
        command = ["clang-tidy", "--quiet", f"--config-file={CONFIG}", "--extra-arg=-ferror-limit=0"]
        command += [str(path), "--", *self._flags]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT)
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def _colliding(output, unit):
        """The sources of the unit that do not parse together with those before them."""
        named = set(re.findall(COMPILER_ERROR, output, re.MULTILINE))
        if not named:
            return []
        colliding = [s for s in unit if str(s) in named]
        # An error in a header, or in all of them, does not tell who is in whose way.
        return colliding if 0 < len(colliding) < len(unit) else unit[len(unit) // 2 :]

    def examine(self, unit):
        """Returns [(sources, clean, output)], one for each translation unit that it took."""
        apart = []
        while len(unit) > 1:
            with self._lock:
                self._number += 1
                path = self._folder / f"unit{self._number}.cc"
            path.write_text("".join(f'#include "{s}"  // NOLINT\n' for s in unit))
            # Seldom in vain: the names were looked at before.
            code, output = self._tidy(path)
            colliding = self._colliding(output, unit)
            if not colliding:
                results = [(unit, code == 0, output)]
                break
            apart += colliding
            unit = [s for s in unit if s not in colliding]
        else:
            code, output = self._tidy(unit[0])
            results = [(unit, code == 0, output)]
        return results + (self.examine(apart) if apart else [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-cache", action="store_true")
    options = parser.parse_args()
    build = options.build.resolve()

    compiled, flags = read_commands(build)
    wanted = [f.resolve() for f in options.files] or project_sources()
    orphans = [s for s in wanted if s not in compiled]
    for orphan in orphans:
        print(f"{os.path.relpath(orphan, ROOT)}: no target compiles this source")
    wanted = [s for s in wanted if s in compiled]
    if not wanted:
        print("no source to examine")
        return 1

    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    cache /= "lianfang-tidy"
    cache.mkdir(parents=True, exist_ok=True)
    hasher = Hasher(build, flags)
    keys = {source: hasher.key(source) for source in wanted}
    todo = [s for s in wanted if options.no_cache or not (cache / keys[s]).exists()]
    print(f"{len(wanted)} sources, {len(wanted) - len(todo)} known to be clean", flush=True)

    runner = Runner(build, flags)
    examined, failed, started = 0, 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        futures = [pool.submit(runner.examine, unit) for unit in make_units(todo)]
        for future in concurrent.futures.as_completed(futures):
            for sources, clean, output in future.result():
                examined += len(sources)
                # The form of ninja's lines, which the caller turns into progress.
                names = " ".join(os.path.relpath(s, ROOT) for s in sources)
                print(f"[{examined}/{len(todo)}] {names}", flush=True)
                if clean:
                    for source in sources:
                        (cache / keys[source]).touch()
                else:
                    failed += 1
                    print(re.sub(r"^\d+ warnings? generated\.\n", "", output, flags=re.MULTILINE))
    print(f"examined {examined} sources in {time.monotonic() - started:.0f} s")
    return 1 if failed or orphans else 0


if __name__ == "__main__":
    sys.exit(main())
