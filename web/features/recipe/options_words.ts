import type { ObserverName, RecoveryPass, TargetName } from 'octolite';
import { translated } from '../../lib/language.js';
import type { Reason } from './limits.js';
import type { Precision, RecipeSettings } from './settings.js';

type Names<Value extends string | number> = Readonly<Record<Value, string>>;

const english = {
  title: 'All options',
  groups: {
    weights: 'Weights',
    activations: 'Activations',
    edges: 'Inputs and outputs',
    target: 'Target',
    recovery: 'Accuracy recovery',
    compression: 'Compression',
    exceptions: 'Exceptions',
  },
  unavailable: (values: string, reason: string) => `${values}: ${reason}`,
  method: {
    label: 'Method',
    help: 'What is quantized, and whether integers are computed with. Static needs samples.',
  },
  methods: { static: 'Static', dynamic: 'Dynamic', weight_only: 'Weight-only', float16: 'Float16' },
  weightBits: {
    label: 'Bits of a weight',
    help: 'Fewer make a smaller file and a larger error; operators without such a kernel keep 8.',
  },
  granularity: {
    label: 'Weight scales',
    help: 'Per channel: a scale for each output channel, more faithful. Per tensor: one for all, for runtimes that know no other. Blocks: a scale for every few weights.',
  },
  granularities: {
    CHANNELWISE: 'Per channel',
    TENSORWISE: 'Per tensor',
    BLOCKWISE_32: 'Blocks of 32',
    BLOCKWISE_64: 'Blocks of 64',
    BLOCKWISE_128: 'Blocks of 128',
  } as Names<RecipeSettings['granularity']>,
  clipping: {
    label: 'Range of weights',
    help: 'Min–max: the largest weight sets the scale. MSE and OCTAV clip it for least squared error, which is worth most with 4 bits.',
  },
  clippings: { min_max: 'Min–max', mse: 'MSE', octav: 'OCTAV' } as Names<
    RecipeSettings['clipping']
  >,
  activationBits: {
    label: 'Bits of an activation',
    help: '16 is nearly exact and slower, with weights as above.',
  },
  observer: {
    label: 'Observer',
    help: 'How the range of an activation follows from what calibration saw: all of it, as the LiteRT Quantizer smooths it, without rare extremes, or for least error.',
  },
  observers: {
    min_max: 'Min–max',
    moving_average: 'Moving average',
    percentile: 'Percentile',
    mse: 'MSE',
    entropy: 'Entropy',
  } as Names<ObserverName>,
  percentile: {
    label: 'Percentile kept',
    help: 'Share of the values that the range holds; the rarest beyond it are clipped, the rest gets finer steps.',
    value: (percent: number) => `${percent} %`,
  },
  inputType: {
    label: 'Input type',
    help: 'float32 takes the same input as before; integers leave quantizing to the caller.',
  },
  outputType: {
    label: 'Output type',
    help: 'float32 gives real numbers; integers give steps of the output’s scale.',
  },
  target: {
    label: 'Runs on',
    help: 'What does not run there stays in float and is named in the report.',
  },
  targets: {
    litert: 'LiteRT (phones, desktop, web)',
    'tflite-micro': 'Microcontrollers (tflite-micro)',
    edgetpu: 'Coral Edge TPU',
    'npu-per-tensor': 'NPU with one scale per tensor',
  } as Names<TargetName>,
  recoveryHelp:
    'More accuracy at the same size and speed, from your samples; takes seconds to minutes. The result is kept only if it is nearer to the float model.',
  passes: {
    equalize: { label: 'Equalize', help: 'Channels use more of their range, between layers.' },
    smooth: { label: 'Smooth', help: 'The same behind normalization.' },
    bias: { label: 'Correct biases', help: 'Takes the mean error of each channel off.' },
    rounding: {
      label: 'Learn rounding',
      help: 'Rounds weights by what their layer gives, not one by one.',
    },
  } as Readonly<Record<RecoveryPass, { label: string; help: string }>>,
  prune: {
    label: 'Prune',
    help: 'The smallest weights become 0, so that the file compresses. Without training, little is borne.',
    value: (percent: number) => (percent === 0 ? 'off' : `${percent} %`),
  },
  cluster: {
    label: 'Cluster',
    help: 'Weights of a tensor take so many different values, so that the file compresses.',
    value: (count: number) => (count === 0 ? 'off' : `${count} values`),
  },
  microCompress: {
    label: 'Weights as tables',
    help: 'Saves flash memory itself: indices into tables of values. tflite-micro alone can run the file.',
  },
  exceptionsHelp:
    'Operators that do not follow the recipe, and ranges set by hand. “Per layer” is where to add them.',
  noExceptions: 'None.',
  removeAll: 'Remove all exceptions',
  exceptionCount: (count: number) => (count === 1 ? '1 exception' : `${count} exceptions`),
  overridesTitle: 'Operators',
  rangesTitle: 'Ranges of activations',
  rulesTitle: 'Rules of a pasted recipe',
  precisions: { float: 'float', int16: '16-bit activations' } as Names<Precision>,
  notInModel: 'not in this model',
  remove: 'Remove',
  removeOf: (what: string) => `Remove ${what}`,
  removed: (what: string) => `${what} removed`,
  range: (min: string, max: string) => `${min} to ${max}`,
  rangesNotRecovered:
    'Ranges set by hand do not count with recovery or pruning, which calibrate by themselves.',
  rule: (operation: string, algorithm: string) => `${operation}, ${algorithm}`,
  reasons: {
    float16Weights: 'float16 has no integer weights',
    staticOnly: 'belongs to quantized activations (static)',
    twoBits: 'weight-only alone stores 2 bits',
    blocks: 'blocks are for dynamic int4',
    target8Bit: 'the target takes 8 bits only',
    targetOneScale: 'the target takes one scale for all weights',
    microWeights: 'tflite-micro expands int8 of one scale only',
    targetStatic: 'runs static int8 only',
    targetMicro: 'runs neither dynamic nor float16 models',
    targetNoInt16: 'the target takes no int16',
    unsigned16: 'not with 16-bit activations',
    percentileObserver: 'belongs to the observer “Percentile”',
    recoverFloat16: 'float16 has hardly an error to recover',
    roundingPruned: 'it would fill the zeros of pruned weights',
    microTarget: 'belongs to the target tflite-micro',
    microClusters: 'needs int8 weights, clustered to at most 128 values',
  } as Readonly<Record<Reason, string>>,
};

export const words = translated<typeof english>({
  en: english,
  zh: {
    title: '全部选项',
    groups: {
      weights: '权重',
      activations: '激活',
      edges: '输入与输出',
      target: '目标平台',
      recovery: '精度恢复',
      compression: '压缩',
      exceptions: '例外',
    },
    unavailable: (values, reason) => `${values}：${reason}`,
    method: { label: '方法', help: '量化哪些部分，是否用整数计算。静态量化需要样本。' },
    methods: { static: '静态', dynamic: '动态', weight_only: '仅权重', float16: 'Float16' },
    weightBits: {
      label: '权重位数',
      help: '位数越少，文件越小，误差越大；没有相应内核的算子保持 8 位。',
    },
    granularity: {
      label: '权重缩放',
      help: '逐通道：每个输出通道一个 scale，更精确。逐张量：共用一个，适合只支持它的运行时。分块：每若干权重一个。',
    },
    granularities: {
      CHANNELWISE: '逐通道',
      TENSORWISE: '逐张量',
      BLOCKWISE_32: '每 32 个一块',
      BLOCKWISE_64: '每 64 个一块',
      BLOCKWISE_128: '每 128 个一块',
    },
    clipping: {
      label: '权重范围',
      help: '最小–最大：由最大的权重决定 scale。MSE 与 OCTAV 截断以使平方误差最小，4 位时收益最大。',
    },
    clippings: { min_max: '最小–最大', mse: 'MSE', octav: 'OCTAV' },
    activationBits: { label: '激活位数', help: '16 位几乎无损但较慢；权重同上。' },
    observer: {
      label: '观察器',
      help: '如何由校准所见确定激活范围：全部、像 LiteRT Quantizer 那样平滑、去掉罕见极值，或使误差最小。',
    },
    observers: {
      min_max: '最小–最大',
      moving_average: '滑动平均',
      percentile: '百分位',
      mse: 'MSE',
      entropy: '熵',
    },
    percentile: {
      label: '保留的百分位',
      help: '范围所含数值的比例；其外的罕见值被截断，其余的步长更细。',
      value: (percent) => `${percent}%`,
    },
    inputType: {
      label: '输入类型',
      help: 'float32 与原模型输入相同；整数类型由调用方自行量化。',
    },
    outputType: { label: '输出类型', help: 'float32 给出实数；整数类型给出以 scale 为单位的值。' },
    target: { label: '运行于', help: '无法在其上运行的算子保持浮点，并在报告中列出。' },
    targets: {
      litert: 'LiteRT（手机、桌面、网页）',
      'tflite-micro': '微控制器（tflite-micro）',
      edgetpu: 'Coral Edge TPU',
      'npu-per-tensor': '逐张量 scale 的 NPU',
    },
    recoveryHelp:
      '在体积与速度不变的前提下用样本提高精度，需数秒到数分钟。仅当结果更接近浮点模型时才采用。',
    passes: {
      equalize: { label: '均衡', help: '在层间调整，使各通道更充分地使用量化范围。' },
      smooth: { label: '平滑', help: '同样的调整，用于归一化之后。' },
      bias: { label: '偏置校正', help: '消除每个通道的平均误差。' },
      rounding: { label: '学习舍入', help: '按层输出的误差舍入权重，而非逐个舍入。' },
    },
    prune: {
      label: '剪枝',
      help: '最小的权重变为 0，便于压缩文件。不重新训练时只能剪去少量。',
      value: (percent) => (percent === 0 ? '关' : `${percent}%`),
    },
    cluster: {
      label: '聚类',
      help: '每个张量的权重只取这么多个不同的值，便于压缩文件。',
      value: (count) => (count === 0 ? '关' : `${count} 个值`),
    },
    microCompress: {
      label: '权重存为查找表',
      help: '直接节省闪存：以索引指向数值表。此文件只有 tflite-micro 能运行。',
    },
    exceptionsHelp: '不遵循方案的算子，以及手动设定的范围。可在“逐层”中添加。',
    noExceptions: '无。',
    removeAll: '移除全部例外',
    exceptionCount: (count) => `${count} 个例外`,
    overridesTitle: '算子',
    rangesTitle: '激活范围',
    rulesTitle: '粘贴方案中的规则',
    precisions: { float: '浮点', int16: '16 位激活' },
    notInModel: '不在此模型中',
    remove: '移除',
    removeOf: (what) => `移除 ${what}`,
    removed: (what) => `已移除 ${what}`,
    range: (min, max) => `${min} 至 ${max}`,
    rangesNotRecovered: '精度恢复与剪枝会自行校准，手动设定的范围此时不起作用。',
    rule: (operation, algorithm) => `${operation}，${algorithm}`,
    reasons: {
      float16Weights: 'float16 没有整数权重',
      staticOnly: '仅用于量化激活（静态）',
      twoBits: '只有“仅权重”可存 2 位',
      blocks: '分块仅用于动态 int4',
      target8Bit: '目标平台只支持 8 位',
      targetOneScale: '目标平台的权重只支持一个 scale',
      microWeights: 'tflite-micro 只能展开单一 scale 的 int8',
      targetStatic: '只运行静态 int8',
      targetMicro: '不能运行动态或 float16 模型',
      targetNoInt16: '目标平台不支持 int16',
      unsigned16: '不能与 16 位激活同用',
      percentileObserver: '仅用于“百分位”观察器',
      recoverFloat16: 'float16 几乎没有误差可恢复',
      roundingPruned: '会填掉剪枝得到的 0',
      microTarget: '仅用于目标平台 tflite-micro',
      microClusters: '需要 int8 权重，并聚类到至多 128 个值',
    },
  },
});
