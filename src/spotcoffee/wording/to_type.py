"""Rates, volumes and prices as a person would type them into a field: exact, so that reading them gives them back."""

from decimal import Decimal

from django.utils.translation import get_language

from spotcoffee.domain.units import BitsPerSecond, Octets

_SCALES = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def rate_to_type(bits_per_second: BitsPerSecond) -> str:
    """`2 Mbit/s`, `1,5 Mbit/s`."""
    return _scaled(bits_per_second, "bit/s")


def volume_to_type(octets: Octets) -> str:
    """`5 Go`, `1,5 Go`; French counts in octets."""
    return _scaled(octets, "o" if _is_french() else "B")


def price_to_type(price: Decimal) -> str:
    """`3,50`; a third decimal only where it has one."""
    cents = price.quantize(Decimal("0.01"))
    return _localised(str(cents if cents == price else price))


def _scaled(value: int, unit: str) -> str:
    for size, prefix in _SCALES:
        # What would need more than three decimals is written with a smaller unit.
        if value >= size and value * 1_000 % size == 0:
            return f"{_localised(format((Decimal(value) / size).normalize(), 'f'))} {prefix}{unit}"
    return f"{value} {unit}"


def _localised(number: str) -> str:
    return number.replace(".", ",") if _is_french() else number


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")
