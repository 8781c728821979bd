"""How the product tells what it does, and the points where tests let it die."""
