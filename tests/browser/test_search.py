"""Searching for papers: what is first for fifty questions; the boxes that suggest; the results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import PHONE
from .test_pages import run_axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

QUERIES = {
    # Identifiers, keys, addresses.
    "2106.09685": "hu2021lora",
    "arXiv:2106.09685v2": "hu2021lora",
    "https://arxiv.org/abs/2205.14135": "dao2022flashattention",
    "10.1145/3600006.3613165": "kwon2023efficient",
    "https://doi.org/10.1145/3600006.3613165": "kwon2023efficient",
    "hu2021lora": "hu2021lora",
    "dao2022flashattention": "dao2022flashattention",
    # Names, with and without hyphens and blanks.
    "LoRA": "hu2021lora",
    "lora+": "hayou2024lora",
    "QLoRA": "dettmers2023qlora",
    "flash attention": "dao2022flashattention",
    "FlashAttention-2": "dao2023flashattention",
    "flashattention 3": "shah2024flashattention",
    "vLLM": "kwon2023efficient",
    "paged attention": "kwon2023efficient",
    "Mixtral": "jiang2024mixtral",
    "Mamba": "gu2023mamba",
    "RoPE": "su2021roformer",
    "chinchilla": "hoffmann2022training",
    "DistilBERT": "sanh2019distilbert",
    "SparseGPT": "frantar2023sparsegpt",
    "Wanda": "sun2023simple",
    "AWQ": "lin2023awq",
    "GPTQ": "frantar2022gptq",
    "Smooth Quant": "xiao2022smoothquant",
    "ZeRO": "rajbhandari2019zero",
    "Adafactor": "shazeer2018adafactor",
    "DeepSeek V3": "deepseekai2024deepseekv3",
    "Medusa": "cai2024medusa",
    "EAGLE": "li2024eagle",
    "H2O": "zhang2023h2o",
    "StreamingLLM": "xiao2023efficient",
    "BitNet": "wang2023bitnet",
    "LLM.int8()": "dettmers2022llm",
    "LIMA": "zhou2023lima",
    # Topics, in either spelling, and words of an annotation.
    "speculative decoding": "leviathan2022fast",
    "prefix tuning": "li2021prefix",
    "scaling laws": "kaplan2020scaling",
    "KV-cache quantization": "hooper2024kvquant",
    "KV cache quantisation": "hooper2024kvquant",
    "rotary position embedding": "su2021roformer",
    "gradient checkpointing": "chen2016training",
    "mixed precision training": "micikevicius2017mixed",
    "curriculum learning": "bengio2009curriculum",
    "Attention is all you need": "vaswani2017attention",
    # Authors with a topic, venues with a year.
    "Hinton distillation": "hinton2015distilling",
    "Frantar": "frantar2022gptq",
    "Tri Dao": "dao2022flashattention",
    "Dettmers int8": "dettmers2022llm",
    "Noam Shazeer Adafactor": "shazeer2018adafactor",
}
"""What is asked, and the key of the paper that is to be first."""

AS_READERS_WRITE = {
    # As citations are written, and with the year of the preprint.
    "Hu et al., 2022": "hu2021lora",
    "Frantar et al., 2023": "frantar2022gptq",
    "Kwon et al.": "kwon2023efficient",
    "LoRA 2021": "hu2021lora",
    "FlashAttention-2 2023": "dao2023flashattention",
    "Hu LoRA 2021": "hu2021lora",
    "ARXIV:2106.09685V1": "hu2021lora",
    "ICML2023 FlexGen": "sheng2023flexgen",
    # A number that only an annotation has.
    "Llama 3 quantization": "huang2024good",
}

FIRST = """asked => asked.map((query) => {
  const [best] = livingsurvey.search(query);
  return best ? best.paper.key : '';
})"""


def test_fifty_questions(visits: Visits) -> None:
    assert len(QUERIES) == 50
    page = visits.open("index.html")
    page.evaluate("livingsurvey.loadIndex().then(() => 0)")
    first = page.evaluate(FIRST, list(QUERIES))
    wrong = {
        query: (found, wanted)
        for found, (query, wanted) in zip(first, QUERIES.items(), strict=True)
        if found != wanted
    }
    assert len(wrong) <= 2, wrong


def test_questions_as_readers_write_them(visits_http: Visits) -> None:
    page = visits_http.open("index.html")
    page.evaluate("livingsurvey.loadIndex().then(() => 0)")
    first = page.evaluate(FIRST, list(AS_READERS_WRITE))
    assert dict(zip(AS_READERS_WRITE, first, strict=True)) == AS_READERS_WRITE


def test_a_venue_and_a_year(visits_http: Visits) -> None:
    page = visits_http.open("index.html")
    page.evaluate("livingsurvey.loadIndex().then(() => 0)")
    found = page.evaluate(
        "livingsurvey.search('NeurIPS 2024').map(({ paper }) => [paper.acronym, paper.year])"
    )
    assert len(found) > 20
    assert {year for _, year in found} == {2024}


def type_in(page: Page, text: str) -> None:
    page.locator('input[name="q"]:visible').first.click()
    page.keyboard.type(text)
    page.locator(".ls-suggestions:visible li").first.wait_for()


def test_suggestions_by_keyboard(visits: Visits) -> None:
    page = visits.open("glossary.html")
    type_in(page, "lora")
    box = page.get_by_role("combobox").first
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.locator('.ls-suggestions li[aria-selected="true"]')
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert "LoRA" in chosen.inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".ls-suggestions:visible").count() == 0
    page.keyboard.type(" ")
    page.locator(".ls-suggestions:visible li").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/hu2021lora.html")


def test_an_author_is_found(visits: Visits) -> None:
    page = visits.open("index.html")
    type_in(page, "Frantar")
    page.get_by_role("option", name="Elias Frantar author").click()
    page.wait_for_url("**/browse/authors.html#by-elias-frantar")
    assert "SparseGPT" in page.locator("#by-elias-frantar").inner_text()


def test_results_begin_with_papers(visits_http: Visits) -> None:
    page = visits_http.open("search.html?q=2106.09685")
    page.locator(".ls-found a").first.wait_for()
    link = page.locator(".ls-found a").first
    assert "LoRA" in link.inner_text()
    link.click()
    page.wait_for_url("**/papers/hu2021lora.html")


def test_results_in_the_text_are_of_prose(visits_http: Visits) -> None:
    page = visits_http.open("search.html?q=Frantar")
    page.locator("#search-results .context").first.wait_for()
    page.get_by_text("Search finished").wait_for()
    links = page.locator("#search-results li a")
    places = links.evaluate_all("all => all.map((one) => one.pathname)")
    assert any("quantization" in one for one in places)
    assert not [one for one in places if re.search("authors|references|browse|agreement", one)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_on_the_results(theme: str, visits_http: Visits) -> None:
    page = visits_http.open("search.html?q=pruning", color_scheme=theme, viewport=PHONE)
    page.locator(".ls-found a").first.wait_for()
    assert run_axe(page) == {}
