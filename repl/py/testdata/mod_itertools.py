import itertools, string
from itertools import islice
print(list(itertools.chain([1, 2], "ab")), list(itertools.chain.from_iterable([[1], [2, 3]])), list(islice(itertools.count(5, 2), 3)), list(islice(itertools.cycle("ab"), 5)), list(itertools.repeat(7, 3)))
print(list(islice("abcdefg", 2)), list(islice("abcdefg", 2, 4)), list(islice("abcdefg", 2, None)), list(islice("abcdefg", 0, None, 2)))
print(list(itertools.zip_longest("abc", [1], fillvalue="-")), list(itertools.accumulate([1, 2, 3])), list(itertools.accumulate([1, 2, 3], lambda a, b: a * b, initial=10)), list(itertools.pairwise("abc")))
print(list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.filterfalse(None, [0, 1, 2, ""])), list(itertools.starmap(pow, [(2, 3), (3, 2)])), list(itertools.compress("abcd", [1, 0, 1])))
print([(k, list(g)) for k, g in itertools.groupby("aabbbc")], [k for k, g in itertools.groupby([1, 3, 2, 4, 5], key=lambda x: x % 2)])
print(list(itertools.product("ab", [1, 2])), len(list(itertools.product(range(3), repeat=3))), list(itertools.product()), list(itertools.product("a", [])))
print(list(itertools.permutations("abc")), list(itertools.permutations(range(4), 2)), list(itertools.combinations("abcd", 2)), list(itertools.combinations_with_replacement("ab", 3)), list(itertools.permutations("ab", 3)), list(itertools.combinations("ab", 0)))
a, b = itertools.tee([1, 2, 3])
print(next(a), next(a), list(b), list(a))
c = itertools.count()
print(next(c), next(c), next(islice(c, 3, None)), next(c))
it = iter(range(10))
print(list(islice(it, 2, 5, 9)), next(it))
for f in [lambda: islice("a", -1), lambda: itertools.combinations("a", -1), lambda: itertools.chain(1).__next__ if False else list(itertools.chain(1))]:
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(string.ascii_letters, string.digits, string.hexdigits, repr(string.punctuation), repr(string.whitespace), len(string.printable), string.capwords("hello big  world"), string.capwords("a-b", "-"))
