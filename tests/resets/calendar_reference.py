#!/usr/bin/env python3
"""Prints when each trading day of 2024 to 2030 ends, by Python's own zone code: "ZONE HH:MM DATE SECONDS" a line.

An independent reading of the same rule as actors/resets/trading_calendar: the reset is the first instant of DATE at which the
zone's clock shows HH:MM, or the first instant after the gap where it never does. SECONDS count from 1970 UTC.
"""
import datetime
import zoneinfo

ROWS = [
    ("America/New_York", "17:00"), ("America/Chicago", "17:00"), ("Europe/London", "17:00"), ("Asia/Kolkata", "17:00"),
    # times of day that a spring gap swallows and an autumn hour repeats
    ("America/New_York", "02:30"), ("America/Chicago", "01:30"), ("Europe/London", "01:15"), ("America/Santiago", "00:00"),
]


def first_instant_at_or_after(wall, zone):
    """The first UTC second from which the zone's clock shows `wall` or more. Found by looking at the clock, not by adding offsets."""
    def shown(t):
        return datetime.datetime.fromtimestamp(t, zone).replace(tzinfo=None)

    # Where the day before says, three hours early: no zone moves its clock by more than that in these years.
    naive = int(wall.replace(tzinfo=datetime.timezone.utc).timestamp())
    at = naive - int((shown(naive - 86400) - datetime.datetime.fromtimestamp(naive - 86400, datetime.timezone.utc).replace(tzinfo=None)).total_seconds()) - 3 * 3600
    assert shown(at) < wall
    while shown(at) < wall:  # by quarter hours, because the clock goes back where an hour repeats, and only at such a quarter
        at += 900
    before = at - 900
    while at - before > 1:
        middle = (before + at) // 2
        if shown(middle) < wall:
            before = middle
        else:
            at = middle
    return at


def main():
    for name, time in ROWS:
        zone = zoneinfo.ZoneInfo(name)
        hour, minute = map(int, time.split(":"))
        day = datetime.date(2024, 1, 1)
        while day.year <= 2030:
            wall = datetime.datetime(day.year, day.month, day.day, hour, minute)
            print(name, time, day.isoformat(), first_instant_at_or_after(wall, zone))
            day += datetime.timedelta(days=1)


if __name__ == "__main__":
    main()
