"""Applications under way (办件): from the draft to the decision.

Knows drafts, how a case follows the steps of its matter's file, who may move it, working-day
deadlines, the timeline and the units' queues. Leaves what is special about one matter to the
room above it (`accommodation`), the pages to the faces, sending to `notify`, files to `files`.
"""
