"""Processes of the service that die at a chosen commit.

`python -m tests.acceptance.nursery` loads everything once and then forks a child for every line on
its stdin, for starting the service anew takes seconds and forking it none. A child runs the service
as `lamplighter run` does, and kills itself (SIGKILL) just before or just after the first commit
that wrote what it was told to wait for. What a commit wrote is named by its statements, as
"insert inbound" or "update outbox attempts,leased_until,state".
"""

import asyncio
import gc
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlp.analyzer import Analyzer

ROOT = Path(__file__).parents[2]
_WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)(?: SET (.*?)(?: WHERE|$))?", re.S)


@dataclass(frozen=True, slots=True)
class Life:
    """One process: its settings, where it notes its commits, and where it dies.

    `dies` is one of the commit's writes; `after` is the commit's far side.
    """

    environment: dict[str, str]
    notes: str
    roles: str = "web,worker,sender"
    dies: str = ""
    after: bool = False


class Nursery:
    """The process that forks, seen from the tests."""

    def __init__(self) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    def bear(self, life: Life) -> int:
        """Begin a life; its process id."""
        return int(self._ask(json.dumps(asdict(life))))

    async def bury(self, child: int, how: int | None = None, seconds: float = 30) -> int:
        """Wait for a life's end, after a signal if `how` is one; its exit status, as of `wait`."""
        if how is not None:
            os.kill(child, how)
        async with asyncio.timeout(seconds):
            while not (ended := self._ask(str(child)).strip()):
                await asyncio.sleep(0.02)
        return int(ended)

    def close(self) -> None:
        """End the mother; her children have ended."""
        self._mother.communicate("")

    def _ask(self, line: str) -> str:
        if self._mother.stdin is None or self._mother.stdout is None:
            raise RuntimeError("the mother has no pipes")
        self._mother.stdin.write(line + "\n")
        self._mother.stdin.flush()
        return self._mother.stdout.readline()


class Commits:
    """Notes what every transaction of this process writes, and kills it at the chosen one."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._notes = os.open(life.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def statement(self, connection: Any, _cursor: object, sql: str, *_: object) -> None:
        """A statement is about to run."""
        found = _WRITES.match(sql)
        if found:
            verb, table, columns = found.groups(default="")
            names = ",".join(sorted(re.findall(r"(\w+)\s*=", columns)))
            connection.info.setdefault("writes", set()).add(
                f"{verb.split()[0].lower()} {table} {names}".strip()
            )

    def before(self, connection: Any) -> None:
        """A transaction is about to be committed."""
        writes = connection.info.pop("writes", set())
        if writes:
            os.write(self._notes, (json.dumps(sorted(writes)) + "\n").encode())
        if self._life.dies in writes:
            connection.info["dies"] = True
            self._die(after=False)

    def after(self, _connection: object, record: Any, *_: object) -> None:
        """A connection goes back to its pool, after its commit."""
        record.info.pop("writes", None)
        if record.info.pop("dies", False):
            self._die(after=True)

    def _die(self, *, after: bool) -> None:
        if after == self._life.after:
            os.kill(os.getpid(), signal.SIGKILL)


def _live(life: Life, analyzer: "Analyzer") -> None:
    from sqlalchemy import Engine, event
    from sqlalchemy.pool import Pool

    from bot.cli.service import serve
    from bot.runtime.roles import parse_roles
    from bot.settings import load_settings

    commits = Commits(life)
    event.listen(Engine, "before_cursor_execute", commits.statement)
    event.listen(Engine, "commit", commits.before)
    event.listen(Pool, "reset", commits.after)
    os.environ.update(life.environment)
    asyncio.run(serve(load_settings(), parse_roles(life.roles), analyzer))


def _main() -> None:
    import bot.drawing.city_map
    import bot.drawing.trend_chart
    import bot.runtime.service  # noqa: F401 - all is loaded once, before the first fork
    from bot.city import demo_city_path, load_city
    from nlp.analyzer import Analyzer

    city = load_city(demo_city_path())
    analyzer = Analyzer.load(city.path, city.languages)
    gc.freeze()  # children need not walk through what their mother loaded

    for line in sys.stdin:
        if line.strip().isdigit():
            gone, status = os.waitpid(int(line), os.WNOHANG)
            print(os.waitstatus_to_exitcode(status) if gone else "", flush=True)
            continue
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            _live(Life(**json.loads(line)), analyzer)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    _main()
