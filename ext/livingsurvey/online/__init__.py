"""Records from arXiv's and Crossref's public interfaces: politely, cached, or not at all.

Only the commands ``add`` and ``verify`` go online; no build ever does. :func:`.targets.identify`
understands identifiers and addresses, :class:`.client.Client` fetches a :class:`.record.Record`,
:func:`.record.make_fields` makes an entry of it, :func:`.record.compare` holds one against it.
Everything that can go wrong is an :class:`.targets.OnlineError` with words for editors.

The interfaces are described at https://info.arxiv.org/help/api/user-manual.html and
https://github.com/CrossRef/rest-api-doc.
"""
