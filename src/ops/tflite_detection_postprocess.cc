#include <cmath>
#include <limits>

#include "kernels/detection/detection_postprocess.h"
#include "kernels/quantize/quantize.h"
#include "ops/common/flexbuffer.h"
#include "ops/common/scratch.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// The operator's options; every size fits in 31 bits.
struct DetectionOptions {
  DetectionParams detection;
  CenterBox scale;
};

Result<DetectionOptions> ReadOptions(const PrepareContext& ctx) {
  const auto map = FlexbufferMap::Parse(ctx.custom_options());
  if (!map)
    return ctx.Error(StatusCode::kInvalidModel, "has options that are not a FlexBuffers map");
  DetectionOptions options;
  Status status;
  const auto number = [&](const char* name, double low, double high,
                          std::optional<double> otherwise = std::nullopt) {
    const auto value = map->Number(name);
    const double found = value ? *value : otherwise.value_or(NAN);
    if (found >= low && found <= high) return found;
    if (status.ok()) {
      status = ctx.Error(StatusCode::kInvalidModel,
                         std::string("needs an option ") + name + " that is a number in its range");
    }
    return low;
  };
  const auto size = [&](const char* name, std::optional<double> otherwise = std::nullopt) {
    return static_cast<int64_t>(number(name, 1, 1 << 20, otherwise));
  };
  const auto real = [&](const char* name, double low, double high) {
    return static_cast<float>(number(name, low, high));
  };
  constexpr auto kMostReal = static_cast<double>(std::numeric_limits<float>::max());
  constexpr auto kLeastReal = static_cast<double>(std::numeric_limits<float>::min());
  DetectionParams& detection = options.detection;
  detection.regular = number("use_regular_nms", 0, 1, 0) != 0;
  detection.max_detections = size("max_detections");
  detection.classes_per_detection = size("max_classes_per_detection");
  detection.detections_per_class = size("detections_per_class", 100);
  detection.classes = size("num_classes");
  detection.score_threshold = real("nms_score_threshold", -kMostReal, kMostReal);
  detection.iou_threshold = real("nms_iou_threshold", kLeastReal, 1);
  options.scale = {real("y_scale", kLeastReal, kMostReal), real("x_scale", kLeastReal, kMostReal),
                   real("h_scale", kLeastReal, kMostReal), real("w_scale", kLeastReal, kMostReal)};
  OCTO_RETURN_IF_ERROR(status);
  return options;
}

// One of the inputs, float32 or uint8, as rows of numbers.
struct Rows {
  Rows(const TensorSpec& tensor, int width)
      : quantized(tensor.type == DataType::kUInt8),
        width(width),
        scale(tensor.scale()),
        zero_point(tensor.zero_point()) {}

  CenterBox Box(const EvalContext& eval, int input, int64_t row) const {
    const auto at = [&](int64_t i) {
      const int64_t element = row * width + i;
      return quantized
                 ? static_cast<float>(eval.input<uint8_t>(input)[element] - zero_point) * scale
                 : eval.input<float>(input)[element];
    };
    return {at(0), at(1), at(2), at(3)};
  }

  bool quantized;
  int width;
  float scale;
  int32_t zero_point;
};

Status ExpectInputs(const PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 4));
  for (int i = 0; i < 3; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    const TensorSpec& input = ctx.input(i);
    if (input.type == DataType::kUInt8) {
      OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
    } else if (input.type != DataType::kFloat32) {
      return ctx.UnsupportedType(input);
    }
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(2)));
  for (int i = 0; i < 4; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(i), DataType::kFloat32));
  }
  const Shape& boxes = ctx.input(0).shape;
  const Shape& scores = ctx.input(1).shape;
  const Shape& anchors = ctx.input(2).shape;
  if (boxes.rank() != 3 || boxes[0] != 1 || boxes[2] < 4) {
    return ctx.InputError(0, StatusCode::kShapeMismatch,
                          "has shape " + boxes.ToString() + " where [1,boxes,4] is needed");
  }
  if (scores.rank() != 3 || scores[0] != 1 || scores[1] != boxes[1]) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + scores.ToString() + " where [1," +
                              std::to_string(boxes[1]) + ",classes] is needed");
  }
  if (anchors.rank() != 2 || anchors[0] < boxes[1] || anchors[1] != 4) {
    return ctx.InputError(2, StatusCode::kShapeMismatch,
                          "has shape " + anchors.ToString() + " where [" +
                              std::to_string(boxes[1]) + ",4] is needed");
  }
  return Status::Ok();
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectInputs(ctx));
  OCTO_ASSIGN_OR_RETURN(DetectionOptions options, ReadOptions(ctx));
  DetectionParams& params = options.detection;
  params.boxes = ctx.input(0).shape[1];
  params.score_columns = ctx.input(1).shape[2];
  const int64_t background = params.score_columns - params.classes;
  if (background != 0 && background != 1) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has " + std::to_string(params.score_columns) + " scores a box for " +
                              std::to_string(params.classes) + " classes");
  }
  const int32_t dims[] = {1, static_cast<int32_t>(params.max_detections), 4,
                          static_cast<int32_t>(params.classes_per_detection)};
  if (!Shape::Make(dims)) {
    return ctx.Error(StatusCode::kInvalidModel, "has more detections than a tensor can hold");
  }
  const auto places = static_cast<int32_t>(params.max_detections * params.classes_per_detection);
  ctx.SetOutputShape(0, {1, places, 4});
  ctx.SetOutputShape(1, {1, places});
  ctx.SetOutputShape(2, {1, places});
  ctx.SetOutputShape(3, {1});

  // Decoded boxes, scores where they are not floats yet, and what the suppression needs.
  const auto box_bytes = static_cast<size_t>(params.boxes) * sizeof(CornerBox);
  const bool quantized_scores = ctx.input(1).type == DataType::kUInt8;
  const auto score_count = static_cast<size_t>(ctx.input(1).shape.num_elements());
  const size_t score_bytes = quantized_scores ? score_count * sizeof(float) : 0;
  ctx.RequestScratch(ScratchBytes(
      params.boxes * int64_t{sizeof(CornerBox)} + DetectionScratchBytes(params) +
          (quantized_scores ? ctx.input(1).shape.num_elements() : 0) * int64_t{sizeof(float)},
      1));
  const Rows encodings(ctx.input(0), ctx.input(0).shape[2]);
  const Rows anchors(ctx.input(2), 4);
  const Rows scores(ctx.input(1), 1);
  return MakeKernel([=](EvalContext& eval) {
    auto* memory = eval.scratch<uint8_t>();
    auto* boxes = reinterpret_cast<CornerBox*>(memory);
    for (int64_t i = 0; i < params.boxes; ++i) {
      const CornerBox box =
          DecodeBox(encodings.Box(eval, 0, i), anchors.Box(eval, 2, i), options.scale);
      if (box.y1 > box.y2 || box.x1 > box.x2) {
        return Status(StatusCode::kInvalidArgument,
                      "has box " + std::to_string(i) + " of a negative size");
      }
      boxes[i] = box;
    }
    const float* real_scores = eval.input<float>(1);
    if (quantized_scores) {
      auto* dequantized = reinterpret_cast<float*>(memory + box_bytes);
      Dequantize(eval.input<uint8_t>(1), dequantized, score_count, scores.scale, scores.zero_point);
      real_scores = dequantized;
    }
    DetectionPostprocess(params, boxes, real_scores,
                         {eval.output<CornerBox>(0), eval.output<float>(1), eval.output<float>(2),
                          eval.output<float>(3)},
                         memory + box_bytes + score_bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kTfliteDetectionPostprocessOp = {
    .op = BuiltinOp::kCustom,
    .prepare = Prepare,
    .custom_code = "TFLite_Detection_PostProcess",
};

}  // namespace octolite
