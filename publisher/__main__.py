"""`python -m publisher`."""

from publisher.cli.main import run

if __name__ == "__main__":
    run()
