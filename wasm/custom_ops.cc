#include "custom_ops.h"

#include <cstdint>
#include <string>
#include <utility>

#include "tensor_details.h"

namespace octolite::wasm {

using emscripten::val;

struct CustomOps::CustomOp {
  std::string name;
  val prepare;
  val invoke;
  OpDef def;
};

namespace {

// JavaScript makes the views, when it needs them: one made here would be gone as soon as what
// follows makes the memory grow.
void SetMemory(val& record, const uint8_t* data, size_t bytes) {
  record.set("address", static_cast<double>(reinterpret_cast<uintptr_t>(data)));
  record.set("bytes", static_cast<double>(bytes));
}

val SpecRecord(const TensorSpec& spec) {
  val record = val::object();
  record.set("index", spec.index);
  record.set("name", std::string(spec.name));
  record.set("dtype", std::string(DataTypeName(spec.type)));
  record.set("shape", NumberArray(spec.shape.dims()));
  record.set("quantization", QuantizationDetails(spec.quantization));
  record.set("isVariable", spec.is_variable);
  record.set("isConstant", spec.is_constant);
  SetMemory(record, spec.constant.data(), spec.constant.size());
  return record;
}

val RuntimeRecord(const RuntimeTensor& tensor) {
  val record = val::object();
  record.set("shape", NumberArray(tensor.shape.dims()));
  SetMemory(record, tensor.data, tensor.bytes);
  return record;
}

class CustomKernel final : public OpKernel {
 public:
  // `node` is what JavaScript keeps of the operator; `dynamic`, which outputs come with the answer.
  CustomKernel(val invoke, val node, std::vector<bool> dynamic)
      : invoke_(std::move(invoke)), node_(std::move(node)), dynamic_(std::move(dynamic)) {}

  Status Eval(EvalContext& ctx) const override {
    val inputs = val::array();
    for (int i = 0; i < ctx.num_inputs(); ++i) {
      inputs.set(i, ctx.has_input(i) ? RuntimeRecord(ctx.input_tensor(i)) : val::null());
    }
    val outputs = val::array();
    for (int i = 0; i < ctx.num_outputs(); ++i) {
      outputs.set(
          i, dynamic_[static_cast<size_t>(i)] ? val::null() : RuntimeRecord(ctx.output_tensor(i)));
    }
    const val answer = invoke_(node_, inputs, outputs);
    const val error = answer["error"];
    if (!error.isUndefined()) return Status(StatusCode::kInvalidArgument, error.as<std::string>());
    for (int i = 0; i < ctx.num_outputs(); ++i) {
      if (!dynamic_[static_cast<size_t>(i)]) continue;
      OCTO_RETURN_IF_ERROR(Receive(ctx, i, answer["results"][i]));
    }
    return Status::Ok();
  }

 private:
  // Copies an output that came as {shape, bytes}; JavaScript has checked that the two fit.
  static Status Receive(EvalContext& ctx, int i, const val& result) {
    const std::optional<Shape> shape = ShapeOfArray(result["shape"]);
    const val bytes = result["bytes"];
    if (!shape) {
      return Status(StatusCode::kInvalidArgument, "that is not the shape of a tensor");
    }
    const auto size = static_cast<size_t>(bytes["length"].as<double>());
    OCTO_RETURN_IF_ERROR(ctx.AllocateOutput(i, *shape, size));
    RuntimeTensor& output = ctx.output_tensor(i);
    val(emscripten::typed_memory_view(output.bytes, output.data)).call<void>("set", bytes);
    return Status::Ok();
  }

  val invoke_;
  val node_;
  std::vector<bool> dynamic_;
};

}  // namespace

CustomOps::CustomOps(const val& list) {
  for (const val& entry : emscripten::vecFromJSArray<val>(list)) {
    auto op = std::make_shared<CustomOp>(
        CustomOp{entry["name"].as<std::string>(), entry["prepare"], entry["invoke"], {}});
    // Not pure: it may keep something, and folding it would run it while a model is prepared.
    op->def = {.op = BuiltinOp::kCustom,
               .prepare = Prepare,
               .pure = false,
               .custom_code = op->name,
               .user = op.get()};
    ops_.push_back(std::move(op));
  }
}

bool CustomOps::Has(std::string_view custom_code) const {
  for (const auto& op : ops_) {
    if (op->name == custom_code) return true;
  }
  return false;
}

CustomOps CustomOps::Before(const CustomOps& others) const {
  CustomOps both = *this;
  both.ops_.insert(both.ops_.end(), others.ops_.begin(), others.ops_.end());
  return both;
}

std::vector<const OpDef*> CustomOps::defs() const {
  std::vector<const OpDef*> defs;
  for (const auto& op : ops_) defs.push_back(&op->def);
  return defs;
}

Result<std::unique_ptr<OpKernel>> CustomOps::Prepare(PrepareContext& ctx) {
  const auto& op = *static_cast<const CustomOp*>(ctx.user());
  val inputs = val::array();
  for (int i = 0; i < ctx.num_inputs(); ++i) {
    inputs.set(i, ctx.has_input(i) ? SpecRecord(ctx.input(i)) : val::null());
  }
  val outputs = val::array();
  for (int i = 0; i < ctx.num_outputs(); ++i) outputs.set(i, SpecRecord(ctx.output(i)));
  val record = val::object();
  record.set("inputs", inputs);
  record.set("outputs", outputs);
  SetMemory(record, ctx.custom_options().data(), ctx.custom_options().size());
  const val answer = op.prepare(record);
  const val error = answer["error"];
  if (!error.isUndefined()) {
    return ctx.Error(StatusCode::kInvalidArgument, error.as<std::string>());
  }
  std::vector<bool> dynamic;
  for (int i = 0; i < ctx.num_outputs(); ++i) {
    const val given = answer["shapes"][i];
    dynamic.push_back(given.isNull());
    if (given.isNull()) {
      ctx.SetOutputDynamic(i);
      continue;
    }
    const std::optional<Shape> shape = ShapeOfArray(given);
    if (!shape) {
      return ctx.OutputError(i, StatusCode::kInvalidArgument,
                             "was given what is not the shape of a tensor");
    }
    ctx.SetOutputShape(i, *shape);
  }
  return std::unique_ptr<OpKernel>(
      std::make_unique<CustomKernel>(op.invoke, answer["node"], std::move(dynamic)));
}

}  // namespace octolite::wasm
