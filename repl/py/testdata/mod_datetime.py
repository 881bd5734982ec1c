from datetime import datetime, timedelta, timezone
import datetime as dt
import errno, operator, traceback, os
a = datetime(2024, 2, 29, 13, 5, 7, 250)
print(a, repr(a), a.isoformat(), a.strftime("%Y-%m-%d %H:%M:%S.%f"), a.year, a.microsecond, a.weekday())
print(f"{a:%d/%m/%y}", a.isoformat(" "), datetime(2024, 1, 1), repr(datetime(2024, 1, 1)))
b = a + timedelta(days=1, hours=2, seconds=0.5)
print(b, b - a, repr(b - a), (b - a).total_seconds(), (b - a).days, (b - a).seconds)
print(a - timedelta(minutes=90), a < b, a == b, a == datetime(2024, 2, 29, 13, 5, 7, 250), min(a, b) is a)
print(timedelta(days=-1, seconds=5), repr(timedelta(seconds=-1)), -timedelta(hours=3), timedelta(hours=1) * 2.5, timedelta(hours=3) / 2, timedelta(hours=3) / timedelta(minutes=30))
print(bool(timedelta()), repr(timedelta()), timedelta(weeks=1, milliseconds=3))
u = datetime.fromtimestamp(1700000000.25, timezone.utc)
print(u, repr(u), u.timestamp(), u.tzinfo if False else timezone.utc)
print(datetime.utcfromtimestamp(0), datetime.strptime("2023-05-06 07:08:09", "%Y-%m-%d %H:%M:%S"))
print(isinstance(a, datetime), isinstance(b - a, dt.timedelta), isinstance(datetime.now(), dt.datetime), datetime.now() - datetime.now() < timedelta(0) or True)
for bad in (lambda: datetime(2023, 2, 29), lambda: a - u, lambda: a < u, lambda: a + 1):
    try: bad()
    except (ValueError, TypeError) as e: print(type(e).__name__)
d = {a: 1}
print(d[datetime(2024, 2, 29, 13, 5, 7, 250)])
print(errno.EPERM, errno.ENOENT, errno.errorcode[errno.ENOBUFS], errno.EWOULDBLOCK == errno.EAGAIN)
rows = [("b", 2, {"k": 1}), ("a", 3, {"k": 0})]
print(sorted(rows, key=operator.itemgetter(0)), list(map(operator.itemgetter(1, 0), rows)), operator.attrgetter("year", "month")(a))
try: os.open if False else 1 / 0
except ZeroDivisionError: print("division" in traceback.format_exc())
