"""What was understood of a data set, as plain values and as text."""

from typing import Any

from mlpviz.data.readers.records import OwnData

MOST_CLASSES_TOLD = 20


def as_table(own: OwnData, sha256: str) -> dict[str, Any]:
    """What was understood as numbers, strings, lists and dicts."""
    dataset, understood = own.dataset, own.understood
    return {
        "path": str(understood.path),
        "format": understood.format,
        "files": len(understood.files),
        "sha256": sha256,
        "training_examples": understood.training,
        "test_examples": understood.test,
        "inputs": dataset.n_in,
        "image_shape": None if dataset.image_shape is None else list(dataset.image_shape),
        "input_names": list(dataset.input_names),
        "stored_as": understood.stored,
        "smallest": understood.smallest,
        "largest": understood.largest,
        "value_range": None if dataset.value_range is None else list(dataset.value_range),
        "task": "classes" if dataset.classes else "numbers",
        "label": understood.label,
        "outputs": dataset.n_out,
        "classes": [
            {"name": name, "training": understood.counts[k], "test": count}
            for k, (name, count) in enumerate(
                zip(understood.classes, understood.test_counts or [0] * len(understood.classes), strict=True)
            )
        ],
        "columns": list(understood.columns),
        "header": understood.header,
        "notes": list(understood.notes),
        "warnings": list(understood.warnings),
    }


def facts(own: OwnData) -> list[tuple[str, str]]:
    """What was understood as pairs of a heading and words."""
    dataset, understood = own.dataset, own.understood
    n_files = f" ({len(understood.files):,} files)" if len(understood.files) > 1 else ""
    told = [
        ("Read as", f"{understood.format}{n_files}"),
        (
            "Examples",
            f"{understood.training:,}" + (f", and {understood.test:,} to test" if understood.test else ""),
        ),
        ("Inputs", inputs_words(own)),
        ("Values", f"{understood.smallest:.4g} to {understood.largest:.4g}, stored as {understood.stored}"),
        ("Labels", understood.label),
    ]
    if dataset.classes:
        told.append(("Classes", f"{len(dataset.classes)}"))
    else:
        targets = dataset.training.targets
        told.append(("To predict", f"{_numbers(dataset.n_out)}, {targets.min():.4g} to {targets.max():.4g}"))
    if understood.header is not None:
        told.append(
            (
                "Header",
                "the first row holds names" if understood.header else "none: the first row is an example",
            )
        )
    return told


def inputs_words(own: OwnData) -> str:
    """The shape of an example: "28 x 28 pixels", or a few names."""
    dataset = own.dataset
    if dataset.image_shape is not None:
        return f"{dataset.image_shape[0]} x {dataset.image_shape[1]} pixels, {dataset.n_in:,} numbers"
    names = ", ".join(dataset.input_names[:6]) + (", …" if len(dataset.input_names) > 6 else "")
    return _numbers(dataset.n_in) + (f": {names}" if names else "")


def as_text(own: OwnData, sha256: str) -> str:
    """What was understood in lines of text."""
    understood = own.understood
    lines = [f"{understood.path}", ""]
    lines += [f"  {heading:12}{words}" for heading, words in facts(own)]
    lines.append(f"  {'sha256':12}{sha256}")
    if understood.classes:
        width = max(len(name) for name in understood.classes[:MOST_CLASSES_TOLD])
        lines += ["", f"  {'class':{width}}{'training':>12}" + (f"{'test':>10}" if understood.test else "")]
        for k, name in enumerate(understood.classes[:MOST_CLASSES_TOLD]):
            tests = f"{understood.test_counts[k]:>10,}" if understood.test else ""
            lines.append(f"  {name:{width}}{understood.counts[k]:>12,}{tests}")
        if len(understood.classes) > MOST_CLASSES_TOLD:
            lines.append(f"  … and {len(understood.classes) - MOST_CLASSES_TOLD} more")
    said = [
        *(f"  {note}" for note in understood.notes),
        *(f"  Caution: {text}" for text in understood.warnings),
    ]
    return "\n".join([*lines, *([""] if said else []), *said])


def _numbers(n: int) -> str:
    return f"{n:,} number{'s' if n != 1 else ''}"
