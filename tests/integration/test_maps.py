"""The picture of a city pack."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Annotation

from bot.drawing.city_map import draw_city
from bot.drawing.labels import Labels
from nlp.citypack.pack import build_pack
from nlp.gazetteer.gazetteer import GazetteerError
from tests.unit.smalltown import area_features, build_town, feature, square, write


def test_a_picture_of_the_town(tmp_path: Path) -> None:
    pack = build_town(tmp_path)
    picture = draw_city(pack, inches=6, dpi=80)
    pixels = imread(BytesIO(picture), format="png")
    assert pixels.shape[1] == 480
    assert pixels.shape[0] > pixels.shape[1]  # the town is taller than wide
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 100
    assert picture == draw_city(pack, inches=6, dpi=80)


def test_a_park_is_green(tmp_path: Path) -> None:
    areas = write(tmp_path / "a.geojson", area_features())
    park = feature(square(10.022, 10.038, 20.002, 20.018), name="Big Park", kind="park")
    options = {"timezone": "Etc/UTC", "languages": ("en",), "emergency": "112"}
    places = write(tmp_path / "p.geojson", [park])
    build_pack("T", areas, [places], tmp_path / "pack", **options)  # type: ignore[arg-type]
    pixels = imread(BytesIO(draw_city(tmp_path / "pack", inches=6, dpi=80)), format="png")
    green = np.array([0x9C, 0xC4, 0x8B]) / 255
    share = (np.abs(pixels[..., :3] - green) < 0.02).all(axis=2).mean()
    assert share > 0.1


def test_without_an_index_there_is_no_picture(tmp_path: Path) -> None:
    write(tmp_path / "areas.geojson", [feature(square(1, 2), code="a", name="A")])
    with pytest.raises(GazetteerError):
        draw_city(tmp_path)


def labels() -> tuple[Axes, Labels]:
    figure = Figure(figsize=(4, 4))
    canvas = FigureCanvasAgg(figure)
    return (axes := figure.add_axes((0, 0, 1, 1))), Labels(axes, canvas)


def shown(axes: Axes) -> list[str]:
    texts = [*axes.texts, *(c for c in axes.get_children() if isinstance(c, Annotation))]
    return list(dict.fromkeys(text.get_text() for text in texts))


def test_labels_never_cover_each_other() -> None:
    axes, names = labels()
    names.area("Old Town", "ot", shapely.box(0.1, 0.3, 0.9, 0.7), 13)
    for i in range(8):
        names.landmark(f"Landmark {i}", 0.5, 0.5, "black")
    names.along("Long Street", np.array([[0.1, 0.5], [0.9, 0.5]]))
    assert shown(axes)[0] == "OLD TOWN"
    assert 1 <= len(shown(axes)) < 8
    assert "Long Street" not in shown(axes)


@pytest.mark.parametrize(
    ("wide", "words"),
    [(0.8, "NORTHERN RIVERSIDE"), (0.36, "NORTHERN\nRIVERSIDE"), (0.04, "B3")],
)
def test_an_areas_name_fits_into_it_or_is_short(wide: float, words: str) -> None:
    axes, names = labels()
    names.area("Northern Riverside", "b3", shapely.box(0.1, 0.1, 0.1 + wide, 0.9), 13)
    assert shown(axes) == [words]


def test_a_street_is_named_along_its_line_if_it_is_long_enough() -> None:
    axes, names = labels()
    names.along("Long Street", np.array([[0.1, 0.1], [0.9, 0.9]]))
    names.along("A Very Long Name Of A Lane", np.array([[0.1, 0.8], [0.12, 0.8]]))
    assert shown(axes) == ["Long Street"]
    assert axes.texts[0].get_rotation() == pytest.approx(45)
