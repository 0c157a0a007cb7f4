import { OctoliteError } from './errors.js';
import { FLOAT_PLAN, type OperatorPlan } from './recipe.js';
import type { Inspection, IoType, TargetMisfit, TargetName } from './types.js';

interface Target {
  /** Builtin operators that run there; absent: all of LiteRT's. */
  readonly operators?: ReadonlySet<string>;
  /** What becomes of an operator's plan, or why it cannot be had. */
  readonly restrict: (plan: OperatorPlan, operator: string) => OperatorPlan | string;
  /** Where an operator that is not there goes. */
  readonly missing: string;
  /** Where integers alone run. */
  readonly integerEdges: boolean;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** tflite-micro, micro_mutable_op_resolver.h. */
const MICRO_OPERATORS = words(`
  ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND
  BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL CONCATENATION CONV_2D COS CUMSUM DEPTH_TO_SPACE
  DEPTHWISE_CONV_2D DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP EXPAND_DIMS
  FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL HARD_SWISH
  IF L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG LOG_SOFTMAX LOGICAL_AND LOGICAL_NOT
  LOGICAL_OR LOGISTIC MAX_POOL_2D MAXIMUM MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL PACK PAD PADV2
  PRELU QUANTIZE READ_VARIABLE REDUCE_MAX REDUCE_MIN RELU RELU6 RESHAPE RESIZE_BILINEAR
  RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX
  SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE
  STRIDED_SLICE SUB SUM SVDF TANH TRANSPOSE TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK
  VAR_HANDLE WHILE ZEROS_LIKE
`);

const MICRO_PACKED = words('CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED');

/** The operators that Coral's documentation lists for the Edge TPU compiler. */
const EDGE_TPU_OPERATORS = words(`
  ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D EXPAND_DIMS FULLY_CONNECTED
  L2_NORMALIZATION LOGISTIC LSTM MAXIMUM MAX_POOL_2D MEAN MINIMUM MUL PACK PAD PRELU QUANTIZE
  DEQUANTIZE REDUCE_MAX REDUCE_MIN RELU RELU6 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR
  RESIZE_NEAREST_NEIGHBOR RSQRT SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SQUARED_DIFFERENCE SQUEEZE
  STRIDED_SLICE SUB SUM TANH TRANSPOSE TRANSPOSE_CONV
`);

function onlyInt8(plan: OperatorPlan): string | undefined {
  if (plan.mode !== 'static') return 'only static quantization runs there';
  if (plan.activations.bits !== 8) return 'only 8-bit activations run there';
  return plan.weights.bits === 8 ? undefined : 'only 8-bit weights run there';
}

const TARGETS: Readonly<Record<TargetName, Target>> = {
  litert: { restrict: (plan) => plan, missing: '', integerEdges: false },
  'tflite-micro': {
    operators: MICRO_OPERATORS,
    missing: 'tflite-micro has no such operator',
    integerEdges: false,
    restrict: (plan, operator) => {
      if (plan.mode === 'dynamic') return 'its kernels take no float input with integer weights';
      if (plan.mode === 'float16') return 'its kernels take no float16';
      if (plan.mode !== 'weight_only' && (plan.weights.bits === 8 || MICRO_PACKED.has(operator))) {
        return plan.weights.bits === 2 ? withBits(plan, 4) : plan;
      }
      if (plan.mode === 'static') return withBits(plan, 8);
      // Its DEQUANTIZE takes one scale for the whole tensor.
      return {
        ...plan,
        weights: { ...plan.weights, bits: 8, granularity: 'tensor', blockSize: 0 },
      };
    },
  },
  edgetpu: {
    operators: EDGE_TPU_OPERATORS,
    missing: 'the Edge TPU has no such operator: it and what follows run on the CPU',
    integerEdges: true,
    restrict: (plan) => onlyInt8(plan) ?? plan,
  },
  'npu-per-tensor': {
    missing: '',
    integerEdges: true,
    restrict: (plan) =>
      onlyInt8(plan) ?? {
        ...plan,
        weights: { ...plan.weights, granularity: 'tensor', blockSize: 0 },
      },
  },
};

function withBits(plan: OperatorPlan, bits: 8 | 4): OperatorPlan {
  return { ...plan, weights: { ...plan.weights, bits, narrowRange: bits === 8 } };
}

/** What a model can be quantized for. */
export const TARGET_NAMES = Object.freeze(Object.keys(TARGETS) as TargetName[]);

/**
 * Restricts plans to what runs on a target.
 * @returns The plans, and the operators that do not fit, which stay float.
 * @throws OctoliteError INVALID_ARGUMENT for an unknown target, and for types of inputs and outputs
 * that do not run there.
 */
export function restrictToTarget(
  name: TargetName,
  plans: readonly (readonly OperatorPlan[])[],
  inspection: Pick<Inspection, 'subgraphs'>,
  edges: { readonly inputType: IoType; readonly outputType: IoType },
): { operators: OperatorPlan[][]; misfits: TargetMisfit[] } {
  if (!Object.hasOwn(TARGETS, name)) {
    throw new OctoliteError('INVALID_ARGUMENT', `there is no target '${String(name)}'`, {
      hint: `the targets are ${TARGET_NAMES.join(', ')}`,
    });
  }
  const target = TARGETS[name];
  if (target.integerEdges && (edges.inputType === 'int16' || edges.outputType === 'int16')) {
    throw new OctoliteError('INVALID_ARGUMENT', `${name} takes no int16 inputs and outputs`, {
      hint: 'choose int8 or uint8',
    });
  }
  const misfits: TargetMisfit[] = [];
  const operators = plans.map((list, subgraph) =>
    list.map((plan, index): OperatorPlan => {
      const operator = inspection.subgraphs[subgraph]!.operators[index]!;
      const missing = target.operators !== undefined && !target.operators.has(operator.name);
      const restricted = missing
        ? target.missing
        : plan.mode === 'float'
          ? plan
          : target.restrict(plan, operator.name);
      if (typeof restricted !== 'string') return restricted;
      misfits.push({
        subgraph,
        index,
        name: operator.name,
        scope: operator.scope,
        reason: restricted,
      });
      return FLOAT_PLAN;
    }),
  );
  return { operators, misfits };
}
