"""What ``add`` does with a paper that the survey has: say so, and bring its entry up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import apply_edits, set_fields
from livingsurvey.cli.asking import confirm, is_interactive
from livingsurvey.cli.command import Exit
from livingsurvey.cli.configuration import show
from livingsurvey.cli.writing import Change, read_for_change, show_changes, write_changes

if TYPE_CHECKING:
    from livingsurvey.catalog import Library
    from livingsurvey.cli.drafts import Draft
    from livingsurvey.cli.session import Session
    from livingsurvey.cli.twins import Twin


def report_twin(name: str, twin: Twin, session: Session) -> None:
    """Say where the paper is."""
    paper = twin.paper
    session.console.print(
        f"{name}: the survey has it as {paper.key} ({paper.location}), by its {twin.mark}"
    )


def meet_twin(draft: Draft, twin: Twin, library: Library, session: Session) -> int:
    """Say that the paper is there; bring its entry up to date if that is wished."""
    paper, console = twin.paper, session.console
    report_twin(draft.name, twin, session)
    news = _find_news(draft, twin)
    if not news:
        return Exit.FINDINGS
    what = "the published version" if draft.is_published else "the preprint"
    if not session.arguments.update:
        offer = f"{draft.name} is {what} of it"
        if not is_interactive(console):
            console.note(f"{offer}; --update puts its facts into {paper.key}")
            return Exit.FINDINGS
        if not confirm(f"{offer}. Put its facts into {paper.key}?", console):
            return Exit.FINDINGS
    entry = next(one for one in library.entries if one.key == paper.key)
    path = next(one for one in session.configuration.bibliographies
                if show(one) == entry.source.path)  # fmt: skip
    source = read_for_change(path)
    # An arXiv number in the place of the journal goes when the real one comes.
    journal = entry.get("journal").lower()
    is_stale = journal.startswith(("arxiv", "corr")) and "journal" not in news
    edits = set_fields(
        entry,
        news,
        entry_type=draft.entry_type if draft.is_published else "",
        removed=("journal", "volume") if is_stale and draft.is_published else (),
    )
    change = Change(path, source, apply_edits(source.text, edits))
    if change.text == source.text:
        return Exit.FINDINGS
    if session.arguments.dry_run:
        show_changes([change], console)
        console.note(f"{paper.key}: would be updated: {', '.join(news)}")
        return Exit.CLEAN
    write_changes([change])
    console.print(f"{paper.key}: updated: {', '.join(news)}")
    return Exit.CLEAN


def _find_news(draft: Draft, twin: Twin) -> dict[str, str]:
    """Return the fields of the draft that the entry is to take over, none if it knows them all.

    A published version brings its venue, year and identifiers into the entry of a preprint; a
    preprint brings its identifier into the entry of a published version. Title, authors, and all
    that the survey itself says stay as an editor left them.
    """
    paper = twin.paper
    has_venue = bool(paper.venue) and not paper.venue.lower().startswith(("arxiv", "corr"))
    names: tuple[str, ...] = ()
    if draft.is_published and not has_venue:
        names = ("booktitle", "journal", "volume", "number", "pages", "publisher", "year", "doi")
    elif draft.is_published and draft.doi and not paper.doi:
        names = ("doi",)
    if draft.arxiv and not paper.arxiv:
        names = (*names, "eprint", "archiveprefix", "primaryclass")
    return {name: draft.fields[name] for name in names if name in draft.fields}
