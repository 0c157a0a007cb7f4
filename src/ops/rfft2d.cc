#include <bit>

#include "base/aligned_buffer.h"
#include "kernels/fft/fft.h"
#include "ops/common/lists.h"
#include "ops/common/scratch.h"

namespace octolite {
namespace {

struct RfftParams {
  Shape output;
  RealFft2d fft;
};

// Complex numbers to work in where the lengths are not known beforehand: 64 MiB.
constexpr int64_t kMostRuntimeScratch = int64_t{1} << 22;

bool IsLength(int64_t length) {
  return length >= 1 && length <= INT32_MAX && std::has_single_bit(static_cast<uint64_t>(length));
}

Result<RfftParams> MakeParams(const Shape& input, const IntList& lengths) {
  if (lengths.size() != 2 || !IsLength(lengths[0]) || !IsLength(lengths[1])) {
    return Status(StatusCode::kInvalidModel,
                  "needs two lengths of transforms that are powers of two");
  }
  const int rank = input.rank();
  RfftParams params;
  params.fft = {input[rank - 2], input[rank - 1], lengths[0], lengths[1]};
  Shape shape = input;
  shape.set_dim(rank - 2, static_cast<int32_t>(lengths[0]));
  shape.set_dim(rank - 1, static_cast<int32_t>(params.fft.output_w()));
  const auto output = Shape::Make(shape.dims());
  if (!output) {
    return Status(StatusCode::kInvalidModel, "has an output of more than 2^31 elements");
  }
  params.output = *output;
  return params;
}

void Run(const RfftParams& params, EvalContext& eval, std::complex<double>* scratch) {
  const int64_t images = params.output.Product(0, params.output.rank() - 2);
  RunRealFft2d(params.fft, images, eval.input<float>(0), eval.output<std::complex<float>>(0),
               scratch);
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& lengths = ctx.input(1);
  if (input.type != DataType::kFloat32) return ctx.UnsupportedType(input);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kComplex64));
  OCTO_RETURN_IF_ERROR(ExpectList(ctx, 1));
  if (input.shape.rank() < 2) {
    return ctx.InputError(0, StatusCode::kShapeMismatch,
                          "has shape " + input.shape.ToString() + " where images are needed");
  }
  if (lengths.is_constant) {
    auto params = MakeParams(input.shape, ConstantList(lengths));
    if (!params.ok()) return ctx.InputError(1, params.status().code(), params.status().message());
    ctx.SetOutputShape(0, params->output);
    ctx.RequestScratch(ScratchBytes(params->fft.scratch(), sizeof(std::complex<double>)));
    return MakeKernel([params = *params](EvalContext& eval) {
      Run(params, eval, eval.scratch<std::complex<double>>());
      return Status::Ok();
    });
  }
  ctx.SetOutputDynamic(0);
  return MakeKernel([](EvalContext& eval) {
    OCTO_ASSIGN_OR_RETURN(const RfftParams params, MakeParams(eval.input_tensor(0).shape,
                                                              RuntimeList(eval.input_tensor(1))));
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, params.output));
    if (params.output.num_elements() == 0) return Status::Ok();
    if (params.fft.scratch() > kMostRuntimeScratch) {
      return Status(StatusCode::kUnsupportedOperator, "transforms too much at once");
    }
    OCTO_ASSIGN_OR_RETURN(
        AlignedBuffer scratch,
        AlignedBuffer::Allocate(ScratchBytes(params.fft.scratch(), sizeof(std::complex<double>))));
    Run(params, eval, scratch.as<std::complex<double>>());
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kRfft2dOp = {
    .op = BuiltinOp::kRfft2d,
    .prepare = Prepare,
};

}  // namespace octolite
