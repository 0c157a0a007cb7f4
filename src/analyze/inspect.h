#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/data_type.h"
#include "model/model.h"

namespace octolite {

struct TensorSummary {
  int32_t index = 0;
  std::string name;
  DataType type = DataType::kFloat32;
  std::vector<int32_t> shape;  // -1: free
  // Of the tensor or of channel 0; scale 0 when it is not quantized.
  float scale = 0;
  int64_t zero_point = 0;
  int32_t channels = 0;  // number of scales
};

struct OperatorSummary {
  int32_t index = 0;
  std::string name;  // "CONV_2D", or the code of a custom operator
  int32_t version = 1;
  bool supported = false;  // whether this library runs it
  // Whether it computes with float32: makes any, or reads any that is not constant. QUANTIZE and
  // DEQUANTIZE do not.
  bool uses_float = false;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::string output_name;
  Options options;
  int64_t weight_bytes = 0;   // of its constant operands
  int64_t multiply_adds = 0;  // 0 when unknown
};

struct SubgraphSummary {
  std::string name;
  std::vector<TensorSummary> inputs;
  std::vector<TensorSummary> outputs;
  std::vector<OperatorSummary> operators;
  int64_t multiply_adds = 0;
};

struct SignatureSummary {
  std::string key;
  int32_t subgraph = 0;
  std::vector<NamedTensor> inputs;
  std::vector<NamedTensor> outputs;
};

// Constant bytes by element type.
struct BytesOfType {
  DataType type = DataType::kFloat32;
  int64_t bytes = 0;
};

struct ModelSummary {
  std::string description;
  // "float32", "float16 weights", "dynamic range int8", "weight-only int8", "full int8", "full int8
  // with float inputs or outputs", "full uint8", "int16 activations", "mixed", "no float".
  std::string kind;
  // No integers but what training for quantization leaves in a float model, so that Quantize
  // accepts it.
  bool quantizable = false;
  bool per_channel = false;
  int64_t file_bytes = 0;
  int64_t weight_bytes = 0;    // constants of operators, shared ones once
  int64_t metadata_bytes = 0;  // buffers of metadata, and what follows the flatbuffer
  int64_t other_bytes = 0;     // the rest of the file: the graph itself
  std::vector<BytesOfType> weight_bytes_by_type;
  std::vector<SubgraphSummary> subgraphs;
  std::vector<SignatureSummary> signatures;
  std::vector<std::string> metadata;               // names
  std::vector<std::string> unsupported_operators;  // each once

  // As one JSON object.
  std::string ToJson() const;
};

ModelSummary Inspect(const Model& model, int64_t file_bytes);

}  // namespace octolite
