"""What keeps a survey alive: what has become of its papers, what it lacks, what has changed.

:mod:`.collection` reads what others have collected, :mod:`.matching` finds the survey's papers in
it and asks services for them, :mod:`.refresh` makes proposals of what differs; :mod:`.candidates`
finds what the survey may lack, with the categories it may belong to, and :mod:`.inbox` keeps it;
:mod:`.history` tells two states of a survey apart, for readers, and keeps what each edition
changed; :mod:`.state` says what editors should look after.

Nothing here prints, and nothing goes online but through the client that a command hands over.
"""
