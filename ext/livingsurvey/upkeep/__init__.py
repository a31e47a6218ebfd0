"""What keeps a survey alive: what has become of its papers, what it lacks, what has changed.

:mod:`.records` reads what others have collected, :mod:`.matching` finds the survey's papers in
it, :mod:`.refresh` makes proposals of what differs; :mod:`.fetching` asks what the survey may
lack, :mod:`.inbox` keeps it, in the order and with the categories of :mod:`.suggestions`;
:mod:`.changes` tells two states of a survey apart, for readers, and :mod:`.history` keeps what
each edition changed; :mod:`.chapters` and :mod:`.state` say what editors should look after.

Nothing here asks, prints or goes online by itself: the commands do.
"""
