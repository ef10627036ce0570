"""When things happen: the only place that knows APScheduler."""
