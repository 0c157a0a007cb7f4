// Operators that read and write where indices say: what they refuse, and shapes that only running
// tells. Their answers are in the goldens.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;

using Ints = std::vector<int32_t>;
using Floats = std::vector<float>;
using Fields = testing::ModelBuilder::Fields;

OneOp Gather(Ints shape, Ints indices, Fields options) {
  OneOp op(BuiltinOp::kGather, std::move(options));
  int32_t count = 1;
  for (const int32_t dim : shape) count *= dim;
  const auto length = static_cast<int32_t>(indices.size());
  op.Input<float>(std::move(shape), Floats(static_cast<size_t>(count), 1.0f))
      .Input<int32_t>({length}, indices)
      .Output(DataType::kFloat32);
  return op;
}

TEST(Gather, RefusesIndicesOutside) {
  ExpectRefusal(Gather({3, 2}, {0, 3}, {{"axis", 0}}), StatusCode::kInvalidArgument,
                "index 3 of 3");
  ExpectRefusal(Gather({3, 2}, {-1}, {{"axis", 0}}), StatusCode::kInvalidArgument, "index -1 of 3");
  ExpectRefusal(Gather({3, 2}, {0}, {{"axis", 2}}), StatusCode::kInvalidModel, "cannot gather");
  ExpectRefusal(Gather({3, 2}, {0}, {{"axis", 0}, {"batch_dims", 1}}), StatusCode::kInvalidModel,
                "cannot gather");
  ExpectRefusal(Gather({3, 2}, {0, 0}, {{"axis", 1}, {"batch_dims", 1}}), StatusCode::kInvalidModel,
                "cannot gather");
}

TEST(Gather, MovesFourBitElements) {
  OneOp op(BuiltinOp::kGather, {{"axis", 0}});
  // Rows of three: 1 2 3, 4 5 6.
  op.Constant(DataType::kInt4, {2, 3}, {0x21, 0x43, 0x65})
      .Input<int32_t>({3}, {1, 0, 1})
      .Output(DataType::kInt4);
  EXPECT_EQ(op.Value().bytes, (ByteVector{0x54, 0x16, 0x32, 0x54, 0x06}));
}

TEST(GatherNd, RefusesIndicesOutside) {
  const auto gather = [](Ints shape, Ints indices) {
    OneOp op(BuiltinOp::kGatherNd);
    op.Input<float>({2, 2}, Floats{1, 2, 3, 4})
        .Input<int32_t>(std::move(shape), indices)
        .Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(gather({1, 2}, {1, 0}).Floats(), (Floats{3}));
  ExpectRefusal(gather({1, 2}, {1, 2}), StatusCode::kInvalidArgument, "index 2 in dimension 1");
  ExpectRefusal(gather({1, 1}, {-1}), StatusCode::kInvalidArgument, "index -1 in dimension 0");
  ExpectRefusal(gather({1, 3}, {0, 0, 0}), StatusCode::kInvalidModel, "cannot name slices");
  ExpectRefusal(gather({}, {0}), StatusCode::kInvalidModel, "cannot name slices");
}

TEST(ScatterNd, RefusesWhatDoesNotFit) {
  const auto scatter = [](Ints indices, Ints shape, bool constant) {
    OneOp op(BuiltinOp::kScatterNd);
    const auto rank = static_cast<int32_t>(shape.size());
    op.Input<int32_t>({1, 1}, indices).Input<float>({1, 2}, Floats{5, 6});
    constant ? op.Constant<int32_t>({rank}, shape) : op.Input<int32_t>({rank}, shape);
    op.Output(DataType::kFloat32);
    return op;
  };
  for (const bool constant : {true, false}) {
    EXPECT_EQ(scatter({1}, {2, 2}, constant).Floats(), (Floats{0, 0, 5, 6}));
    ExpectRefusal(scatter({2}, {2, 2}, constant), StatusCode::kInvalidArgument, "index 2");
    ExpectRefusal(scatter({0}, {2, 3}, constant), StatusCode::kInvalidModel, "do not fit");
    ExpectRefusal(scatter({0}, {-2, 2}, constant), StatusCode::kInvalidModel, "dimension -2");
    ExpectRefusal(scatter({0}, {65536, 65536}, constant), StatusCode::kInvalidModel, "too large");
  }
}

TEST(DynamicUpdateSlice, MovesFourBitElements) {
  OneOp op(BuiltinOp::kDynamicUpdateSlice);
  op.Input(DataType::kInt4, {5}, {0x21, 0x43, 0x05})
      .Input(DataType::kInt4, {2}, {0x98})
      .Input<int32_t>({1}, {2})
      .Output(DataType::kInt4);
  EXPECT_EQ(op.Value().bytes, (ByteVector{0x21, 0x98, 0x05}));
}

TEST(Fill, RefusesShapesOutOfRange) {
  const auto fill = [](Ints shape) {
    OneOp op(BuiltinOp::kFill);
    op.Input<int32_t>({static_cast<int32_t>(shape.size())}, shape)
        .Input<float>({}, {1})
        .Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(fill({2}).Floats(), (Floats{1, 1}));
  ExpectRefusal(fill({-1}), StatusCode::kInvalidModel, "dimension -1");
  ExpectRefusal(fill({65536, 65536}), StatusCode::kInvalidModel, "too large");
  ExpectRefusal(fill({1, 1, 1, 1, 1, 1, 1, 1, 1}), StatusCode::kInvalidModel, "too large");
}

TEST(Range, RefusesWhatNeverEnds) {
  const auto range = [](int32_t start, int32_t limit, int32_t delta) {
    OneOp op(BuiltinOp::kRange);
    op.Input<int32_t>({}, {start}).Input<int32_t>({}, {limit}).Constant<int32_t>({}, {delta});
    op.Output(DataType::kInt32);
    return op;
  };
  EXPECT_EQ(range(INT32_MAX - 1, INT32_MAX, 2).Value().as<int32_t>(), (Ints{INT32_MAX - 1}));
  EXPECT_EQ(range(2, 2, 1).Value().shape.ToString(), "[0]");
  for (const int32_t delta : {0, -1}) {
    ExpectRefusal(range(0, 3, delta), StatusCode::kInvalidModel, "make no range");
  }
  ExpectRefusal(range(INT32_MIN, INT32_MAX, 1), StatusCode::kInvalidModel, "too large");
}

TEST(MirrorPad, RefusesMoreThanThereIs) {
  const auto pad = [](int64_t mode, Ints paddings) {
    OneOp op(BuiltinOp::kMirrorPad, {{"mode", mode}});
    op.Input<float>({2}, {1, 2}).Constant<int32_t>({1, 2}, paddings).Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(pad(0, {1, 1}).Floats(), (Floats{2, 1, 2, 1}));
  EXPECT_EQ(pad(1, {2, 2}).Floats(), (Floats{2, 1, 1, 2, 2, 1}));
  ExpectRefusal(pad(0, {2, 0}), StatusCode::kInvalidModel, "to mirror");
  ExpectRefusal(pad(1, {0, 3}), StatusCode::kInvalidModel, "to mirror");
  ExpectRefusal(pad(2, {0, 0}), StatusCode::kInvalidModel, "unknown mode");
}

TEST(ReverseSequence, RefusesLengthsOutside) {
  const auto reverse = [](Ints lengths, int64_t sequence, int64_t batch) {
    OneOp op(BuiltinOp::kReverseSequence, {{"seq_dim", sequence}, {"batch_dim", batch}});
    op.Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
        .Input<int32_t>({static_cast<int32_t>(lengths.size())}, lengths)
        .Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(reverse({0, 3}, 1, 0).Floats(), (Floats{1, 2, 3, 6, 5, 4}));
  ExpectRefusal(reverse({1, 4}, 1, 0), StatusCode::kInvalidModel, "reverses 4");
  ExpectRefusal(reverse({1, -1}, 1, 0), StatusCode::kInvalidModel, "reverses -1");
  ExpectRefusal(reverse({1, 1, 1}, 1, 0), StatusCode::kShapeMismatch, "one length");
  ExpectRefusal(reverse({1, 1}, 0, 0), StatusCode::kInvalidModel, "seq_dim 0");
  ExpectRefusal(reverse({1, 1}, 2, 0), StatusCode::kInvalidModel, "seq_dim 2");
}

TEST(BatchSpace, RefusesWhatDoesNotDivide) {
  const auto move = [](BuiltinOp kind, Ints block, Ints edges) {
    OneOp op(kind);
    const auto length = static_cast<int32_t>(block.size());
    op.Input<float>({2, 4, 1}, Floats(8, 1.0f))
        .Constant<int32_t>({length}, block)
        .Constant<int32_t>({length, 2}, edges)
        .Output(DataType::kFloat32);
    return op;
  };
  const auto refuse = [&](Ints block, Ints edges, const char* text) {
    ExpectRefusal(move(BuiltinOp::kSpaceToBatchNd, block, edges), StatusCode::kInvalidModel, text);
  };
  refuse({3}, {0, 0}, "does not divide");
  refuse({0}, {0, 0}, "too small");
  refuse({2}, {-2, 0}, "out of range");
  refuse({1, 1, 1}, {0, 0, 0, 0, 0, 0}, "number of dimensions");
  refuse({65536, 65536}, {0, 0, 0, 0}, "too large");
  ExpectRefusal(move(BuiltinOp::kBatchToSpaceNd, {4}, {0, 0}), StatusCode::kInvalidModel,
                "batch the block does not divide");
  ExpectRefusal(move(BuiltinOp::kBatchToSpaceNd, {2}, {5, 5}), StatusCode::kInvalidModel,
                "dimension -2");
}

TEST(EmbeddingLookup, RefusesRowsThatAreNotThere) {
  const auto lookup = [](int32_t row) {
    OneOp op(BuiltinOp::kEmbeddingLookup);
    op.Input<int32_t>({1}, {row}).Constant<float>({2, 1}, {1, 2}).Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(lookup(1).Floats(), (Floats{2}));
  ExpectRefusal(lookup(2), StatusCode::kInvalidArgument, "row 2 of 2");
  ExpectRefusal(lookup(-1), StatusCode::kInvalidArgument, "row -1 of 2");
}

TEST(SkipGram, RefusesTextsWithoutEnd) {
  std::string text = "a";
  for (int i = 0; i < 40; ++i) text += " a";
  const auto length = static_cast<uint8_t>(text.size());
  ByteVector packed = {1, 0, 0, 0, 12, 0, 0, 0, static_cast<uint8_t>(12 + length), 0, 0, 0};
  packed.insert(packed.end(), text.begin(), text.end());
  OneOp op(BuiltinOp::kSkipGram,
           {{"ngram_size", 20}, {"max_skip_size", 20}, {"include_all_ngrams", 1}});
  op.Input(DataType::kString, {1}, packed).Output(DataType::kString);
  ExpectRefusal(op, StatusCode::kOutOfMemory, "too many skip grams");
}

}  // namespace
}  // namespace octolite
