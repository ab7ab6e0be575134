"""HTTP, cut by who holds the screen. A view has three movements: guard, parse, call and answer."""
