/**
 * Octolite: quantizes TensorFlow Lite models and runs them.
 *
 *     const octolite = await load();
 *     using model = octolite.loadModel(bytes);
 *     const { bytes: small, report } = await octolite.quantize(model, {
 *       recipe: 'static_wi8_ai8',
 *       calibration: samples,
 *     });
 *
 * The same in a worker: `connectWorker` of 'octolite/worker'.
 */
export { load, type Octolite } from './octolite.js';
export type { LoadOptions } from './load.js';
export { fetchModel, type FetchModelOptions } from './fetch_model.js';
export type { Model } from './model.js';
export type { Interpreter } from './interpreter.js';
export type { SignatureRunner } from './signature_runner.js';
export type { InterpreterOptions, LoadModelOptions, ResizeOptions } from './engine.js';
export type {
  CustomOp,
  CustomOpContext,
  CustomOpInput,
  CustomOpOutput,
  CustomOpPreparedInput,
  CustomOps,
  CustomOpShape,
  CustomOpTensor,
} from './custom_ops.js';
export {
  ERROR_CODES,
  isOctoliteError,
  OctoliteError,
  type ErrorCode,
  type ErrorDetails,
} from './errors.js';
export {
  parseRecipe,
  recipe,
  RECIPE_NAMES,
  resolveRecipe,
  type ActivationPlan,
  type OpConfig,
  type OperatorPlan,
  type Recipe,
  type RecipeName,
  type RecipeRule,
  type ResolvedRecipe,
  type TensorConfig,
  type WeightPlan,
} from './recipe.js';
export { buildReport, type ReportParts, type ReportSide } from './report/build.js';
export { coverageOf } from './report/coverage.js';
export { reportHtml } from './report/html.js';
export {
  modelExplorerData,
  NODE_DATA_METRICS,
  type NodeData,
  type NodeDataMetric,
} from './report/model_explorer.js';
export type * from './report/types.js';
export type { ByteSink, ByteSource } from './remote.js';
export {
  chooseParams,
  dequantizeValues,
  packBits,
  quantizeValues,
  type AffineOptions,
  type AffineParams,
  type AffineType,
} from './affine.js';
export { wireSize } from './compress/wire_size.js';
export type * from './compress/types.js';
export { channelMeans, mergeStatistics } from './statistics.js';
export {
  statisticsFromJson,
  statisticsToJson,
  type StatisticsToJsonOptions,
} from './statistics_json.js';
export { TARGET_NAMES } from './targets.js';
export { toReal } from './tensor_data.js';
export { VERSION } from './version.js';
export * from './data/index.js';
export type * from './types.js';
