"""Many results together: counts, levels and quantiles worked out by hand."""

import numpy as np
import pytest

from mlpviz.training.sweep_summary import summary


def test_it_counts_who_learnt_and_where_the_others_stand(seed_result):
    together = summary(
        [
            seed_result(0, 0.01),
            seed_result(1, 0.1250, "plateau", gradient_norm=1e-5),
            seed_result(2, 0.1255, "plateau", gradient_norm=4e-5),
            seed_result(3, 0.1667, "plateau"),
            seed_result(4, 3.0, "diverged"),
            seed_result(5, 0.2, "not learnt"),
        ]
    )
    assert (together.seeds, together.learnt, together.plateau) == (6, 1, 3)
    assert (together.diverged, together.moving) == (1, 1)
    assert [(level.loss, level.seeds) for level in together.levels] == [(0.12525, (1, 2)), (0.1667, (3,))]
    assert together.levels[0].gradient_norm == 4e-5
    assert together.sentence == (
        "1 of 6 learnt it; 2 stand on a plateau at loss 0.125; 1 stands on a plateau at loss 0.167; "
        "1 diverged; 1 had not learnt it, but still moved"
    )


def test_all_learnt_is_said_in_four_words(seed_result):
    assert summary([seed_result(seed) for seed in range(3)]).sentence == "3 of 3 learnt it"


def test_without_a_criterion_nobody_is_said_to_have_failed(seed_result):
    together = summary([seed_result(seed, loss, "trained") for seed, loss in enumerate((1.0, 3.0, 2.0))])
    assert together.sentence == "3 trained: median of the training loss 2"
    assert together.as_table()["learnt"] is None


def test_that_all_diverged_is_no_lack_of_a_criterion(seed_result):
    assert summary([seed_result(0, verdict="diverged")]).sentence == "0 of 1 learnt it; 1 diverged"


def test_quantiles_of_the_final_losses(seed_result):
    loss = summary([seed_result(seed, float(seed)) for seed in (4, 0, 3, 1, 2)]).loss
    assert (loss.lowest, loss.lower_quartile, loss.median) == (0, 1, 2)
    assert (loss.upper_quartile, loss.highest) == (3, 4)


def test_curves_of_different_length_are_compared_where_they_exist(seed_result):
    spread = summary([seed_result(0, 0.0, steps=5), seed_result(1, 0.5, steps=3)]).loss_curve
    assert spread.steps.tolist() == [1, 2, 3, 4, 5]
    assert spread.lowest.tolist() == [1, 0.75, 0.5, 0.25, 0]
    assert spread.highest.tolist() == [1, 0.75, 0.5, 0.25, 0]
    longer = summary([seed_result(0, 0.0, steps=5), seed_result(1, 0.0, steps=3)]).loss_curve
    assert longer.lowest.tolist() == [1, 0.5, 0, 0.25, 0]
    np.testing.assert_allclose(longer.median, [1, 0.625, 0.25, 0.25, 0])


def test_a_loss_that_is_no_number_is_left_out(seed_result):
    together = summary([seed_result(0, float("inf"), "diverged", steps=0), seed_result(1, 0.5)])
    assert together.loss.highest == 0.5


def test_nothing_to_sum_up_is_told():
    with pytest.raises(ValueError, match="train at least one seed"):
        summary([])
