"""Quantizes a model with Google's LiteRT Quantizer (or AI Edge Quantizer, its former name).

usage: peer.py MODEL RECIPE OUT [INPUT=SAMPLES.npy ...]

Samples are stacked along a new first axis. Prints one JSON object: what it took, or the error.
"""

import json
import resource
import sys
import tempfile
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


def as_the_peer_reads(model):
    """A copy with what files of older converters lack.

    The peer calibrates through a signature alone, so the copy has one that names tensors; and it
    does not look at the field that operator codes below 127 used to stand in.
    """
    from ai_edge_litert import schema_py_generated as schema
    import flatbuffers

    with open(model, "rb") as file:
        content = schema.ModelT.InitFromPackedBuf(bytearray(file.read()), 0)
    for code in content.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
    if not content.signatureDefs:
        content.signatureDefs = [signature_of(schema, content.subgraphs[0])]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(content.Pack(builder), b"TFL3")
    path = tempfile.mkstemp(suffix=".tflite")[1]
    with open(path, "wb") as file:
        file.write(builder.Output())
    return path


def signature_of(schema, graph):

    def named(tensors):
        maps = []
        for index in tensors:
            entry = schema.TensorMapT()
            entry.name = graph.tensors[index].name
            entry.tensorIndex = int(index)
            maps.append(entry)
        return maps

    signature = schema.SignatureDefT()
    signature.signatureKey = "serving_default"
    signature.inputs = named(graph.inputs)
    signature.outputs = named(graph.outputs)
    signature.subgraphIndex = 0
    return signature


def main():
    given, name, out, *inputs = sys.argv[1:]
    model = as_the_peer_reads(given)
    start = time.perf_counter()
    tool = quantizer.Quantizer(model)
    tool.load_quantization_recipe(getattr(recipe, name)())
    statistics = None
    if tool.need_calibration:
        from ai_edge_litert.interpreter import Interpreter

        key = next(iter(Interpreter(model_path=model).get_signature_list()))
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
