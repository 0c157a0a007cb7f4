#include "ops/common/lstm.h"

#include <string>
#include <utility>

#include "ops/common/recurrent.h"
#include "ops/common/weighted.h"

namespace octolite {
namespace {

// The types of a cell's tensors, beside the weights.
struct CellTypes {
  DataType weights, peephole, bias, norm, output_state, cell_state;
};

Result<CellTypes> ReadTypes(const PrepareContext& ctx, const LstmInputs& inputs) {
  const TensorSpec& x = ctx.input(inputs.input);
  const int some_weights = inputs.input_weights[kOutputGate];
  if (x.type == DataType::kFloat32) {
    OCTO_RETURN_IF_ERROR(ExpectWeightType(ctx, some_weights));
    const DataType weights = ctx.input(some_weights).type;
    constexpr DataType kFloat = DataType::kFloat32;
    return CellTypes{weights, weights, kFloat, kFloat, kFloat, kFloat};
  }
  if (x.type != DataType::kInt8) return ctx.UnsupportedType(x);
  return CellTypes{DataType::kInt8,  DataType::kInt16, DataType::kInt32,
                   DataType::kInt16, DataType::kInt8,  DataType::kInt16};
}

// Either every gate that is there has one of `tensors`, or none has.
Result<bool> AllOrNone(const PrepareContext& ctx, const LstmInputs::Gates& tensors,
                       bool has_input_gate, const char* what) {
  int present = 0;
  int possible = 0;
  for (size_t g = 0; g < kLstmGates; ++g) {
    if (tensors[g] < 0) continue;
    if (g == kInputGate && !has_input_gate) {
      if (!HasInput(ctx, tensors[g])) continue;
      return ctx.InputError(tensors[g], StatusCode::kInvalidModel,
                            std::string("has ") + what + " of an input gate that is not there");
    }
    ++possible;
    present += HasInput(ctx, tensors[g]) ? 1 : 0;
  }
  if (present == 0) return false;
  if (present == possible) return true;
  return ctx.Error(StatusCode::kInvalidModel,
                   std::string("has ") + what + " for some gates and not for others");
}

// A scale for weights that are not float.
Status ExpectScale(const PrepareContext& ctx, int i) {
  if (ctx.input(i).type == DataType::kFloat32) return Status::Ok();
  return ctx.ExpectPerTensorQuantization(ctx.input(i));
}

Status CheckMatrix(const PrepareContext& ctx, int i, DataType type, int32_t rows, int32_t columns) {
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, i, type, {rows, columns}));
  return ExpectScale(ctx, i);
}

Status CheckVector(const PrepareContext& ctx, int i, DataType type, int32_t size) {
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, i, type, {size}));
  return type == DataType::kInt32 ? Status::Ok() : ExpectScale(ctx, i);
}

// The optional parts of a cell.
struct CellParts {
  bool peephole = false;
  bool norm = false;
  bool auxiliary = false;
};

Status CheckGate(const PrepareContext& ctx, const LstmCell& cell, const CellTypes& types,
                 const CellParts& parts, size_t gate, bool diagonal) {
  const LstmInputs& inputs = cell.inputs;
  const FloatLstm& shape = cell.shape;
  OCTO_RETURN_IF_ERROR(
      CheckMatrix(ctx, inputs.input_weights[gate], types.weights, shape.cells, shape.inputs));
  const int recurrent = inputs.recurrent_weights[gate];
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(recurrent));
  if (diagonal && ctx.input(recurrent).shape.rank() == 1) {
    OCTO_RETURN_IF_ERROR(CheckVector(ctx, recurrent, DataType::kFloat32, shape.cells));
    if (shape.cells != shape.outputs) {
      return ctx.InputError(recurrent, StatusCode::kInvalidModel,
                            "is a diagonal where the matrix is not square");
    }
  } else {
    OCTO_RETURN_IF_ERROR(CheckMatrix(ctx, recurrent, types.weights, shape.cells, shape.outputs));
  }
  OCTO_RETURN_IF_ERROR(CheckVector(ctx, inputs.bias[gate], types.bias, shape.cells));
  if (parts.peephole && inputs.peephole[gate] >= 0) {
    OCTO_RETURN_IF_ERROR(CheckVector(ctx, inputs.peephole[gate], types.peephole, shape.cells));
  }
  if (parts.norm) {
    OCTO_RETURN_IF_ERROR(CheckVector(ctx, inputs.norm[gate], types.norm, shape.cells));
  }
  if (parts.auxiliary) {
    OCTO_RETURN_IF_ERROR(CheckMatrix(ctx, inputs.auxiliary_weights[gate], types.weights,
                                     shape.cells, shape.auxiliary_inputs));
  }
  return Status::Ok();
}

Status CheckProjection(const PrepareContext& ctx, const LstmCell& cell, const CellTypes& types) {
  const LstmInputs& inputs = cell.inputs;
  const FloatLstm& shape = cell.shape;
  if (!HasInput(ctx, inputs.projection_weights)) {
    if (HasInput(ctx, inputs.projection_bias)) {
      return ctx.InputError(inputs.projection_bias, StatusCode::kInvalidModel,
                            "is the bias of a projection that is not there");
    }
    if (shape.cells != shape.outputs) {
      return ctx.Error(StatusCode::kInvalidModel,
                       "has " + std::to_string(shape.cells) + " cells and " +
                           std::to_string(shape.outputs) + " outputs without a projection");
    }
    return Status::Ok();
  }
  OCTO_RETURN_IF_ERROR(
      CheckMatrix(ctx, inputs.projection_weights, types.weights, shape.outputs, shape.cells));
  if (!HasInput(ctx, inputs.projection_bias)) return Status::Ok();
  return CheckVector(ctx, inputs.projection_bias, types.bias, shape.outputs);
}

float ScaleAt(const PrepareContext& ctx, int i) {
  return HasInput(ctx, i) ? ctx.input(i).scale() : 0;
}

// The scales that int8 and int16 weights have; the matrices are bound while running.
void KeepScales(const PrepareContext& ctx, const LstmInputs& inputs, FloatLstm& shape) {
  for (size_t g = 0; g < kLstmGates; ++g) {
    FloatLstmGate& gate = shape.gates[g];
    gate.input.scale = ScaleAt(ctx, inputs.input_weights[g]);
    gate.recurrent.scale = ScaleAt(ctx, inputs.recurrent_weights[g]);
    gate.peephole.scale = ScaleAt(ctx, inputs.peephole[g]);
    gate.auxiliary.scale = ScaleAt(ctx, inputs.auxiliary_weights[g]);
  }
  shape.projection.scale = ScaleAt(ctx, inputs.projection_weights);
}

class FloatLstmKernel final : public OpKernel {
 public:
  FloatLstmKernel(LstmCell cell, const RecurrentSequence& sequence)
      : cell_(std::move(cell)), sequence_(sequence) {}

  Status Eval(EvalContext& ctx) const override {
    const LstmInputs& inputs = cell_.inputs;
    RunFloatLstm(BindLstmCell(ctx, cell_), sequence_, ctx.input<float>(inputs.input), nullptr,
                 ctx.variable<float>(inputs.output_state), ctx.variable<float>(inputs.cell_state),
                 ctx.output<float>(0), ctx.scratch<uint8_t>());
    return Status::Ok();
  }

 private:
  LstmCell cell_;
  RecurrentSequence sequence_;
};

size_t OwnedBytes(const IntegerLstm& lstm) {
  size_t elements = lstm.projection_bias.size();
  for (const IntegerLstmGate& gate : lstm.gates) {
    elements += gate.input_bias.size() + gate.recurrent_bias.size();
  }
  return elements * sizeof(int32_t);
}

size_t OwnedBytes(const Int8Lstm&) { return 0; }

// Lstm: IntegerLstm, Int8Lstm.
template <typename Lstm>
class QuantizedLstmKernel final : public OpKernel {
 public:
  static Result<std::unique_ptr<OpKernel>> Make(PrepareContext& ctx, const LstmInputs& inputs,
                                                const RecurrentSequence& sequence, Lstm lstm) {
    OCTO_RETURN_IF_ERROR(
        RequestCheckedScratch(ctx, IntegerLstmScratchBytes(lstm, sequence.rows_at_once())));
    return std::unique_ptr<OpKernel>(new QuantizedLstmKernel(inputs, sequence, std::move(lstm)));
  }

  Status Eval(EvalContext& ctx) const override {
    RunIntegerLstm(lstm_, sequence_, ctx.input<int8_t>(inputs_.input),
                   ctx.variable<int8_t>(inputs_.output_state),
                   ctx.variable<int16_t>(inputs_.cell_state), ctx.output<int8_t>(0),
                   ctx.scratch<uint8_t>());
    return Status::Ok();
  }

  size_t owned_bytes() const override { return OwnedBytes(lstm_); }

 private:
  QuantizedLstmKernel(const LstmInputs& inputs, const RecurrentSequence& sequence, Lstm lstm)
      : inputs_(inputs), sequence_(sequence), lstm_(std::move(lstm)) {}

  LstmInputs inputs_;
  RecurrentSequence sequence_;
  Lstm lstm_;
};

}  // namespace

Result<LstmCell> PrepareLstmCell(const PrepareContext& ctx, const LstmInputs& inputs, int32_t batch,
                                 bool diagonal) {
  LstmCell cell;
  cell.inputs = inputs;
  cell.batch = batch;
  FloatLstm& shape = cell.shape;
  OCTO_ASSIGN_OR_RETURN(const CellTypes types, ReadTypes(ctx, inputs));
  const bool is_float = types.bias == DataType::kFloat32;
  shape.int8_weights = types.weights != DataType::kFloat32;
  OCTO_ASSIGN_OR_RETURN(shape.activation, ReadGateActivation(ctx));
  shape.asymmetric_rows = ctx.options().Bool("asymmetric_quantize_inputs", false);
  shape.cell_clip = ctx.options().Float("cell_clip", 0);
  shape.projection_clip = ctx.options().Float("proj_clip", 0);
  if (!(shape.cell_clip >= 0) || !(shape.projection_clip >= 0)) {
    return ctx.Error(StatusCode::kInvalidModel, "has a clip that is not 0 or a positive number");
  }

  const TensorSpec& x = ctx.input(inputs.input);
  shape.inputs = x.shape.dim(x.shape.rank() - 1);
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(inputs.input_weights[kOutputGate]));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(inputs.recurrent_weights[kOutputGate]));
  const Shape& some_weights = ctx.input(inputs.input_weights[kOutputGate]).shape;
  const Shape& some_recurrent = ctx.input(inputs.recurrent_weights[kOutputGate]).shape;
  const bool vectors_fit = diagonal && is_float;
  if (some_weights.rank() != 2 ||
      (some_recurrent.rank() != 2 && !(vectors_fit && some_recurrent.rank() == 1))) {
    return ctx.Error(StatusCode::kInvalidModel, "has weights that are no matrices");
  }
  shape.cells = some_weights.dim(0);
  shape.outputs = some_recurrent.dim(some_recurrent.rank() - 1);
  if (shape.cells < 1 || shape.outputs < 1) {
    return ctx.Error(StatusCode::kInvalidModel, "has no cells or no outputs");
  }

  shape.has_input_gate = HasInput(ctx, inputs.input_weights[kInputGate]);
  const bool any_input_gate =
      HasInput(ctx, inputs.recurrent_weights[kInputGate]) || HasInput(ctx, inputs.bias[kInputGate]);
  if (!shape.has_input_gate && any_input_gate) {
    return ctx.Error(StatusCode::kInvalidModel, "has only some of the input gate's tensors");
  }
  CellParts parts;
  OCTO_ASSIGN_OR_RETURN(parts.peephole,
                        AllOrNone(ctx, inputs.peephole, shape.has_input_gate, "peephole weights"));
  OCTO_ASSIGN_OR_RETURN(parts.norm, AllOrNone(ctx, inputs.norm, shape.has_input_gate,
                                              "layer normalization coefficients"));
  OCTO_ASSIGN_OR_RETURN(parts.auxiliary, AllOrNone(ctx, inputs.auxiliary_weights,
                                                   shape.has_input_gate, "auxiliary weights"));
  if (parts.auxiliary) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(inputs.auxiliary));
    const Shape& auxiliary = ctx.input(inputs.auxiliary).shape;
    shape.auxiliary_inputs = auxiliary.rank() > 0 ? auxiliary.dim(auxiliary.rank() - 1) : 0;
  }
  for (size_t g = shape.has_input_gate ? kInputGate : kForgetGate; g < kLstmGates; ++g) {
    OCTO_RETURN_IF_ERROR(CheckGate(ctx, cell, types, parts, g, vectors_fit));
  }
  OCTO_RETURN_IF_ERROR(CheckProjection(ctx, cell, types));
  OCTO_RETURN_IF_ERROR(
      ExpectState(ctx, inputs.output_state, types.output_state, int64_t{batch} * shape.outputs));
  OCTO_RETURN_IF_ERROR(
      ExpectState(ctx, inputs.cell_state, types.cell_state, int64_t{batch} * shape.cells));
  KeepScales(ctx, inputs, shape);
  return cell;
}

FloatLstm BindLstmCell(const EvalContext& ctx, const LstmCell& cell) {
  const LstmInputs& inputs = cell.inputs;
  const auto has = [&](int i) { return i >= 0 && ctx.has_input(i); };
  FloatLstm bound = cell.shape;
  for (size_t g = bound.has_input_gate ? kInputGate : kForgetGate; g < kLstmGates; ++g) {
    FloatLstmGate& gate = bound.gates[g];
    gate.input = MatrixAt(ctx, inputs.input_weights[g], gate.input.scale);
    gate.recurrent = MatrixAt(ctx, inputs.recurrent_weights[g], gate.recurrent.scale);
    gate.bias = ctx.input<float>(inputs.bias[g]);
    if (has(inputs.auxiliary_weights[g])) {
      gate.auxiliary = MatrixAt(ctx, inputs.auxiliary_weights[g], gate.auxiliary.scale);
    }
    if (has(inputs.peephole[g])) {
      gate.peephole = VectorAt(ctx, inputs.peephole[g], gate.peephole.scale);
    }
    if (has(inputs.norm[g])) gate.norm = ctx.input<float>(inputs.norm[g]);
  }
  if (has(inputs.projection_weights)) {
    bound.projection = MatrixAt(ctx, inputs.projection_weights, bound.projection.scale);
  }
  if (has(inputs.projection_bias)) bound.projection_bias = ctx.input<float>(inputs.projection_bias);
  return bound;
}

Result<std::unique_ptr<OpKernel>> PrepareLstm(PrepareContext& ctx, bool is_sequence) {
  if ((ctx.num_inputs() != 20 && ctx.num_inputs() != 24) || ctx.num_outputs() != 1) {
    return ctx.Error(StatusCode::kInvalidModel, "has " + std::to_string(ctx.num_inputs()) +
                                                    " inputs and " +
                                                    std::to_string(ctx.num_outputs()) +
                                                    " outputs where it takes 20 or 24 and makes 1");
  }
  OCTO_ASSIGN_OR_RETURN(RecurrentSequence sequence, ReadSequence(ctx, is_sequence));
  OCTO_ASSIGN_OR_RETURN(LstmCell cell,
                        PrepareLstmCell(ctx, LstmInputs(), sequence.batch, is_sequence));
  sequence.output_width = cell.shape.outputs;
  OCTO_RETURN_IF_ERROR(SetSequenceOutput(ctx, 0, cell.shape.outputs));

  if (ctx.input(0).type == DataType::kFloat32) {
    OCTO_RETURN_IF_ERROR(
        RequestCheckedScratch(ctx, FloatLstmScratchBytes(cell.shape, sequence.rows_at_once())));
    return std::unique_ptr<OpKernel>(new FloatLstmKernel(std::move(cell), sequence));
  }
  if (!is_sequence && ctx.num_intermediates() == kInt8LstmIntermediates) {
    OCTO_ASSIGN_OR_RETURN(const Int8Lstm lstm, PrepareInt8Lstm(ctx, cell));
    return QuantizedLstmKernel<Int8Lstm>::Make(ctx, cell.inputs, sequence, lstm);
  }
  OCTO_ASSIGN_OR_RETURN(IntegerLstm lstm, PrepareIntegerLstm(ctx, cell));
  return QuantizedLstmKernel<IntegerLstm>::Make(ctx, cell.inputs, sequence, std::move(lstm));
}

int64_t LstmMultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  const Shape& output = outputs[0].shape;
  const int64_t rows = output.Product(0, output.rank() - 1);
  int64_t weights = inputs[16].shape.rank() == 2 ? inputs[16].shape.num_elements() : 0;
  for (size_t i = 1; i <= 8; ++i) {
    if (inputs[i].index != kNoTensor) weights += inputs[i].shape.num_elements();
  }
  return rows * weights;
}

}  // namespace octolite
