"""Pictures without an engine: what is drawn once appears in HTML as SVG and in print as TikZ.

A chart function takes plain values and returns a :class:`~.shapes.Picture`: shapes whose looks are
words of one vocabulary (:mod:`.looks`), never colors. A drawing by hand becomes the same value
(:func:`~.drawing.read_drawing`). :func:`~.emitters.to_svg` and :func:`~.emitters.to_tikz` are the
two ways out; both ask their caller where a link leads.
"""
