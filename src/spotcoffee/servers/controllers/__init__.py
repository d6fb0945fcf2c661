"""Controllers of equipment without RADIUS, over HTTP: the I/O edge. What is asked and what it means lies below.

`line` carries one request and its answer; a driver speaks one make's way of logging in; `rounds` visits each
controller in turn, in the worker process.
"""
