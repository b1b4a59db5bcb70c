"""The same experiment from another starting point: one whose layers start at given parameters."""

from mlpviz.nn import Network, values_initializer
from mlpviz.training.experiment import Experiment
from mlpviz.training.layer_spec import layer_options

MOST_PARAMETERS = 1000
"""So many numbers can still stand in a file that people read."""

INITIALIZER_OF = {"weight": "initializer", "bias": "bias_initializer"}
"""Which option of a layer says where a parameter starts."""


def starting_at(experiment: Experiment, network: Network) -> Experiment:
    """The experiment whose layers start at a network's parameters, as reproducible as any.

    Parameters
    ----------
    experiment
        Everything else stays as it is here.
    network
        One that was built from an experiment with these layers.

    Raises
    ------
    ValueError
        If the network is too large, has a parameter that no initializer gives, or one that is not finite.
    """
    sentence = cannot_start(experiment, network)
    if sentence:
        raise ValueError(sentence)
    settings = {
        f"layers.{i}.{INITIALIZER_OF[name]}": values_initializer(parameter)
        for i, layer in enumerate(network.layers)
        for name, parameter in layer.params.items()
    }
    return experiment.with_settings({**settings, "initial_weights": "", "initial_weights_sha256": ""})


def cannot_start(experiment: Experiment, network: Network) -> str:
    """Why no experiment can start at a network of this kind, in one sentence; empty where it can."""
    for i, (spec, layer) in enumerate(zip(experiment.layers, network.layers, strict=True)):
        known = layer_options(spec.kind)
        for name in layer.params:
            if INITIALIZER_OF.get(name) not in known:
                return (
                    f"operation {i} ({spec.kind}) learns {name}, which an experiment cannot be told: "
                    "a starting point can be chosen where all parameters are weights and biases"
                )
    if network.n_parameters > MOST_PARAMETERS:
        return (
            f"a starting point can be chosen for networks of up to {MOST_PARAMETERS} parameters, "
            f"and this one has {network.n_parameters}"
        )
    return ""
