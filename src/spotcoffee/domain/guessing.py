"""Slowing those who guess codes, without touching honest guests (trust.md).

Wrong codes cost tokens. An empty device is refused without a look at its password; an empty access point refuses no
one: it is an alarm, and leaves each device fewer guesses.
"""

from dataclasses import dataclass, field
from typing import Final

DEVICE_TOKENS: Final = 20.0
DEVICE_TOKENS_UNDER_ALARM: Final = 5.0
SHARE_UNDER_ALARM: Final = DEVICE_TOKENS_UNDER_ALARM / DEVICE_TOKENS
DEVICE_SECONDS_PER_TOKEN: Final = 15.0
ACCESS_POINT_TOKENS: Final = 200.0
ACCESS_POINT_SECONDS_PER_TOKEN: Final = 1.0
# Beyond this many devices the fullest buckets are forgotten: they are the least suspect.
MOST_BUCKETS: Final = 50_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class Guessing:
    """The buckets of one server process. Times are monotonic seconds.

    tokens, seconds_per_token: of a device; more where one name stands for many guests, such as a shared address.
    """

    tokens: float = DEVICE_TOKENS
    seconds_per_token: float = DEVICE_SECONDS_PER_TOKEN
    _devices: dict[tuple[int, str], _Bucket] = field(default_factory=dict)
    _access_points: dict[int, _Bucket] = field(default_factory=dict)

    def refuses(self, access_point_id: int, device: str, *, now: float, pending: int = 0) -> bool:
        """Whether this device has guessed so often that its password is not looked at.

        pending: others of its passwords that are being looked at meanwhile, and may turn out wrong.
        """
        bucket = self._devices.get((access_point_id, device))
        if bucket is None:
            return self._most(access_point_id) < 1 + pending
        self._fill(bucket, now, most=self._most(access_point_id), pace=self.seconds_per_token)
        return bucket.tokens < 1 + pending

    def failed(self, access_point_id: int, device: str, *, now: float) -> bool:
        """Take a token for a wrong code. Answers whether the access point is now under attack."""
        most = self._most(access_point_id)
        bucket = self._devices.setdefault((access_point_id, device), _Bucket(most, now))
        self._fill(bucket, now, most=most, pace=self.seconds_per_token)
        bucket.tokens = max(0.0, bucket.tokens - 1)
        if len(self._devices) > MOST_BUCKETS:
            self._forget_fullest()
        point = self._access_points.setdefault(access_point_id, _Bucket(ACCESS_POINT_TOKENS, now))
        self._fill(point, now, most=ACCESS_POINT_TOKENS, pace=ACCESS_POINT_SECONDS_PER_TOKEN)
        point.tokens = max(0.0, point.tokens - 1)
        return point.tokens < 1

    def _most(self, access_point_id: int) -> float:
        point = self._access_points.get(access_point_id)
        return self.tokens if point is None or point.tokens >= 1 else self.tokens * SHARE_UNDER_ALARM

    @staticmethod
    def _fill(bucket: _Bucket, now: float, *, most: float, pace: float) -> None:
        bucket.tokens = min(most, bucket.tokens + max(0.0, now - bucket.at) / pace)
        bucket.at = now

    def _forget_fullest(self) -> None:
        fullest = sorted(self._devices, key=lambda key: -self._devices[key].tokens)
        for key in fullest[: MOST_BUCKETS // 2]:
            del self._devices[key]
