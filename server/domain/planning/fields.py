"""Arithmetic of finite fields, the source of the richest repeat-free designs. GF(q) exists for prime powers
q."""

import itertools

Table = list[list[int]]


def prime_power(q: int) -> tuple[int, int] | None:
    """(p, e) with q = p**e and p prime, or None when q is no prime power."""
    if q < 2:
        return None
    prime = next(p for p in range(2, q + 1) if q % p == 0)
    exponent, rest = 0, q
    while rest % prime == 0:
        rest //= prime
        exponent += 1
    return (prime, exponent) if rest == 1 else None


def field(q: int) -> tuple[Table, Table] | None:
    """Addition and multiplication of GF(q) as tables over 0..q-1, or None when there is no such field."""
    power = prime_power(q)
    if power is None:
        return None
    p, e = power
    digits = [[(x // p**k) % p for k in range(e)] for x in range(q)]
    number = {tuple(d): x for x, d in enumerate(digits)}
    add = [[number[tuple((a + b) % p for a, b in zip(dx, dy, strict=True))] for dy in digits] for dx in digits]
    powers = powers_of_a_generator(p, e)
    position = {number[d]: exponent for exponent, d in enumerate(powers)}
    values = [number[d] for d in powers]
    mul = [
        [0 if x == 0 or y == 0 else values[(position[x] + position[y]) % (q - 1)] for y in range(q)] for x in range(q)
    ]
    return add, mul


def powers_of_a_generator(p: int, e: int) -> list[tuple[int, ...]]:
    """All non-zero elements as powers of one element, digit vectors to base p."""
    return next(powers for powers in (_orbit(p, e, c) for c in itertools.product(range(p), repeat=e)) if powers)


def _orbit(p: int, e: int, low: tuple[int, ...]) -> list[tuple[int, ...]] | None:
    """The powers of x modulo x**e + low, when they run through all q-1 non-zero elements."""
    one = (1,) + (0,) * (e - 1)
    orbit = [one]
    while True:
        top = orbit[-1][-1]
        shifted = (0, *orbit[-1][:-1])
        following = tuple((s - top * c) % p for s, c in zip(shifted, low, strict=True))
        if following == one:
            return orbit if len(orbit) == p**e - 1 else None
        if following in orbit or not any(following):
            return None
        orbit.append(following)
