import random
random.seed(1)
print([random.randint(1, 100) for i in range(8)], random.random(), random.choice("abc"), random.getrandbits(70))
random.seed("text")
l = list(range(10))
random.shuffle(l)
print(l, random.sample(range(100), 5), random.uniform(1, 2), random.randrange(0, 50, 5))
random.seed(7)
print(random.choices([1, 2, 3], k=6))
