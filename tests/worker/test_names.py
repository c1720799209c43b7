import pytest

from fleet.worker.names import differ


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("QIONGSANYU80006", "琼三渔80006"),
        ("QIONG SAN YU 80006", "琼三渔80006"),
        ("QSY80006", "琼三渔80006"),  # short for it: the number decides
        ("QIONGSANYU 00012", "琼三渔12"),
        ("80006", "琼三渔80006"),
        ("", "琼三渔80006"),
        ("HAI FENG", "海丰"),  # nothing that could be compared
        ("HAI FENG", "Hai-Feng"),
        ("HAI FENG 8", "HAIFENG 8"),
    ],
)
def test_the_same_boat(said: str, registered: str) -> None:
    assert not differ(said, registered)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("QIONGSANYU80007", "琼三渔80006"),
        ("YUEDIANYU 44188", "琼三渔80006"),
        ("YUESANYU80006", "琼三渔80006"),  # the right number from another province
        ("HAI FENG", "HAI XING"),
        ("MINSHIYU", "琼三渔80006"),
    ],
)
def test_another(said: str, registered: str) -> None:
    assert differ(said, registered)
