#include "kernels/fully_connected/fully_connected.h"

#include "kernels/gemm/gemm.h"

namespace octolite {

Result<FullyConnected> FullyConnected::Make(const FullyConnectedShape& shape,
                                            const WeightsSource& weights) {
  FullyConnected family;
  family.shape_ = shape;
  WeightsView view;
  view.channel_stride = shape.depth;
  view.inner = shape.depth;
  family.weights_.Add(weights.Layout(shape.units, shape.depth, shape.batch), view);
  OCTO_RETURN_IF_ERROR(family.weights_.Finish(weights.data));
  return family;
}

int64_t FullyConnected::scratch_bytes(int threads) const {
  return weights_.scratch_bytes() + MatrixScratch(weights_.layout(0), threads);
}

void FullyConnected::Run(const FullyConnectedShape& shape, const void* input, const void* weights,
                         const MatrixResult& result, uint8_t* scratch,
                         const Parallel& parallel) const {
  const MatrixSource rows(input, shape.depth * ElementBytes(result));
  MatrixProduct product;
  product.m = shape.batch;
  product.rows = &rows;
  product.layout = &weights_.layout(0);
  product.packed = weights_.Get(weights, scratch);
  product.output_stride = shape.units;
  product.scratch = scratch + weights_.scratch_bytes();
  product.parallel = parallel;
  Multiply(product, result);
}

}  // namespace octolite
