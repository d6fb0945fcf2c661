"""What SpotCoffee costs: speed, latency and memory on this machine. `python -m bench`, read bench/README.md first."""
