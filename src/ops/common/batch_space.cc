#include "ops/common/batch_space.h"

#include <algorithm>

#include "base/checked_math.h"

namespace octolite {
namespace {

Status Refuse(const Shape& input, const char* reason) {
  return Status(StatusCode::kInvalidModel, "has shape " + input.ToString() + ", " + reason);
}

// The pixels of a block, if the lists make sense.
Result<int64_t> BlockArea(const Shape& input, const IntList& blocks, const IntList& edges) {
  const size_t blocked = blocks.size();
  if (blocked < 1 || blocked >= static_cast<size_t>(input.rank()) || edges.size() != 2 * blocked) {
    return Refuse(input, "which the block's or the edges' number of dimensions does not fit");
  }
  int64_t area = 1;
  for (const int64_t block : blocks) {
    const auto product = CheckedMul(area, block);
    if (block < 1 || !product || *product > INT32_MAX) {
      return Refuse(input, "and a block that is too small or too large");
    }
    area = *product;
  }
  for (const int64_t edge : edges) {
    if (edge < 0 || edge > INT32_MAX) return Refuse(input, "and an edge that is out of range");
  }
  return area;
}

// The part that both sides have of one pixel of the blocks.
CopyPlan MakePixelCopy(const BatchSpaceParams& p, int64_t number, const IntList& pixel) {
  const Strides batch_strides = DenseStrides(p.batches, p.element_bytes);
  Strides space_strides = DenseStrides(p.space, p.element_bytes);
  Shape copied = p.space;
  int64_t space_offset = 0;
  int64_t batch_offset = number * p.space[0] * batch_strides[0];
  for (size_t i = 0; i < pixel.size(); ++i) {
    const int d = static_cast<int>(i) + 1;
    const int64_t size = p.space[d];
    const int64_t block = p.blocks[i];
    // Index k of the batches is place k * block + shift of the space.
    const int64_t shift = pixel[i] - p.edges[2 * i];
    const int64_t first = shift >= 0 ? 0 : CeilDiv(-shift, block);
    const int64_t last = size > shift ? CeilDiv(size - shift, block) : 0;
    const int64_t count = std::min<int64_t>(last, p.batches[d]) - first;
    copied.set_dim(d, static_cast<int32_t>(std::max<int64_t>(count, 0)));
    if (count <= 0) break;
    space_offset += (first * block + shift) * space_strides[i + 1];
    batch_offset += first * batch_strides[i + 1];
    if (count > 1) space_strides[i + 1] *= block;
  }
  return p.to_batch ? MakeCopyPlan(copied, p.element_bytes, space_strides, batch_strides,
                                   space_offset, batch_offset)
                    : MakeCopyPlan(copied, p.element_bytes, batch_strides, space_strides,
                                   batch_offset, space_offset);
}

}  // namespace

Result<BatchSpaceParams> MakeSpaceToBatch(const Shape& input, const IntList& blocks,
                                          const IntList& edges, size_t element_bytes) {
  OCTO_ASSIGN_OR_RETURN(const int64_t area, BlockArea(input, blocks, edges));
  IntList dims(input.dims().begin(), input.dims().end());
  dims[0] *= area;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const int64_t padded = dims[i + 1] + edges[2 * i] + edges[2 * i + 1];
    if (padded % blocks[i] != 0) return Refuse(input, "which, padded, the block does not divide");
    dims[i + 1] = padded / blocks[i];
  }
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(dims));
  return BatchSpaceParams{output, input, output, blocks, edges, element_bytes, true};
}

Result<BatchSpaceParams> MakeBatchToSpace(const Shape& input, const IntList& blocks,
                                          const IntList& edges, size_t element_bytes) {
  OCTO_ASSIGN_OR_RETURN(const int64_t area, BlockArea(input, blocks, edges));
  IntList dims(input.dims().begin(), input.dims().end());
  if (dims[0] % area != 0) return Refuse(input, "whose batch the block does not divide");
  dims[0] /= area;
  for (size_t i = 0; i < blocks.size(); ++i) {
    dims[i + 1] = dims[i + 1] * blocks[i] - edges[2 * i] - edges[2 * i + 1];
  }
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(dims));
  return BatchSpaceParams{output, output, input, blocks, edges, element_bytes, false};
}

void RunBatchSpace(const BatchSpaceParams& params, const uint8_t* from, uint8_t* to) {
  if (params.space.num_elements() == 0 || params.batches.num_elements() == 0) return;
  const int32_t area = params.batches[0] / params.space[0];
  IntList pixel(params.blocks.size(), 0);
  for (int32_t n = 0; n < area; ++n) {
    RunCopy(MakePixelCopy(params, n, pixel), from, to);
    for (size_t i = pixel.size(); i-- > 0;) {
      if (++pixel[i] < params.blocks[i]) break;
      pixel[i] = 0;
    }
  }
}

}  // namespace octolite
