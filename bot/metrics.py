"""What an operator watches, for Prometheus. Labels never hold anything of a resident."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The service's figures in a registry of their own, so that two services fit in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("received", "Messages taken in", "channel", "fresh")
        self.refused = self._counter("refused", "Requests turned away", "route", "reason")
        self.worked = self._counter("worked", "Inbound messages worked on", "result")
        self.sent = self._counter("sends", "Attempts to send by result", "channel", "result")
        self.analysis = Histogram(
            "lamplighter_analysis_seconds", "Time to understand a batch", registry=self.registry
        )
        self.answer = self._waits("answer", "From a message's arrival to the provider's yes")
        self.wait = self._waits("wait", "From a message's arrival to its answer being queued")
        self.reply = self._waits("reply", "From queueing a message to the provider's yes")
        self.queue = self._gauge("queue_depth", "Rows waiting", "queue", "state")
        self.age = self._gauge("queue_age_seconds", "Age of the oldest waiting row", "queue")
        self.dead = self._gauge("dead_letters", "Messages for a person to look at: inbox")
        self.digest_lag = self._gauge(
            "digest_lag_seconds", "Time since a digest was due that was not made", "team"
        )
        self.database = self._gauge("database_up", "Whether the database answered just now")
        self.fetch_failures = self._gauge(
            "fetch_failures", "Rounds in a row that fetched nothing from a provider", "channel"
        )
        self.spend = self._gauge("sms_segments", "Text message segments sent", "period")
        self.spend_limit = self._gauge("sms_segments_limit", "The ceiling of segments", "period")

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _waits(self, name: str, words: str) -> Histogram:
        buckets = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)
        name = f"lamplighter_{name}_seconds"
        return Histogram(name, words, ["priority"], registry=self.registry, buckets=buckets)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"lamplighter_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"lamplighter_{name}", words, labels, registry=self.registry)
