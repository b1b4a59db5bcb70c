"""CSV tables are understood as a person would, and what is wrong is told with its row and column."""

import os
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.data.readers import Reading, columns_of, read_data


@pytest.fixture
def csv_file(tmp_path):
    """Writes a CSV file."""

    def write(text, name="some.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def read(csv_file):
    def read(text, **reading):
        return read_data(csv_file(text), Reading(**reading))

    return read


@pytest.fixture
def refused(csv_file):
    """The sentence with which a table is refused, which begins with the file."""

    def refused(text, **reading):
        path = csv_file(text)
        with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as caught:
            read_data(path, Reading(**reading))
        sentence = str(caught.value)
        assert str(path) in sentence
        return sentence.replace(f"{path}", "FILE")

    return refused


FLOWERS = "length,width,species\n5.1,3.5,rose\n4.9,3.0,tulip\n4.7,3.2,rose\n4.6,3.1,tulip\n"


class TestWhatIsUnderstood:
    def test_a_table_with_a_header(self, read):
        own = read(FLOWERS)
        dataset, understood = own.dataset, own.understood
        assert dataset.input_names == ("length", "width")
        assert dataset.classes == ("rose", "tulip")
        np.testing.assert_array_equal(
            dataset.training.inputs, np.float32([[5.1, 3.5], [4.9, 3.0], [4.7, 3.2], [4.6, 3.1]])
        )
        assert dataset.training.labels.tolist() == [0, 1, 0, 1]
        assert dataset.training.targets.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
        assert (dataset.image_shape, dataset.value_range, dataset.test) == (None, None, None)
        assert (understood.header, understood.label, understood.label_column) == (True, "column 'species'", 2)
        assert (understood.counts, understood.columns) == ((2, 2), ("length", "width", "species"))
        assert (understood.smallest, understood.largest) == (np.float32(3.0), np.float32(5.1))

    def test_a_table_without_a_header(self, read):
        own = read(FLOWERS.partition("\n")[2])
        assert own.understood.header is False
        assert own.understood.columns == ("column 1", "column 2", "column 3")
        assert own.dataset.input_names == ()
        assert len(own.dataset.training) == 4

    def test_a_header_can_be_said_to_be_none_and_the_other_way_round(self, read):
        numbers = "1,2,0\n3,4,1\n5,6,0\n7,8,1\n"
        assert len(read(numbers).dataset.training) == 4
        own = read(numbers, header="yes")
        assert (len(own.dataset.training), own.dataset.input_names) == (3, ("1", "2"))

    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_what_parts_the_columns_is_found(self, read, sign):
        own = read(FLOWERS.replace(",", sign))
        assert own.dataset.training.inputs.shape == (4, 2)

    def test_decimal_commas(self, read):
        own = read(FLOWERS.replace(",", ";").replace(".", ","))
        np.testing.assert_array_equal(own.dataset.training.inputs[0], np.float32([5.1, 3.5]))
        assert "Numbers are written with a decimal comma." in own.understood.notes

    def test_quotes_blank_lines_a_byte_order_mark_and_windows_line_ends(self, read):
        text = '\ufeff"length, cm","species"\r\n\r\n"1","a ""b"""\r\n2,c\r\n'.encode()
        own = read(text)
        assert own.dataset.input_names == ("length, cm",)
        assert own.dataset.classes == ('a "b"', "c")

    @pytest.mark.parametrize("name", ["label", "Class", "TARGET", "species", "y"])
    def test_the_label_column_is_known_by_its_name(self, read, name):
        own = read(f"{name},a,b\n0,1,2\n1,3,4\n0,5,6\n1,7,8\n")
        assert own.understood.label_column == 0
        assert own.dataset.input_names == ("a", "b")

    @pytest.mark.parametrize("wanted", ["width", "2", "column 2"])
    def test_the_label_column_can_be_chosen_by_name_or_number(self, read, wanted):
        own = read(FLOWERS, label_column=wanted, targets="numbers")
        assert own.understood.label == "column 'width'"
        np.testing.assert_array_equal(own.dataset.training.targets[:, 0], np.float32([3.5, 3.0, 3.2, 3.1]))

    def test_columns_of_words_are_left_out_and_told(self, read):
        own = read("name,a,colour,y\nx,1,red,0\ny,2,blue,1\nz,3,red,0\nw,4,red,1\n")
        assert own.dataset.input_names == ("a",)
        assert any("'name', 'colour'" in note and "left out" in note for note in own.understood.notes)

    @pytest.mark.parametrize("first", [0, 1])
    def test_a_column_that_only_counts_the_rows_is_left_out_and_told(self, read, first):
        rows = "".join(f"{first + i},{i * i % 7},{'ab'[i % 2]}\n" for i in range(6))
        own = read(f"id,size,kind\n{rows}")
        assert own.dataset.input_names == ("size",)
        assert any("'id' only counts" in note for note in own.understood.notes)

    def test_numbers_of_a_label_are_classes_in_the_order_of_numbers(self, read):
        own = read("a,b\n1,10\n2,9\n3,10\n4,9\n")
        assert own.dataset.classes == ("9", "10")

    def test_fractions_are_numbers_to_predict_and_that_is_told(self, read):
        own = read("a,price\n1,2.5\n2,3.25\n3,4\n")
        assert own.dataset.classes == ()
        assert own.dataset.training.targets.tolist() == [[2.5], [3.25], [4]]
        assert any("regression" in note for note in own.understood.notes)

    def test_whole_numbers_are_either_as_it_is_said(self, read):
        text = "a,b\n" + "".join(f"{i},{i % 3}\n" for i in range(9))
        assert read(text, targets="classes").dataset.classes == ("0", "1", "2")
        assert read(text, targets="numbers").dataset.classes == ()

    def test_rows_of_pixels_are_shown_as_pictures(self, read):
        rng = np.random.default_rng(0)
        rows = [[i % 2, *rng.integers(0, 256, 64)] for i in range(6)]
        head = "label," + ",".join(f"pixel{i}" for i in range(64)) + "\n"
        own = read(head + "\n".join(",".join(map(str, row)) for row in rows))
        assert (own.dataset.image_shape, own.dataset.value_range) == ((8, 8), (0, 255))
        assert own.dataset.training.inputs.dtype == np.uint8
        assert own.dataset.training.inputs.tolist() == [list(map(int, row[1:])) for row in rows]
        assert any("8 x 8 pixels" in note for note in own.understood.notes)

    def test_numbers_with_names_of_their_own_are_no_pixels(self, read):
        head = ",".join(f"height of {i}" for i in range(64)) + ",label\n"
        own = read(head + "\n".join(",".join(["7"] * 64 + [str(i % 2)]) for i in range(6)))
        assert own.dataset.image_shape is None

    def test_the_columns_can_be_had_without_reading_the_rest(self, csv_file):
        assert columns_of(csv_file(FLOWERS)) == ("length", "width", "species")

    @given(
        st.lists(
            st.tuples(
                st.floats(-(2.0**99), 2.0**99, width=32),
                st.floats(-(2.0**99), 2.0**99, width=32),
                st.sampled_from("ab"),
            ),
            min_size=2,
            max_size=20,
        ).filter(lambda rows: len({row[2] for row in rows}) == 2)
    )
    def test_stored_numbers_stay_as_they_are(self, tmp_path_factory, rows):
        path = tmp_path_factory.mktemp("csv") / "some.csv"
        path.write_text("p,q,label\n" + "".join(f"{a!r},{b!r},{label}\n" for a, b, label in rows))
        training = read_data(path).dataset.training
        np.testing.assert_array_equal(training.inputs, np.float32([row[:2] for row in rows]))


class TestMistakes:
    def test_a_word_far_below(self, refused):
        rows = [f"{i % 11},{i % 7},{i % 2}" for i in range(50_000)]
        rows[40_710] = "3,seven,1"  # below the header, and counted from 1
        sentence = refused("a,b,label\n" + "\n".join(rows))
        assert (
            sentence
            == "FILE, row 40,712, column 'b': 'seven' is not a number: correct it or leave the row out"
        )

    def test_a_ragged_row(self, refused):
        assert "row 4: 2 values where the first row has 3" in refused(
            FLOWERS.replace("4.7,3.2,rose", "4.7,rose")
        )

    @pytest.mark.parametrize("nothing", ["", "?", "NA", "nan", "null"])
    def test_a_missing_value(self, refused, nothing):
        sentence = refused(FLOWERS.replace("4.7", nothing))
        assert "row 4, column 'length'" in sentence
        assert "leave the row or the column out" in sentence

    @pytest.mark.parametrize("value", ["inf", "-inf", "1e39", "1e999"])
    def test_a_number_that_is_not_finite(self, refused, value):
        assert f"row 4, column 'length': '{value}' is not finite" in refused(FLOWERS.replace("4.7", value))

    def test_a_missing_label(self, refused):
        assert "row 3: there is no label" in refused(FLOWERS.replace("tulip", "", 1))

    def test_one_class_only(self, refused):
        assert "all labels are 'rose'" in refused(FLOWERS.replace("tulip", "rose"))

    def test_one_column_only(self, refused):
        assert "one column only" in refused("1\n2\n3\n")

    def test_nothing_but_blank_lines(self, refused):
        assert "is empty" in refused("\n\n")

    def test_nothing_but_a_header(self, refused):
        assert "no examples below the header" in refused("a,b,label\n", header="yes")

    def test_nothing_but_words(self, refused):
        assert "no column of numbers" in refused("a,b\nc,d\n")

    def test_a_label_column_that_is_not_there(self, refused):
        assert "unknown column 'specie'; known are: length, width, species" in refused(
            FLOWERS, label_column="specie"
        )
        assert "no column 4: its columns are 1 to 3" in refused(FLOWERS, label_column="4")

    def test_numbers_where_classes_are_wanted_and_words_where_numbers_are(self, refused):
        text = "a,b,c\n1,2.5,x\n2,3.5,y\n"
        assert "row 2: the label 2.5 is not a class" in refused(text, label_column="b", targets="classes")
        assert "row 2: the label 'x' is not a number" in refused(text, targets="numbers")

    def test_too_many_classes(self, refused):
        text = "a,b\n" + "".join(f"{i % 3},name {i}\n" for i in range(1001))
        assert "1,001 different labels, and up to 1,000 classes" in refused(text)

    def test_another_encoding(self, refused):
        assert "row 3: the byte fc is not text in UTF-8" in refused("a,b\n1,x\n2,Tür\n".encode("latin-1"))

    def test_a_zero_byte(self, refused):
        assert "row 3: there is a zero byte" in refused("a,b\n1,x\n2,y\0\n3,x\n")

    def test_text_in_utf_16(self, refused):
        assert "UTF-16" in refused(FLOWERS.encode("utf-16"))

    def test_a_quotation_mark_that_is_not_closed(self, refused):
        text = 'a,b\n1,"x\n' + "2,y\n" * 5000
        assert "row 2" in refused(text)

    @pytest.mark.parametrize(
        "text", ["1," * 3_000_000, 'a,"' + '\n","' * 500_000, "1\n" * 10 + "," * 5_000_000]
    )
    def test_rows_without_end_take_neither_long_nor_much_memory(self, refused, text):
        tracemalloc.start()
        began = time.process_time()
        refused(text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - began < 4  # of which most is tracemalloc's own
        assert peak < 600e6

    def test_a_file_larger_than_is_read(self, csv_file):
        path = csv_file(FLOWERS)
        os.truncate(path, 2 << 30)  # it has a hole, and fills no disk
        with pytest.raises(ValueError, match=r"some\.csv is larger than 1 GiB"):
            read_data(path)

    def test_a_file_that_cannot_be_read(self, csv_file):
        path = csv_file(FLOWERS)
        path.unlink()
        with pytest.raises(ValueError, match=r"some\.csv cannot be read: No such file"):
            read_data(path)

    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(ValueError, match="neither a file nor a folder"):
            read_data(tmp_path / "pipe.csv")
