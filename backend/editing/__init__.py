"""The bank learns: what was asked, what could not be answered, and how editors put it into the files.

The knowledge folder stays the truth. This room keeps beside it what was asked (without the person),
the tickets, what editors propose and every version that was published; it writes the files only when
a second editor has agreed. Git, where the folder is a work tree, is left to those who use it.
"""
