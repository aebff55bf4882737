"""A made-up paper as the reader gives it: "Lantern", a planner for mobile robots, with everything that papers have."""

from __future__ import annotations

from digest.models.paper import Paper
from digest.models.paper_text import Caption, Footnote, PaperParagraph, PaperText, ParagraphKind, Section, SectionKind

ABSTRACT = (
    "Mobile robots lose their way when a room is dark. We present Lantern, a planner that keeps a map of where the "
    "light is and moves the robot along it. Lantern needs no extra sensor and runs on the robot's own processor. On "
    "three benchmarks it reaches 81.4% of the goals, 6.2 points more than the best earlier planner. We also show that "
    "the gain does not come from longer paths."
)
INTRODUCTION = (
    PaperParagraph(
        "Robots that work at night must find their way with little light. However, most planners assume that every "
        "place is lit equally well [3, 7]. This assumption fails in warehouses, where lamps are switched off to save "
        "energy (Okafor et al., 2021). As a result, localization is lost after 40 s on average, and the robot stops.",
        1,
    ),
    PaperParagraph(
        "In this paper, we propose Lantern, a planner that treats light as a resource. The key idea is to plan over a "
        "belief of the illumination instead of the geometry alone. We do not change the localization module. ",
        1,
    ),
    PaperParagraph("Our contributions are as follows:", 2),
    PaperParagraph(
        "• We introduce an illumination map that is learned from 12,000 images without labels.",
        2,
        ParagraphKind.LIST_ITEM,
    ),
    PaperParagraph(
        "• We propose a planner that trades path length against light with a single parameter.",
        2,
        ParagraphKind.LIST_ITEM,
    ),
    PaperParagraph(
        "• We evaluate Lantern on three benchmarks and on a real robot for 14 days.", 2, ParagraphKind.LIST_ITEM
    ),
)
METHOD = (
    PaperParagraph(
        "Lantern consists of an illumination map and a planner, as shown in Figure 1. The map is a grid whose cells "
        "hold the expected brightness, and it is updated with every camera image. Its behaviour is "
        "governed by a single "
        "weight, and the weight is never larger than 0.5.",
        3,
    ),
    PaperParagraph("c(p) = l(p) + w (1 − b(p)) (1)", 3, ParagraphKind.EQUATION),
    PaperParagraph(
        "where l is the length of the path and b its mean brightness. We search the graph with A* and "
        "stop after 50 ms. "
        "Unlike earlier work, the planner only expands cells that the camera has seen, which keeps the memory below "
        "64 MB on a Raspberry Pi 4.",
        3,
        breaks=((81, 4),),
    ),
)
EXPERIMENTS = (
    PaperParagraph(
        "We evaluate on three benchmarks: DarkRooms, NightShelf and LowLux. Table 1 shows that Lantern outperforms "
        "GridStar by 6.2 points on DarkRooms and by 4.1 points on NightShelf. The success rate rises from 75.2% to "
        "81.4%, while the mean path is at most 8% longer. Training takes 3.5 hours on one GPU with a learning rate of "
        "10−4.",
        5,
    ),
    PaperParagraph(
        "Removing the illumination map lowers the success rate by 9.8 points, more than any other change. The planner "
        "without the map is not better than GridStar. Collisions drop from 31 to 12 in 1,000 runs.",
        5,
    ),
)
CONCLUSION = (
    PaperParagraph(
        "We presented Lantern, a planner that follows the light. A limitation of our approach is that the map ages "
        "when lamps are switched, which we do not model. Moreover, we only test indoors. In future "
        "work, we will learn when "
        "lamps are switched and extend the map to outdoor scenes.",
        6,
    ),
)
REFERENCES = (
    PaperParagraph("[3] B. Moor. Planning with maps. Made-up Robotics, 12(4):101–118, 2015.", 7,
    ParagraphKind.REFERENCE), PaperParagraph("[7] A. Reed. Grids and stars. In Proceedings of Nothing, 2017.", 7,
    ParagraphKind.REFERENCE),
)  # fmt: skip
TEXT = PaperText(
    title="Lantern: Planning Along the Light",
    sections=(
        Section("Abstract", 1, kind=SectionKind.ABSTRACT, paragraphs=(PaperParagraph(ABSTRACT, 1),)),
        Section("Introduction", 1, "1", paragraphs=INTRODUCTION),
        Section("Method", 3, "2", paragraphs=METHOD),
        Section("Planner", 4, "2.1", level=2),
        Section("Experiments", 5, "3", paragraphs=EXPERIMENTS),
        Section("Conclusion", 6, "4", paragraphs=CONCLUSION),
        Section("References", 7, kind=SectionKind.REFERENCES, paragraphs=REFERENCES),
    ),
    pages=7,
    pages_read=7,
    captions=(
        Caption("figure", "1", "Figure 1: The illumination map and the planner.", 3, 2),
        Caption("table", "1", "Table 1: Success rate (%) on three benchmarks.", 5, 4),
    ),
    footnotes=(Footnote("The robot was lent to us by a museum of clocks.", 6, 5),),
)
PAPER = Paper(
    id="2601.00001",
    version=1,
    title="Lantern: Planning Along the Light",
    authors=("Ada Moor", "Bo Reed"),
    abstract=ABSTRACT,
    categories=("cs.RO",),
)
