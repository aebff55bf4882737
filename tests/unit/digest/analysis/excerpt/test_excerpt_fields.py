"""The excerpt of papers of every field and of six languages: made-up papers, a kind of mistake each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.analysis.analyst import AnalysisRequest
from digest.analysis.excerpt.candidate_sentences import candidate_sentences, is_never_shown
from digest.analysis.excerpt.excerpt_analyst import excerpt
from digest.analysis.excerpt.paper_language import WITH_CUES, is_in_language, language_of
from digest.analysis.excerpt.section_roles import SectionRole, section_roles
from digest.models.analysis import Analysis, AnalysisPartKey, AnalysisSource
from digest.models.notice import Notice
from digest.models.paper_text import PaperParagraph, PaperText, Section, SectionKind
from tests.builders import lantern_paper


def paper_text(sections: dict[str, str], title: str = "A made-up paper") -> PaperText:
    return PaperText(
        title,
        tuple(
            Section(
                name,
                1,
                str(n),
                kind=SectionKind.ABSTRACT if name in ("Abstract", "摘要") else SectionKind.BODY,
                paragraphs=tuple(PaperParagraph(p, 1) for p in text.split("\n")),
            )
            for n, (name, text) in enumerate(sections.items())
        ),
        1,
        1,
    )


def analysed(text: PaperText, abstract: str = "") -> Analysis:
    return excerpt(AnalysisRequest(replace(lantern_paper.PAPER, title=text.title, abstract=abstract), text, "en"))


def statements(analysis: Analysis, key: AnalysisPartKey) -> list[str]:
    return [s.text for part in analysis.parts if part.key is key for s in part.statements]


PHYSICS = {
    "Abstract": "Waves in thin films of silver are damped by their walls. We measure the damping of waves in films of "
    "silver between 4 and 300 kelvin. We find that the damping grows with the square of the temperature, in agreement "
    "with the theory of walls.",
    "Introduction": "The damping of waves limits the range of many instruments, and its origin remains unclear in "
    "films of silver. The electrons in the bulk make no contribution to the damping at low temperatures. Stone was "
    "perhaps the first who measured the contribution of the walls to the damping of a wave. We present the equations "
    "in Section 2 and turn to the experiment in Section 3.",
    "Experimental setup": "The films were grown on glass by slow evaporation at a pressure of two pascals. The "
    "spectra were recorded with a grating of high resolution at twelve temperatures. The limitation of the current "
    "in the coil protects the film from heating. In the next step of the calculation the wall is replaced by a plane.",
    "Results": "The measurements show that the damping grows from 12 to 48 per second between both temperatures. "
    "The data are in good agreement with the theory of walls at all temperatures above 20 kelvin.",
    "Conclusion and outlook": "The method works without the pressure cell that earlier experiments needed. It has to "
    "be examined whether a third peak exists at higher frequencies. We thank the workshop of our institute for the "
    "coils and many helpful hands.",
}


def test_a_physics_paper_is_told_by_its_finding() -> None:
    analysis = analysed(paper_text(PHYSICS))

    assert analysis.takeaway is not None
    assert analysis.takeaway.text.startswith("We find that the damping grows")


def test_words_of_physics_are_no_contributions_and_no_limits() -> None:
    """A contribution to the damping, a limited current, a step of a calculation, a strength in an outlook."""
    analysis = analysed(paper_text(PHYSICS))
    contributions, limits = (
        statements(analysis, AnalysisPartKey.CONTRIBUTIONS),
        statements(analysis, AnalysisPartKey.LIMITATIONS),
    )

    assert not [s for s in contributions if "no contribution" in s or "Stone" in s or "Section 2" in s]
    assert limits == ["It has to be examined whether a third peak exists at higher frequencies."]


def test_how_was_measured_is_the_method_of_an_experimental_paper() -> None:
    analysis = analysed(paper_text(PHYSICS))

    assert any("grown on glass" in s for s in statements(analysis, AnalysisPartKey.METHOD))
    assert any("12 to 48" in s for s in statements(analysis, AnalysisPartKey.EXPERIMENTS))


def test_a_mathematics_paper_is_told_by_its_theorem() -> None:
    text = paper_text(
        {
            "Abstract": "Let a lamp graph be a graph whose edges carry lights. Limits of lamp graphs play a role in "
            "many problems. We prove that every lamp graph of bounded degree has a spanning tree of lit edges.",
            "Introduction": "Lamp graphs were introduced by Stone in 1950. It is well known that the limit of such a "
            "sequence exists. The contribution of the edges of weight zero vanishes in the limit.",
            "Preliminaries": "We say that a graph is lit if all of its edges carry lights of the same colour. We "
            "denote the set of all lit graphs with this property by the letter of its first author.",
            "Open problems": "We do not know whether the bound on the degree can be removed from the main theorem.",
        }
    )
    analysis = analysed(text)

    assert analysis.takeaway is not None
    assert analysis.takeaway.text.startswith("We prove that every lamp graph")
    assert statements(analysis, AnalysisPartKey.CONTRIBUTIONS) == []
    assert any("We do not know whether" in s for s in statements(analysis, AnalysisPartKey.LIMITATIONS))
    assert Notice.of("excerpt.missing.contributions") in analysis.notices


@pytest.mark.parametrize(
    "sentence",
    [
        "We thank the staff of the observatory for three clear nights and good coffee.",
        "The authors are deeply grateful to Ada Stone for many helpful discussions.",
        "It was partly supported by the Ministry of Lamps under contract 12.",
        "Ada Stone received her PhD degree in physics from a made-up university.",
        "She is currently a professor of applied lamps at the University of Somewhere.",
        "This package is distributed under the GNU public licence of the foundation.",
        "This article was originally published in the Journal of Lamps and Candles.",
        "This document is a slightly modified version of an earlier report on lamps.",
        "The rest of this paper introduces the model, the data and the results.",
        "Section 3 describes the measurements and the last one draws the conclusions.",
        "The paper is organised as follows, and each part can be read alone.",
        "TODO: describe here how the lamps are measured and which ones we bought.",
        "Wir danken der Werkstatt für die Spulen und für die Geduld mit uns allen.",
        "Nous remercions le laboratoire pour les bobines et pour les nuits sans nuages.",
        "Este trabajo fue financiado por el ministerio de las lámparas y de las velas.",
        "Работа выполнена при поддержке фонда ламп и свечей в рамках большого проекта.",
        "感谢课题组的各位老师和同学在实验过程中提供的大力帮助和支持。",
    ],
)
def test_thanks_licences_biographies_and_signposts_are_never_shown(sentence: str) -> None:
    """Wherever they stand, and whatever the language."""
    language = language_of(sentence)

    assert language in WITH_CUES
    assert is_never_shown(sentence, language)


@pytest.mark.parametrize(
    "sentence",
    [
        "We report the licence plates of 400 lamps that were stolen in two years.",
        "The theory of lamps is supported by measurements of three independent groups.",
        "Thanks to the slow evaporation, the films of silver have no holes at all.",
        "We find that hospitality is measured differently in cities and in villages.",
    ],
)
def test_sentences_that_only_look_like_thanks_stay(sentence: str) -> None:
    assert not is_never_shown(sentence)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Conclusion and outlook", SectionRole.CONCLUSION),
        ("Summary and future work", SectionRole.CONCLUSION),
        ("Limitations", SectionRole.LIMITATIONS),
        ("Limitations and future work", SectionRole.LIMITATIONS),
        ("Limitations of our study", SectionRole.LIMITATIONS),
        ("Threats to validity", SectionRole.LIMITATIONS),
        ("Open problems", SectionRole.LIMITATIONS),
        ("Limitation of the current", SectionRole.OTHER),
        ("Zusammenfassung und Ausblick", SectionRole.CONCLUSION),
        ("Acknowledgments", SectionRole.OUTSIDE),
        ("Danksagung", SectionRole.OUTSIDE),
        ("Благодарности", SectionRole.OUTSIDE),
        ("致谢", SectionRole.OUTSIDE),
        ("License", SectionRole.OUTSIDE),
        ("Заключение", SectionRole.CONCLUSION),
        ("Ergebnisse", SectionRole.EXPERIMENTS),
        ("Resultados", SectionRole.EXPERIMENTS),
    ],
)
def test_a_section_is_one_of_limits_only_where_it_is_nothing_else(title: str, role: SectionRole) -> None:
    sections = (Section("Introduction", 1), Section("Methods", 1), Section("Results", 1), Section(title, 1))
    found = section_roles(PaperText("", (*sections, Section("References", 1, kind=SectionKind.REFERENCES)), 1, 1))

    assert found[3] is role


LANGUAGES = {
    "fr": {
        "Introduction": "L'amortissement des ondes dans les films d'argent reste mal compris. Dans cet article, nous "
        "étudions les ondes dans les films d'argent de grande surface. Cependant, la contribution des parois à "
        "l'amortissement est difficile à mesurer avec les instruments existants.",
        "Méthode": "Les films ont été déposés sur du verre par évaporation lente à basse pression.",
        "Résultats": "Les mesures montrent que l'amortissement croît de 12 à 48 par seconde dans tous les films.",
        "Conclusion": "Nous avons montré que l'amortissement des ondes croît avec le carré de la température. Il reste "
        "à étudier si un troisième pic existe dans les films plus minces. Nous remercions l'atelier pour les bobines.",
    },
    "de": {
        "Einleitung": "Die Dämpfung von Wellen in Filmen aus Silber ist jedoch noch nicht verstanden. In dieser Arbeit "
        "werden die Wellen in großen Filmen aus Silber mit einem neuen Gitter untersucht. Die freien Elektronen "
        "leisten keinen Beitrag zur Dämpfung bei sehr tiefen Temperaturen.",
        "Versuchsaufbau": "Die Filme wurden durch langsames Verdampfen auf Glas hergestellt und dann gemessen.",
        "Ergebnisse": "Die Messungen zeigen, dass die Dämpfung in allen Filmen von 12 auf 48 pro Sekunde steigt.",
        "Zusammenfassung und Ausblick": "Wir zeigen, dass die Dämpfung der Wellen mit dem Quadrat der Temperatur "
        "wächst. Künftige Arbeiten sollten klären, ob es in dünneren Filmen einen dritten Gipfel gibt. Wir danken der "
        "Werkstatt für die Spulen und für ihre Geduld.",
    },
    "es": {
        "Introducción": "Sin embargo, la atenuación de las ondas en películas de plata es difícil de medir. En este "
        "trabajo estudiamos las ondas en películas de plata de gran superficie con una red nueva.",
        "Método": "Las películas fueron preparadas sobre vidrio por evaporación lenta a baja presión.",
        "Resultados": "Los resultados muestran que la atenuación aumenta de 12 a 48 por segundo en las películas.",
        "Conclusiones": "Demostramos que la atenuación de las ondas crece con el cuadrado de la temperatura. Queda "
        "pendiente estudiar si existe un tercer pico en las películas más delgadas. Agradecemos al taller las bobinas.",
    },
    "ru": {
        "Введение": "Однако затухание волн в плёнках серебра до сих пор остаётся мало изученным явлением. В данной "
        "работе исследуется затухание волн в больших плёнках серебра при низких температурах.",
        "Метод": "Измерения проводились на установке с решёткой высокого разрешения при двенадцати температурах.",
        "Результаты": "Результаты измерений показывают, что затухание возрастает с 12 до 48 обратных секунд.",
        "Заключение": "Показано, что затухание волн растёт пропорционально квадрату температуры во всех плёнках. В "
        "дальнейшем планируется изучить, существует ли третий пик в более тонких плёнках. Авторы выражают "
        "благодарность мастерской за катушки.",
    },
    "zh": {
        "引言": "然而，银薄膜中波的阻尼机理尚不清楚，给仪器的设计带来了困难。"
        "本文研究了大面积银薄膜中波的阻尼及其随温度的变化。",
        "方法": "本实验采用缓慢蒸发的方法在玻璃上制备薄膜，并在十二个温度下测量光谱。",
        "结果": "测量结果表明，所有薄膜的阻尼从每秒十二增加到每秒四十八。",
        "结论": "实验结果表明，波的阻尼与温度的平方成正比，这与理论预测十分吻合。"
        "更薄的薄膜中是否存在第三个峰仍有待进一步研究。"
        "感谢车间的各位师傅提供的线圈和耐心的帮助。",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_papers_of_other_languages_have_cues_of_their_own(language: str) -> None:
    """A finding as takeaway, the method, the result and the next step; neither thanks nor a contribution of walls."""
    text = paper_text(LANGUAGES[language])
    analysis = analysed(text)
    shown = [s.text for s in analysis.statements]
    finding = text.sections[-1].paragraphs[0].text

    assert {c.language for c in candidate_sentences(text)} == {language}
    assert analysis.takeaway is not None
    assert analysis.takeaway.text in finding + text.sections[2].paragraphs[0].text
    assert {part.key for part in analysis.parts} >= {
        AnalysisPartKey.METHOD,
        AnalysisPartKey.LIMITATIONS,
        AnalysisPartKey.MOTIVATION,
    }
    assert len(statements(analysis, AnalysisPartKey.LIMITATIONS)) == 1
    assert not [s for s in shown if is_never_shown(s, language)]
    assert analysis.made_from is AnalysisSource.FULL_TEXT


def test_an_english_summary_does_not_speak_for_a_french_paper() -> None:
    summary = "We show that the damping of the waves grows with the square of the temperature in all films."
    text = paper_text(LANGUAGES["fr"] | {"Summary": summary})

    assert summary not in {c.text for c in candidate_sentences(text)}


def test_a_language_without_cues_gets_the_abstract_and_says_so() -> None:
    portuguese = (
        "Neste trabalho mostramos que o amortecimento das ondas em filmes de prata não é causado pelo ar, mas pela "
        "parede. Os resultados são comparados com uma teoria que não tem parâmetros livres para os filmes."
    )
    abstract = "We show that walls damp the waves in films of silver. The theory has no free parameter at all."
    analysis = analysed(paper_text({"Introdução": portuguese, "Conclusão": portuguese}), abstract)

    assert analysis.made_from is AnalysisSource.ABSTRACT
    assert Notice.of("excerpt.language") in analysis.notices
    assert analysis.takeaway is not None
    assert analysis.takeaway.text.startswith("We show that walls")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The damping of the waves is measured in films that are grown on glass.", "en"),
        ("この研究では銀の薄膜における波の減衰を測定した。", "ja"),
        ("은 박막에서 파동의 감쇠를 측정하였다", "ko"),
        ("Загасання хвиль у плівках срібла залежить від їхньої товщини і температури.", "uk"),
        ("Het dempen van de golven in de film is niet door de lucht maar door een wand.", "nl"),
        ("x = y + z", ""),
        ("", ""),
    ],
)
def test_languages_are_known_by_letters_and_short_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_sentence_without_short_words_may_be_of_any_latin_language() -> None:
    assert is_in_language("Transformer outperforms GridStar.", "de")
    assert not is_in_language("银薄膜中波的阻尼机理尚不清楚。", "de")


# --- abstracts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("abstract", "takeaway"),
    [
        (
            "Walls damp waves. It is a difficult problem that has been addressed by many authors. The damping of waves "
            "in films of silver is derived from a theory of walls. It has two free constants.",
            "The damping of waves in films of silver is derived from a theory of walls.",
        ),
        ("The lamp group of a lit graph is free.", "The lamp group of a lit graph is free."),
        ("In 1950, Stone proved that lamp groups are free. Lamp groups of lit graphs differ.", None),
        (
            "Films get holes. Many methods fill holes with heat. Heat harms glass below them. Silver is dear. "
            "To solve this problem, we propose a film that fills its own holes by slow evaporation of silver.",
            "To solve this problem, we propose a film that fills its own holes by slow evaporation of silver.",
        ),
    ],
)
def test_the_takeaway_of_an_abstract(abstract: str, takeaway: str | None) -> None:
    """The finding or what is brought; a statement of few sentences whole; never somebody else's work."""
    analysis = excerpt(AnalysisRequest(replace(lantern_paper.PAPER, title="Films", abstract=abstract), None, "en"))

    assert (analysis.takeaway.text if analysis.takeaway else None) == takeaway
