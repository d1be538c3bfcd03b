"""The whole story, a button a step: somebody made up registers, an officer visits, the form is there.

It does what two people with browsers would do, through the product's own pages over HTTP;
whatever a person has done by hand in the meantime is found done.
"""
