"""Quantizes a model with Google's LiteRT Quantizer (or AI Edge Quantizer, its former name).

usage: peer.py MODEL RECIPE OUT [INPUT=SAMPLES.npy ...]

Samples are stacked along a new first axis. Prints one JSON object: what it took, or the error.
"""

import json
import resource
import sys
import time

import numpy as np

try:
    from litert_quantizer import quantizer, recipe
except ImportError:
    from ai_edge_quantizer import quantizer, recipe


def samples_of(paths):
    arrays = {}
    for path in paths:
        name, file = path.split("=", 1)
        arrays[name] = np.load(file)
    count = min((len(array) for array in arrays.values()), default=0)
    return [{name: array[i] for name, array in arrays.items()} for i in range(count)]


def main():
    model, name, out, *inputs = sys.argv[1:]
    start = time.perf_counter()
    tool = quantizer.Quantizer(model)
    tool.load_quantization_recipe(getattr(recipe, name)())
    statistics = None
    if tool.need_calibration:
        from ai_edge_litert.interpreter import Interpreter

        signatures = Interpreter(model_path=model).get_signature_list()
        key = next(iter(signatures), None)
        statistics = tool.calibrate({key: samples_of(inputs)})
    tool.quantize(statistics).export_model(out, overwrite=True)
    return {
        "ms": 1000 * (time.perf_counter() - start),
        "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


try:
    result = main()
except Exception as error:  # whatever the peer refuses with is a line of the table
    result = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
print(json.dumps(result))
