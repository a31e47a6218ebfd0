"""``livingsurvey add -``: BibTeX as programs and sites export it becomes what is fetched.

The forms are those of public records: the same fields in the same order and dialect, the lists of
authors cut short.
"""

# ruff: noqa: E501, RUF001 (BibTeX as programs write it)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import Source
from livingsurvey.rules import RULES, apply_fixes
from livingsurvey.taxonomy import Taxonomy

if TYPE_CHECKING:
    from tests.surveys import Survey

    from livingsurvey.bibtex.read import Entry


def paste(survey: Survey, text: str) -> tuple[Entry, str]:
    """Add one entry; return it as it stands in the survey, and what ``check`` says of it."""
    before = {entry.key for entry in read_survey(survey)}
    done = survey.run("add", "-", "-c", "low-rank", stdin=text)
    assert done.status == 0, done.err
    (entry,) = (entry for entry in read_survey(survey) if entry.key not in before)
    text = survey.bib.read_text(encoding="utf-8")
    fixed = apply_fixes([Source("papers.bib", text)], Taxonomy(), RULES)
    assert [fix.message for fix in fixed.fixes if fix.message.startswith(entry.key)] == []
    found = survey.run("check").out.splitlines()
    return entry, "\n".join(line for line in found if f" {entry.key}: " in line)


def read_survey(survey: Survey) -> list[Entry]:
    return read_entries([Source("papers.bib", survey.bib.read_text(encoding="utf-8"))])[0]


def describe(entry: Entry) -> dict[str, str]:
    """Return type, key and fields of an entry, but what the survey has added."""
    own = {"keywords", "creationdate"}
    fields = {name: value.text for name, value in entry.values.items() if name not in own}
    return {"type": entry.entry_type, "key": entry.key, **fields}


LORA = {
    "type": "misc",
    "key": "hu2021lora",
    "title": "{LoRA}: Low-Rank Adaptation of Large Language Models",
    "shorttitle": "LoRA",
    "author": "Hu, Edward J. and Shen, Yelong",
    "year": "2021",
    "eprint": "2106.09685",
    "archiveprefix": "arXiv",
    "primaryclass": "cs.CL",
    "url": "https://arxiv.org/abs/2106.09685",
}
PREPRINT = {
    "arXiv": r"""@misc{hu2021loralowrankadaptationlarge, title={LoRA: Low-Rank Adaptation of Large Language Models},
  author={Edward J. Hu and Yelong Shen}, year={2021}, eprint={2106.09685}, archivePrefix={arXiv},
  primaryClass={cs.CL}, url={https://arxiv.org/abs/2106.09685}}""",
    "Google Scholar": r"""@article{hu2021lora, title={Lora: Low-rank adaptation of large language models},
  author={Hu, Edward J and Shen, Yelong}, journal={arXiv preprint arXiv:2106.09685}, year={2021}}""",
    "Semantic Scholar": r"""@article{Hu2021LoRALA, title={LoRA: Low-Rank Adaptation of Large Language Models},
  author={Edward J. Hu and Yelong Shen}, journal={ArXiv}, year={2021}, volume={abs/2106.09685},
  url={https://api.semanticscholar.org/CorpusID:235458009}}""",
    "DBLP": r"""@article{DBLP:journals/corr/abs-2106-09685, author={Edward J. Hu and Yelong Shen},
  title={LoRA: Low-Rank Adaptation of Large Language Models}, journal={CoRR}, volume={abs/2106.09685},
  year={2021}, url={https://arxiv.org/abs/2106.09685}, eprinttype={arXiv}, eprint={2106.09685},
  timestamp={Tue, 29 Jun 2021 16:55:04 +0200}, biburl={https://dblp.org/rec/x.bib},
  bibsource={dblp computer science bibliography, https://dblp.org}}""",
    "DBLP since 2022": r"""@article{DBLP:journals/corr/abs-2106-09685, author={Edward J. Hu and Yelong Shen},
  title={LoRA: Low-Rank Adaptation of Large Language Models}, journal={CoRR}, volume={abs/2106.09685},
  year={2021}, url={https://doi.org/10.48550/arXiv.2106.09685}, doi={10.48550/ARXIV.2106.09685},
  eprinttype={arXiv}, eprint={2106.09685}}""",
    "DataCite": r"""@misc{https://doi.org/10.48550/arxiv.2106.09685, doi={10.48550/ARXIV.2106.09685},
  url={https://arxiv.org/abs/2106.09685}, author={Hu, Edward J. and Shen, Yelong},
  keywords={Computation and Language (cs.CL), FOS: Computer and information sciences},
  title={LoRA: Low-Rank Adaptation of Large Language Models}, publisher={arXiv}, year={2021},
  copyright={arXiv.org perpetual, non-exclusive license}}""",
    "Zotero": r"""@misc{hu_lora_2021, title = {{LoRA}: {Low}-{Rank} {Adaptation} of {Large} {Language} {Models}},
  url = {http://arxiv.org/abs/2106.09685}, doi = {10.48550/arXiv.2106.09685}, publisher = {arXiv},
  author = {Hu, Edward J. and Shen, Yelong}, month = oct, year = {2021},
  note = {arXiv:2106.09685 [cs]}, keywords = {Computer Science - Artificial Intelligence}}""",
    "Better BibTeX": r"""@misc{huLoRALowRankAdaptation2021,
  title = {{{LoRA}}: {{Low-Rank Adaptation}} of {{Large Language Models}}}, shorttitle = {{{LoRA}}},
  author = {Hu, Edward J. and Shen, Yelong}, year = 2021, month = oct, number = {arXiv:2106.09685},
  eprint = {2106.09685}, primaryclass = {cs}, publisher = {arXiv}, doi = {10.48550/arXiv.2106.09685},
  urldate = {2023-04-11}, archiveprefix = {arXiv}}""",
    "JabRef": r"""@Article{Hu2021, author = {Hu, Edward J. and Shen, Yelong}, date = {2021-06-17},
  title = {LoRA: Low-Rank Adaptation of Large Language Models}, eprint = {2106.09685},
  eprintclass = {cs.CL}, eprinttype = {arXiv}, abstract = {Theirs.},
  file = {:http\://arxiv.org/pdf/2106.09685v2:PDF}, keywords = {cs.CL, cs.AI, cs.LG}}""",
    "Mendeley": r"""@article{Hu2021, abstract = {Theirs.}, archivePrefix = {arXiv}, arxivId = {2106.09685},
  author = {Hu, Edward J. and Shen, Yelong}, eprint = {2106.09685}, journal = {arXiv},
  file = {:C$\backslash$:/Users/me/lora.pdf:pdf}, mendeley-groups = {LLM}, url = {http://arxiv.org/abs/2106.09685},
  title = {{LoRA: Low-Rank Adaptation of Large Language Models}}, year = {2021}}""",
    "Mendeley Reference Manager": r"""@article{Hu2021, abstract = {Theirs.}, author = {Edward J. Hu and Yelong Shen},
  month = {6}, title = {LoRA: Low-Rank Adaptation of Large Language Models},
  url = {http://arxiv.org/abs/2106.09685}, year = {2021}}""",
    "EndNote": r"""@article{RN12, author = {Hu, Edward J. and Shen, Yelong},
  title = {LoRA: Low-Rank Adaptation of Large Language Models},
  journal = {arXiv preprint arXiv:2106.09685}, year = {2021}, type = {Journal Article}}""",
    "EndNote, older": """@article{
   author = {Hu, Edward J. and Shen, Yelong},
   title = {LoRA: Low-Rank Adaptation of Large Language Models},
   journal = {arXiv preprint arXiv:2106.09685},
   DOI = {arXiv:2106.09685},
   year = {2021},
   type = {Journal Article}
}""",
    "Citavi": """@misc{,
 author = {Hu, Edward J. and Shen, Yelong},
 year = {2021},
 title = {LoRA: Low-Rank Adaptation of Large Language Models},
 url = {https://arxiv.org/pdf/2106.09685.pdf},
}""",
    "ADS": r"""@ARTICLE{2021arXiv210609685H, author = {{Hu}, Edward J. and {Shen}, Yelong},
  title = "{LoRA: Low-Rank Adaptation of Large Language Models}", journal = {arXiv e-prints},
  keywords = {Computation and Language}, year = 2021, month = jun, eid = {arXiv:2106.09685},
  pages = {arXiv:2106.09685}, doi = {10.48550/arXiv.2106.09685}, archivePrefix = {arXiv},
  eprint = {2106.09685}, primaryClass = {cs.CL},
  adsurl = {https://ui.adsabs.harvard.edu/abs/2021arXiv210609685H},
  adsnote = {Provided by the SAO/NASA Astrophysics Data System}}""",
    "INSPIRE": r"""@article{Hu:2021lora, author = "Hu, Edward J. and Shen, Yelong",
  title = "{LoRA: Low-Rank Adaptation of Large Language Models}", eprint = "2106.09685",
  archivePrefix = "arXiv", primaryClass = "cs.CL", month = "6", year = "2021"}""",
    "a blog": r"""@misc{lora, title={LoRA: Low-Rank Adaptation of Large Language Models.},
  author={Hu, Edward J.; Shen, Yelong}, year={2021}, howpublished={\url{https://arxiv.org/abs/2106.09685}}}""",
}  # fmt: skip


@pytest.mark.parametrize("program", PREPRINT)
def test_a_preprint_from_any_program_is_one_entry(program: str, survey: Survey) -> None:
    entry, found = paste(survey, PREPRINT[program])
    wanted = dict(LORA)
    if program == "Google Scholar":  # which lowers the capitals for good
        wanted |= {"title": "Lora: Low-rank adaptation of large language models"}
        wanted |= {"author": "Hu, Edward J and Shen, Yelong"}
        del wanted["shorttitle"]
    if not re.search(r"[cC]lass\s*=\s*[{\"]cs\.CL", PREPRINT[program]):
        del wanted["primaryclass"]
    made = describe(entry)
    assert made.pop("month", "June") in {"June", "October"}  # of the versions
    assert made == wanted
    assert found == ""


PAGED = {
    "type": "inproceedings",
    "title": "Efficient Memory Management for Large Language Model Serving with {PagedAttention}",
    "author": "Kwon, Woosuk and Li, Zhuohan",
    "year": "2023",
    "doi": "10.1145/3600006.3613165",
    "url": "https://doi.org/10.1145/3600006.3613165",
}
_TITLE = "Efficient Memory Management for Large Language Model Serving with PagedAttention"
PUBLISHED = {
    "ACM": """@inproceedings{10.1145/3600006.3613165,
author = {Kwon, Woosuk and Li, Zhuohan},
title = {TITLE},
year = {2023},
isbn = {9798400702297},
publisher = {Association for Computing Machinery},
address = {New York, NY, USA},
url = {https://doi.org/10.1145/3600006.3613165},
doi = {10.1145/3600006.3613165},
abstract = {Theirs, by 2--4\\texttimes{}.},
booktitle = {Proceedings of the 29th Symposium on Operating Systems Principles},
pages = {611–626},
numpages = {16},
location = {Koblenz, Germany},
series = {SOSP '23}
}""",
    "DBLP": """@inproceedings{DBLP:conf/sosp/KwonLZ0ZY0ZS23,
  author       = {Woosuk Kwon and
                  Zhuohan Li},
  editor       = {Jason Flinn and
                  Margo I. Seltzer},
  title        = {TITLE},
  booktitle    = {Proceedings of the 29th Symposium on Operating Systems Principles,
                  {SOSP} 2023, Koblenz, Germany, October 23-26, 2023},
  pages        = {611--626},
  publisher    = {{ACM}},
  year         = {2023},
  url          = {https://doi.org/10.1145/3600006.3613165},
  doi          = {10.1145/3600006.3613165},
  timestamp    = {Sun, 19 Jan 2025 13:12:10 +0100},
  biburl       = {https://dblp.org/rec/conf/sosp/KwonLZ0ZY0ZS23.bib},
  bibsource    = {dblp computer science bibliography, https://dblp.org}
}""",
    "Crossref": " @inproceedings{Kwon_2023, series={SOSP ’23}, title={TITLE}, url={http://dx.doi.org/10.1145/3600006.3613165}, DOI={10.1145/3600006.3613165}, booktitle={Proceedings of the 29th Symposium on Operating Systems Principles}, publisher={ACM}, author={Kwon, Woosuk and Li, Zhuohan}, year={2023}, month=oct, pages={611–626}, collection={SOSP ’23} }",
    "Zotero": """@inproceedings{kwon_efficient_2023,
	address = {New York, NY, USA},
	series = {{SOSP} '23},
	title = {Efficient {Memory} {Management} for {Large} {Language} {Model} {Serving} with {PagedAttention}},
	isbn = {979-8-4007-0229-7},
	url = {https://dl.acm.org/doi/10.1145/3600006.3613165},
	doi = {10.1145/3600006.3613165},
	abstract = {Theirs.},
	urldate = {2024-01-01},
	booktitle = {Proceedings of the 29th {Symposium} on {Operating} {Systems} {Principles}},
	publisher = {Association for Computing Machinery},
	author = {Kwon, Woosuk and Li, Zhuohan},
	month = oct,
	year = {2023},
	note = {event-place: Koblenz, Germany},
	pages = {611--626},
}""",
    "Better BibLaTeX": """@inproceedings{kwonEfficientMemoryManagement2023,
  title = {Efficient {{Memory Management}} for {{Large Language Model Serving}} with {{PagedAttention}}},
  booktitle = {Proceedings of the 29th {{Symposium}} on {{Operating Systems Principles}}},
  author = {Kwon, Woosuk and Li, Zhuohan},
  date = {2023-10-23},
  series = {{{SOSP}} '23},
  pages = {611--626},
  publisher = {Association for Computing Machinery},
  location = {New York, NY, USA},
  doi = {10.1145/3600006.3613165},
  url = {https://dl.acm.org/doi/10.1145/3600006.3613165},
  urldate = {2024-01-01},
  isbn = {979-8-4007-0229-7},
  langid = {english},
  file = {/home/me/kwon.pdf}
}""",
    "Mendeley": """@inproceedings{Kwon2023,
address = {New York, NY, USA},
author = {Kwon, Woosuk and Li, Zhuohan},
booktitle = {Proceedings of the 29th Symposium on Operating Systems Principles},
doi = {10.1145/3600006.3613165},
file = {:Users/me/kwon.pdf:pdf},
isbn = {9798400702297},
month = {oct},
pages = {611--626},
publisher = {ACM},
title = {{TITLE}},
url = {https://dl.acm.org/doi/10.1145/3600006.3613165},
year = {2023}
}""",
    "EndNote": """@inproceedings{RN7,
   author = {Kwon, Woosuk and Li, Zhuohan},
   title = {TITLE},
   booktitle = {Proceedings of the 29th Symposium on Operating Systems Principles},
   pages = {611-626},
   DOI = {https://doi.org/10.1145/3600006.3613165},
   year = {2023},
   type = {Conference Proceedings}
}""",
    "Semantic Scholar": """@article{Kwon2023EfficientMM,
  title={TITLE},
  author={Woosuk Kwon and Zhuohan Li},
  journal={Proceedings of the 29th Symposium on Operating Systems Principles},
  year={2023},
  doi={10.1145/3600006.3613165},
  url={https://api.semanticscholar.org/CorpusID:261697361}
}""",
    "Springer": """@InProceedings{10.1145/3600006.3613165,
author="Kwon, Woosuk
and Li, Zhuohan",
editor="Flinn, Jason
and Seltzer, Margo I.",
title="TITLE",
booktitle="Proceedings of the 29th Symposium on Operating Systems Principles",
year="2023",
publisher="ACM",
address="Cham",
pages="611--626",
doi="10.1145/3600006.3613165",
abstract="Theirs.",
isbn="979-8-4007-0229-7"
}""",
}  # fmt: skip


@pytest.mark.parametrize("program", PUBLISHED)
def test_a_published_paper_from_any_program_is_one_entry(program: str, survey: Survey) -> None:
    entry, found = paste(survey, PUBLISHED[program].replace("TITLE", _TITLE))
    made = describe(entry)
    wanted = dict(PAGED)
    venue = "booktitle"
    if program == "Semantic Scholar":  # which knows journals only
        venue = "journal"
        wanted["type"] = "article"
    else:
        wanted["pages"] = "611--626"
    assert {name: made.get(name) for name in wanted} == wanted
    assert made["key"].startswith("kwon2023efficient")
    assert made[venue].startswith("Proceedings of the 29th Symposium on Operating Systems")
    more = {venue, "key", "publisher", "editor", "series", "address", "location", "month"}
    assert made.keys() - wanted.keys() <= more
    assert made.get("month", "October") == "October"
    assert found == ""


SITES = {
    "OpenReview": (
        """@inproceedings{
hu2022lora,
title={Lo{RA}: Low-Rank Adaptation of Large Language Models},
author={Edward J Hu and Phillip Wallis},
booktitle={International Conference on Learning Representations},
year={2022},
url={https://openreview.net/forum?id=nZeVKeeFYf9}
}""",
        "hu2022lora",
        "{LoRA}: Low-Rank Adaptation of Large Language Models",
    ),
    "OpenReview, anonymous": (
        """@inproceedings{
anonymous2025titans,
title={Titans: Learning to Memorize at Test Time},
author={Anonymous},
booktitle={Submitted to The Thirteenth International Conference on Learning Representations},
year={2024},
url={https://openreview.net/forum?id=8GjSf9Rh7Z},
note={under review}
}""",
        "anonymous2024titans",
        "Titans: Learning to Memorize at Test Time",
    ),
    "ACM, journal": (
        """@article{10.1145/3530811,
author = {Tay, Yi and Dehghani, Mostafa and Bahri, Dara and Metzler, Donald},
title = {Efficient Transformers: A Survey},
year = {2022},
issue_date = {June 2023},
publisher = {Association for Computing Machinery},
address = {New York, NY, USA},
volume = {55},
number = {6},
issn = {0360-0300},
url = {https://doi.org/10.1145/3530811},
doi = {10.1145/3530811},
journal = {ACM Comput. Surv.},
month = dec,
articleno = {109},
numpages = {28},
keywords = {Transformers, attention, deep learning, neural networks}
}""",
        "tay2022efficient",
        "Efficient Transformers: A Survey",
    ),
    "IEEE": (
        """@INPROCEEDINGS{9355301,
  author={Rajbhandari, Samyam and Rasley, Jeff and Ruwase, Olatunji and He, Yuxiong},
  booktitle={SC20: International Conference for High Performance Computing, Networking, Storage and Analysis},
  title={ZeRO: Memory optimizations Toward Training Trillion Parameter Models},
  year={2020},
  volume={},
  number={},
  pages={1-16},
  keywords={Training;Computational modeling;Semiconductor device modeling},
  doi={10.1109/SC41405.2020.00024}}""",
        "rajbhandari2020zero",
        "{ZeRO}: Memory optimizations Toward Training Trillion Parameter Models",
    ),
    "ACL Anthology": (
        """@inproceedings{ding-etal-2023-sparse,
    title = "Sparse Low-rank {A}daptation of {P}re-trained {L}anguage {M}odels, from {R}o{BERT}a to {L}o{RA}",
    author = "Ding, Ning  and
      Lv, Xingtai",
    editor = "Bouamor, Houda  and
      Pino, Juan",
    booktitle = "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing",
    month = dec,
    year = "2023",
    address = "Singapore",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/2023.emnlp-main.252/",
    doi = "10.18653/v1/2023.emnlp-main.252",
    pages = "4133--4145",
    abstract = "Theirs."
}""",
        "ding2023sparse",
        "Sparse Low-rank Adaptation of Pre-trained Language Models, from {RoBERTa} to {LoRA}",
    ),
    "TeXMed, of PubMed": (
        """@Article{pmid34265844,
   Author="Jumper, J.  and Evans, R. ",
   Title="{{H}ighly accurate protein structure prediction with {A}lpha{F}old}",
   Journal="Nature",
   Year="2021",
   Volume="596",
   Number="7873",
   Pages="583--589",
   Month="Aug"
}""",
        "jumper2021highly",
        "Highly accurate protein structure prediction with {AlphaFold}",
    ),
    "CVF": (
        r"""@InProceedings{Rombach_2022_CVPR,
    author    = {Rombach, Robin and Ommer, Bj\"orn},
    title     = {High-Resolution Image Synthesis With Latent Diffusion Models},
    booktitle = {Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
    month     = {June},
    year      = {2022},
    pages     = {10684-10695}
}""",
        "rombach2022high",
        "High-Resolution Image Synthesis With Latent Diffusion Models",
    ),
    "PMLR": (
        """@InProceedings{pmlr-v97-houlsby19a,
  title = 	 {Parameter-Efficient Transfer Learning for {NLP}},
  author =       {Houlsby, Neil and Giurgiu, Andrei},
  booktitle = 	 {Proceedings of the 36th International Conference on Machine Learning},
  pages = 	 {2790--2799},
  year = 	 {2019},
  editor = 	 {Chaudhuri, Kamalika and Salakhutdinov, Ruslan},
  volume = 	 {97},
  series = 	 {Proceedings of Machine Learning Research},
  month = 	 {09--15 Jun},
  publisher =    {PMLR},
  pdf = 	 {http://proceedings.mlr.press/v97/houlsby19a/houlsby19a.pdf},
  url = 	 {https://proceedings.mlr.press/v97/houlsby19a.html},
  abstract = 	 {Theirs.}
}""",
        "houlsby2019parameter",
        "Parameter-Efficient Transfer Learning for {NLP}",
    ),
    "MLSys": (
        """@inproceedings{MLSYS2023_3e3eec95,
 author = {Hu, Yi and Zhang, Chaoran},
 booktitle = {Proceedings of Machine Learning and Systems},
 editor = {D. Song and M. Carbin and T. Chen},
 pages = {164--185},
 publisher = {Curan},
 title = {GiPH: Generalizable Placement Learning for Adaptive Heterogeneous Computing},
 url = {https://proceedings.mlsys.org/paper_files/paper/2023/file/3e3eec95-Paper-mlsys2023.pdf},
 volume = {5},
 year = {2023}
}""",
        "hu2023giph",
        "{GiPH}: Generalizable Placement Learning for Adaptive Heterogeneous Computing",
    ),
    "NeurIPS": (
        """@inproceedings{NEURIPS2023_1feb8787,
 author = {Dettmers, Tim and Pagnoni, Artidoro},
 booktitle = {Advances in Neural Information Processing Systems},
 editor = {A. Oh and T. Naumann and A. Globerson and K. Saenko and M. Hardt and S. Levine},
 pages = {10088--10115},
 publisher = {Curran Associates, Inc.},
 title = {QLoRA: Efficient Finetuning of Quantized LLMs},
 url = {https://proceedings.neurips.cc/paper_files/paper/2023/file/1feb8787-Paper-Conference.pdf},
 volume = {36},
 year = {2023}
}""",
        "dettmers2023qlora",
        "{QLoRA}: Efficient Finetuning of Quantized {LLMs}",
    ),
    "USENIX": (
        """@inproceedings {276938,
author = {Assaf Eisenman and Kiran Kumar Matam},
title = {{Check-N-Run}: a Checkpointing System for Training Deep Learning Recommendation Models},
booktitle = {19th USENIX Symposium on Networked Systems Design and Implementation (NSDI 22)},
year = {2022},
isbn = {978-1-939133-27-4},
address = {Renton, WA},
pages = {929--943},
url = {https://www.usenix.org/conference/nsdi22/presentation/eisenman},
publisher = {USENIX Association},
month = apr
}""",
        "eisenman2022check",
        "{Check-N-Run}: a Checkpointing System for Training Deep Learning Recommendation Models",
    ),
    "INSPIRE": (
        """@article{Butter:2019cae,
    author = "Butter, Anja and Plehn, Tilman and Winterhalder, Ramon",
    title = "{How to GAN LHC Events}",
    eprint = "1907.03764",
    archivePrefix = "arXiv",
    primaryClass = "hep-ph",
    doi = "10.21468/SciPostPhys.7.6.075",
    journal = "SciPost Phys.",
    volume = "7",
    number = "6",
    pages = "075",
    year = "2019"
}""",
        "butter2019gan",
        "How to {GAN} {LHC} Events",
    ),
    "ADS": (
        r"""@ARTICLE{2019MNRAS.484.1234S,
       author = {{Smith}, J.~A. and {van Dokkum}, P.},
        title = "{A catalogue of AGN using the LSST survey}",
      journal = {\mnras},
     keywords = {galaxies: evolution, Astrophysics - Astrophysics of Galaxies},
         year = 2019,
        month = apr,
       volume = {484},
       number = {1},
        pages = {1234-1250},
          doi = {10.1093/mnras/sty1234},
archivePrefix = {arXiv},
       eprint = {1901.01234},
 primaryClass = {astro-ph.GA},
       adsurl = {https://ui.adsabs.harvard.edu/abs/2019MNRAS.484.1234S},
      adsnote = {Provided by the SAO/NASA Astrophysics Data System}
}""",
        "smith2019catalogue",
        "A catalogue of {AGN} using the {LSST} survey",
    ),
    "ScienceDirect": (
        """@article{WANG2020123,
title = {A survey of things},
journal = {Neurocomputing},
volume = {1},
pages = {1-10},
year = {2020},
issn = {0925-2312},
doi = {https://doi.org/10.1016/j.neucom.2020.01.001},
url = {https://www.sciencedirect.com/science/article/pii/S0925231220},
author = {Ann Wang and Bob Li},
keywords = {Deep learning, Survey},
abstract = {Theirs.}
}""",
        "wang2020survey",
        "A survey of things",
    ),
    "arXiv, of a company": (
        """@misc{deepseekai2025deepseekr1incentivizingreasoningcapability,
      title={DeepSeek-R1: Incentivizing Reasoning Capability in LLMs via Reinforcement Learning},
      author={DeepSeek-AI and Daya Guo},
      year={2025},
      eprint={2501.12948},
      archivePrefix={arXiv},
      primaryClass={cs.CL},
      url={https://arxiv.org/abs/2501.12948},
}""",
        "deepseekai2025deepseek",
        "{DeepSeek}-R1: Incentivizing Reasoning Capability in {LLMs} via Reinforcement Learning",
    ),
}  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_what_sites_export_is_ready(site: str, survey: Survey) -> None:
    """Key and title are those of a fetched entry, and no rule has anything to say."""
    text, key, title = SITES[site]
    entry, found = paste(survey, text)
    assert (entry.key, entry.get("title"), found) == (key, title, "")
    assert "" not in {value.text for value in entry.values.values()}
    assert not entry.values.keys() & {"numpages", "articleno", "adsurl", "pdf", "abstract", "isbn"}
    if site == "ADS":
        assert entry.get("journal") == "Monthly Notices of the Royal Astronomical Society"
    if site == "ACM, journal":
        assert (entry.get("eid"), entry.get("month")) == ("109", "December")


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ("Tom B. Brown et al.", "Brown, Tom B. and others"),
        ("Brown, Tom B., et al", "Brown, Tom B. and others"),
        ("Brown, Tom; Mann, Benjamin;", "Brown, Tom and Mann, Benjamin"),
        (r"M{\"u}ller, J.; Doe, A.", r"M{\"u}ller, J.; Doe, A."),  # left to people
    ],
)
def test_lists_of_authors_are_those_of_bibtex(names: str, written: str, survey: Survey) -> None:
    entry, _ = paste(survey, f"@misc{{x, title={{Some Title}}, author={{{names}}}, year=2020}}")
    assert entry.get("author") == written


@pytest.mark.parametrize("text", ["TY  - JOUR\nER  - \n", "PMID- 1\nTI  - X\n", "%0 Book\n", "{}"])
def test_what_is_no_bibtex_is_said_to_be_none(text: str, survey: Survey) -> None:
    done = survey.run("add", "-", stdin=text)
    assert (done.status, "no BibTeX entry in <stdin>; export the paper as BibTeX" in done.err) == (
        2, True,
    )  # fmt: skip
