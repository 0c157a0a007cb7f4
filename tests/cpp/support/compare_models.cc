#include "support/compare_models.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace octolite::testing {
namespace {

// Keeps the path to the field at hand, and the first difference with it.
class Comparer {
 public:
  std::string Models(const Model& a, const Model& b) {
    Field("version", a.version, b.version);
    Field("description", a.description, b.description);
    Field("has_description", a.has_description, b.has_description);
    List("operator_codes", a.operator_codes, b.operator_codes);
    List("buffers", a.buffers, b.buffers);
    List("subgraphs", a.subgraphs, b.subgraphs);
    Field("metadata_buffer", a.metadata_buffer, b.metadata_buffer);
    List("metadata", a.metadata, b.metadata);
    List("signatures", a.signatures, b.signatures);
    List("external_buffer_groups", a.external_buffer_groups, b.external_buffer_groups);
    List("external_buffers", a.external_buffers, b.external_buffers);
    Field("tail", a.tail, b.tail);
    Field("unknown_parts", a.unknown_parts, b.unknown_parts);
    return difference_;
  }

 private:
  static std::string Show(const std::string& value) { return "'" + value + "'"; }
  static std::string Show(const ByteSlice& value) {
    return std::to_string(value.size()) + " bytes";
  }
  template <typename T>
    requires std::is_arithmetic_v<T>
  static std::string Show(T value) {
    return std::to_string(value);
  }
  template <typename T>
    requires std::is_enum_v<T>
  static std::string Show(T value) {
    return std::to_string(static_cast<int>(value));
  }
  template <typename T>
  static std::string Show(const std::vector<T>& values) {
    std::string text = "[";
    constexpr size_t kShown = 8;
    for (size_t i = 0; i < std::min(values.size(), kShown); ++i) {
      text += (i > 0 ? ", " : "") + Show(static_cast<T>(values[i]));
    }
    return text + (values.size() > kShown ? ", ..." : "") + "] of " + std::to_string(values.size());
  }

  template <typename T>
  static bool Same(const T& a, const T& b) {
    return a == b;
  }
  static bool Same(double a, double b) {
    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  }
  static bool Same(float a, float b) {
    return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  }
  static bool Same(const ByteSlice& a, const ByteSlice& b) {
    return std::ranges::equal(a.bytes(), b.bytes());
  }
  template <typename T>
  static bool Same(const std::vector<T>& a, const std::vector<T>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const T& x, const T& y) { return Same(x, y); });
  }

  template <typename T>
  void Field(std::string_view name, const T& a, const T& b) {
    if (!difference_.empty() || Same(a, b)) return;
    difference_ = path_ + std::string(name) + ": " + Show(a) + " / " + Show(b);
  }

  // Runs `compare` with the path longer by `step`.
  template <typename Compare>
  void Within(const std::string& step, Compare compare) {
    if (!difference_.empty()) return;
    const std::string outer = path_;
    path_ += step + ".";
    compare();
    path_ = outer;
  }

  template <typename T>
  void List(const std::string& name, const std::vector<T>& a, const std::vector<T>& b) {
    Field(name + ".size", a.size(), b.size());
    for (size_t i = 0; i < a.size() && difference_.empty(); ++i) {
      Within(name + "[" + std::to_string(i) + "]", [&] { Parts(a[i], b[i]); });
    }
  }

  template <typename T>
  void Optional(const std::string& name, const std::optional<T>& a, const std::optional<T>& b) {
    Field(name + ".present", a.has_value(), b.has_value());
    if (a && b) Within(name, [&] { Parts(*a, *b); });
  }

  void Parts(const OperatorCode& a, const OperatorCode& b) {
    Field("builtin", a.builtin, b.builtin);
    Field("custom_code", a.custom_code, b.custom_code);
    Field("has_custom_code", a.has_custom_code, b.has_custom_code);
    Field("version", a.version, b.version);
  }
  void Parts(const Buffer& a, const Buffer& b) {
    Field("present", a.present, b.present);
    Field("data", a.data, b.data);
  }
  void Parts(const Metadata& a, const Metadata& b) {
    Field("name", a.name, b.name);
    Field("buffer", a.buffer, b.buffer);
  }
  void Parts(const NamedTensor& a, const NamedTensor& b) {
    Field("name", a.name, b.name);
    Field("tensor", a.tensor, b.tensor);
  }
  void Parts(const Signature& a, const Signature& b) {
    List("inputs", a.inputs, b.inputs);
    List("outputs", a.outputs, b.outputs);
    Field("key", a.key, b.key);
    Field("deprecated_tag", a.deprecated_tag, b.deprecated_tag);
    Field("subgraph", a.subgraph, b.subgraph);
  }
  void Parts(const ExternalBufferGroup& a, const ExternalBufferGroup& b) {
    Field("name", a.name, b.name);
  }
  void Parts(const ExternalBuffer& a, const ExternalBuffer& b) {
    Field("id", a.id, b.id);
    Field("group", a.group, b.group);
    Field("offset", a.offset, b.offset);
    Field("length", a.length, b.length);
    Field("packing", a.packing, b.packing);
  }
  void Parts(const Subgraph& a, const Subgraph& b) {
    Field("name", a.name, b.name);
    Field("has_name", a.has_name, b.has_name);
    List("tensors", a.tensors, b.tensors);
    Field("inputs", a.inputs, b.inputs);
    Field("outputs", a.outputs, b.outputs);
    List("operators", a.operators, b.operators);
    Field("debug_metadata_index", a.debug_metadata_index, b.debug_metadata_index);
  }
  void Parts(const Tensor& a, const Tensor& b) {
    Field("name", a.name, b.name);
    Field("type", a.type, b.type);
    Field("shape", a.shape, b.shape);
    Optional("shape_signature", a.shape_signature, b.shape_signature);
    Field("buffer", a.buffer, b.buffer);
    Optional("quantization", a.quantization, b.quantization);
    Field("is_variable", a.is_variable, b.is_variable);
    Optional("sparsity", a.sparsity, b.sparsity);
    Field("has_rank", a.has_rank, b.has_rank);
    List("variant_tensors", a.variant_tensors, b.variant_tensors);
    Field("external_buffer", a.external_buffer, b.external_buffer);
  }
  void Parts(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
    Field("values", a, b);
  }
  void Parts(const Quantization& a, const Quantization& b) {
    Field("min", a.min, b.min);
    Field("max", a.max, b.max);
    Field("scale", a.scale, b.scale);
    Field("zero_point", a.zero_point, b.zero_point);
    Field("quantized_dimension", a.quantized_dimension, b.quantized_dimension);
    Optional("custom", a.custom, b.custom);
    Optional("blockwise", a.blockwise, b.blockwise);
    Optional("multi_axis", a.multi_axis, b.multi_axis);
  }
  void Parts(const CustomQuantization& a, const CustomQuantization& b) {
    Field("custom", a.custom, b.custom);
  }
  void Parts(const BlockwiseQuantization& a, const BlockwiseQuantization& b) {
    Field("scales", a.scales, b.scales);
    Field("zero_points", a.zero_points, b.zero_points);
    Field("block_size", a.block_size, b.block_size);
  }
  void Parts(const MultiAxisQuantization& a, const MultiAxisQuantization& b) {
    Field("scales", a.scales, b.scales);
    Field("zero_points", a.zero_points, b.zero_points);
    Field("block_size", a.block_size, b.block_size);
    Field("quantized_dimensions", a.quantized_dimensions, b.quantized_dimensions);
  }
  void Parts(const Sparsity& a, const Sparsity& b) {
    Field("traversal_order", a.traversal_order, b.traversal_order);
    Field("block_map", a.block_map, b.block_map);
    List("dims", a.dims, b.dims);
  }
  void Parts(const DimensionMetadata& a, const DimensionMetadata& b) {
    Field("format", a.format, b.format);
    Field("dense_size", a.dense_size, b.dense_size);
    Field("segments.type", a.segments.type, b.segments.type);
    Field("segments.values", a.segments.values, b.segments.values);
    Field("indices.type", a.indices.type, b.indices.type);
    Field("indices.values", a.indices.values, b.indices.values);
  }
  void Parts(const VariantSubType& a, const VariantSubType& b) {
    Field("shape", a.shape, b.shape);
    Field("type", a.type, b.type);
    Field("has_rank", a.has_rank, b.has_rank);
  }
  void Parts(const Operator& a, const Operator& b) {
    Field("opcode_index", a.opcode_index, b.opcode_index);
    Field("inputs", a.inputs, b.inputs);
    Field("outputs", a.outputs, b.outputs);
    Field("intermediates", a.intermediates, b.intermediates);
    Field("mutating_variable_inputs", a.mutating_variable_inputs, b.mutating_variable_inputs);
    Field("options.type", a.options.type, b.options.type);
    Field("options.second_union", a.options.second_union, b.options.second_union);
    List("options.fields", a.options.fields, b.options.fields);
    Optional("custom_options", a.custom_options, b.custom_options);
    Field("custom_options_format", a.custom_options_format, b.custom_options_format);
    Field("debug_metadata_index", a.debug_metadata_index, b.debug_metadata_index);
  }
  void Parts(const ByteSlice& a, const ByteSlice& b) { Field("bytes", a, b); }
  void Parts(const OptionField& a, const OptionField& b) {
    Field("name", a.name, b.name);
    Field(a.name + ".kind", a.value.index(), b.value.index());
    if (!difference_.empty()) return;
    std::visit([&]<typename T>(const T& value) { Field(a.name, value, std::get<T>(b.value)); },
               a.value);
  }

  std::string path_;
  std::string difference_;
};

}  // namespace

std::string FirstDifference(const Model& a, const Model& b) { return Comparer().Models(a, b); }

}  // namespace octolite::testing
