"""What tables are made of: moments and states (aware UTC and named states, on disk numbers), and names."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from math import floor

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, MetaData, SmallInteger, TypeDecorator

from publisher.model.delivery import DeliveryState
from publisher.model.pace import moment_of_us, us_of

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    },
)
"""The tables of `schema`, together, and how their indexes and constraints are called."""

DELIVERY_CODES: dict[DeliveryState, int] = {
    DeliveryState.PENDING: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.DEFERRED: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.REJECTED: 4,
    DeliveryState.SUPPRESSED: 5,
    DeliveryState.UNCERTAIN: 6,
}
"""How a delivery's state is written; never renumber."""

_DELIVERY_STATES = {code: state for state, code in DELIVERY_CODES.items()}


def one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    """Return the rule that a column holds the name of one of these states."""
    names = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({names})", name=column)


class Moment(TypeDecorator[datetime]):
    """An aware moment to the microsecond. SQLite gives back naive ones, which this makes aware again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write `value` in UTC."""
        return None if value is None else _aware(value).astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read a moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Seconds(TypeDecorator[datetime]):
    """An aware moment as whole seconds since 1970, rounded down: small, and the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write `value` as its second."""
        return None if value is None else second_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read a moment back as aware UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Microseconds(TypeDecorator[datetime]):
    """An aware moment as whole microseconds since 1970: nothing is lost of it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write `value` as its microsecond."""
        return None if value is None else us_of(_aware(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read a moment back as aware UTC."""
        return None if value is None else moment_of_us(value)


class DeliveryCode(TypeDecorator[DeliveryState]):
    """The state of a delivery as its number."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: DeliveryState | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write `value` as its number."""
        return None if value is None else DELIVERY_CODES[value]

    def process_result_value(self, value: int | None, dialect: Dialect) -> DeliveryState | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read a state back."""
        return None if value is None else _DELIVERY_STATES[value]


def second_of(moment: datetime) -> int:
    """Return an aware moment as `Seconds` writes it."""
    return floor(_aware(moment).timestamp())


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive moment {value}")
    return value
