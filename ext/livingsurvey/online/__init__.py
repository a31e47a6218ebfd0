"""Records of papers from public interfaces: politely, cached, or not at all.

Only commands go online; no build ever does. :func:`.record.identify` understands identifiers and
addresses, :class:`.client.Client` fetches a :class:`.record.Record`, :func:`.record.make_fields`
makes an entry of it, :func:`.record.find_differences` holds one against it. :mod:`.arxiv`,
:mod:`.crossref` and :mod:`.items` (DBLP, OpenAlex and what others make) read the answers.
Everything that can go wrong is an :class:`.record.OnlineError` with words for editors.
"""
