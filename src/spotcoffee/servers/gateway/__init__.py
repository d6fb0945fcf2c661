"""The built-in gateway: a Linux box that lets guests through, counts and limits them.

To the server it is a RADIUS client like any other. The brain (box, client, face, island) decides who gets through;
`enforcement` is the line between the brain and the kernel.
"""
