import type { OperatorMode } from 'octolite';
import { formatBytes, formatCount, formatDecibels, formatPercent } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { Column, Filter } from './arrange.js';

const MODES_EN: Readonly<Record<OperatorMode, string>> = {
  static: 'integers',
  dynamic: 'integer weights, quantized while running',
  weight_only: 'integer weights',
  float16: 'float16 weights',
  float: 'float',
};
const MODES_ZH: Readonly<Record<OperatorMode, string>> = {
  static: '整数',
  dynamic: '整数权重，运行时量化激活',
  weight_only: '整数权重',
  float16: 'float16 权重',
  float: '浮点',
};
const COLUMNS_EN: Readonly<Record<Column, string>> = {
  operator: 'Operator',
  type: 'Became',
  bytesBefore: 'Bytes before',
  bytesAfter: 'Bytes after',
  sqnrDb: 'SQNR',
  localSqnrDb: 'Alone',
  share: 'Error share',
  clipped: 'Clipped',
  msBefore: 'Time before',
  msAfter: 'Time after',
};
const COLUMNS_ZH: Readonly<Record<Column, string>> = {
  operator: '算子',
  type: '量化为',
  bytesBefore: '字节（前）',
  bytesAfter: '字节（后）',
  sqnrDb: '信噪比',
  localSqnrDb: '单独',
  share: '误差占比',
  clipped: '截断',
  msBefore: '耗时（前）',
  msAfter: '耗时（后）',
};
const HELP_EN: Readonly<Record<Column, string>> = {
  operator: 'In the order of the graph',
  type: 'Type of its output in the quantized model, and what it computes with',
  bytesBefore: 'Of its constants, in the float model',
  bytesAfter: 'Of its constants, in the quantized model',
  sqnrDb: 'Signal to quantization noise of its output, with the error of everything before it',
  localSqnrDb:
    'Signal to the noise that it adds by itself, given the float model’s inputs in the quantized types',
  share: 'Of the error that all operators add, relative to their signals: an estimate',
  clipped: 'Share of the float model’s values beyond what the type can hold',
  msBefore: 'Mean of one run of the float model; a dash: it runs inside another operator',
  msAfter: 'Mean of one run of the quantized model; a dash: it runs inside another operator',
};
const HELP_ZH: Readonly<Record<Column, string>> = {
  operator: '按计算图的顺序',
  type: '量化模型中其输出的类型，以及计算方式',
  bytesBefore: '浮点模型中其常量的大小',
  bytesAfter: '量化模型中其常量的大小',
  sqnrDb: '其输出的信号与量化噪声之比，含前面所有算子的误差',
  localSqnrDb: '输入取自浮点模型（转换为量化类型）时，它自身引入的噪声对应的信噪比',
  share: '在所有算子引入的相对误差中所占的份额（估计值）',
  clipped: '浮点模型的值中超出该类型可表示范围的比例',
  msBefore: '浮点模型单次运行的平均耗时；短横线表示并入其他算子执行',
  msAfter: '量化模型单次运行的平均耗时；短横线表示并入其他算子执行',
};
const KINDS_EN: Readonly<Record<Filter['kind'], string>> = {
  all: 'All',
  quantized: 'Quantized',
  float: 'Float',
  worse: 'Worse than …',
};
const KINDS_ZH: Readonly<Record<Filter['kind'], string>> = {
  all: '全部',
  quantized: '已量化',
  float: '浮点',
  worse: '低于指定信噪比',
};

/** Of the library's suggestions, by its own names. */
const EVIDENCE_EN: Readonly<Record<string, string>> = {
  operators: 'Operators',
  sqnrDbBefore: 'SQNR before',
  sqnrDbAfter: 'SQNR after',
  bytesBefore: 'File before',
  bytesAfter: 'File after',
  errorShare: 'Error share',
  samples: 'Samples',
  usual: 'Usual',
  output: 'Output',
  axis: 'Axis',
  ratio: 'Ratio of ranges',
  largestRange: 'Largest range',
  smallestRange: 'Smallest range',
  smallChannels: 'Small channels',
  smallChannelsSqnrDb: 'SQNR of small channels',
  smallChannelsSqnrDbInFloat: 'the same in float',
};
const EVIDENCE_ZH: typeof EVIDENCE_EN = {
  operators: '算子数',
  sqnrDbBefore: '之前的信噪比',
  sqnrDbAfter: '之后的信噪比',
  bytesBefore: '之前的文件',
  bytesAfter: '之后的文件',
  errorShare: '误差占比',
  samples: '样本数',
  usual: '通常数量',
  output: '输出',
  axis: '轴',
  ratio: '范围之比',
  largestRange: '最大范围',
  smallestRange: '最小范围',
  smallChannels: '小范围通道数',
  smallChannelsSqnrDb: '小范围通道的信噪比',
  smallChannelsSqnrDbInFloat: '保持浮点时的信噪比',
};

const plural = (count: number, one: string): string =>
  `${formatCount(count)} ${count === 1 ? one : `${one}s`}`;

const signedBytes = (bytes: number): string =>
  bytes === 0 ? '±0 B' : `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}`;

const signedDecibels = (decibels: number): string =>
  `${decibels < 0 ? '−' : '+'}${Math.abs(decibels).toFixed(1)} dB`;

export const words = translated({
  en: {
    title: 'Layer by layer',
    lead: 'Where the error comes from, what each operator weighs, and how long it takes.',
    measure: 'Measure the layers',
    measureAgain: 'Try again',
    measuring: 'Measuring the layers…',
    measuringLabel: 'Measuring the layers',
    cancel: 'Cancel',
    cancelled: 'Measuring was cancelled. Bytes and types are known without it.',
    measured: (samples: number) => `Layers measured on ${plural(samples, 'sample')}.`,
    measuredOn: (samples: number, runs: number) =>
      `Measured on ${plural(samples, 'sample')}; times are means of ${plural(runs, 'run')}, one thread.`,
    refused: 'The layers could not be measured',
    previous: 'previous result',
    columns: COLUMNS_EN,
    columnHelp: HELP_EN,
    modes: MODES_EN,
    kinds: KINDS_EN,
    search: 'Filter by name',
    searchHint: 'conv block5',
    show: 'Show',
    decibels: 'Decibels',
    showing: (shown: number, all: number) =>
      shown === all
        ? plural(all, 'operator')
        : `${formatCount(shown)} of ${plural(all, 'operator')}`,
    none: 'No operator is like that.',
    clearFilter: 'Show all',
    table: 'Operators of the float model and what became of them',
    computes: 'Computes with',
    keys: 'Arrow keys, Page Up, Page Down, Home and End move the selection.',
    fused: 'runs inside another operator',
    gone: 'not in the quantized model',
    precision: 'Precision',
    precisionOf: (operator: string) => `Precision of ${operator}`,
    precisions: { recipe: 'As the recipe says', float: 'Keep float', int16: '16-bit activations' },
    shortPrecisions: { recipe: 'recipe', float: 'float', int16: '16 bit' },
    noScope: 'It has no output with a name, so no recipe can name it.',
    selected: (name: string, output: string) => `${name}, ${output}`,
    choose: 'Choose an operator in the table or the graph to see inside it.',
    output: 'Output',
    reason: 'Why',
    effect: 'Against the result before:',
    effects: (...parts: string[]) => parts.join(', '),
    sqnrEffect: (from: string, to: string) => `SQNR of the outputs ${from} → ${to}`,
    sizeEffect: (from: string, to: string, change: string) => `file ${from} → ${to} (${change})`,
    graph: 'Graph',
    graphLabel: 'Graph of the operators; the table beside it says the same in words',
    graphPart: (shown: number, all: number) =>
      `${formatCount(shown)} of ${formatCount(all)} operators, around the chosen one.`,
    graphHelp: 'Coloured by SQNR. Scroll to move; + and − zoom.',
    layingOut: 'Laying out…',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    zoomFit: 'Fit',
    toSelected: 'Chosen',
    legendCold: 'like float',
    legendHot: 'all error',
    suggestions: 'What could help',
    find: 'Find what costs most',
    findHelp: (trials: number, time: string) =>
      `Quantizes the model anew about ${plural(trials, 'time')} with parts in float, and measures each: about ${time} here.`,
    finding: 'Looking for what costs most',
    trial: (done: number, total: number) => `Trial ${formatCount(done)} of ${formatCount(total)}`,
    passes: ['Each operator alone', 'One operator after the other', 'Trying what could help'],
    about: (time: string) => `about ${time} left`,
    apply: 'Apply',
    applied: 'Applied',
    nothing: 'Nothing that was tried gains more than 1.5 dB.',
    found: (count: number) => `${plural(count, 'suggestion')} found.`,
    evidence: 'Evidence',
    evidenceKeys: EVIDENCE_EN,
    estimate: 'estimated from this table',
    tried: 'tried and measured',
    keepWorst: (name: string, share: number) =>
      `Keep ${name} in float: it adds ${formatPercent(share)} of the error.`,
    widerRange: (name: string, clipped: number) =>
      `${formatPercent(clipped)} of the values of ${name} lie beyond its range: choose ranges by the smallest and largest value.`,
    moreSamples: (name: string, clipped: number) =>
      `${formatPercent(clipped)} of the values of ${name} lie beyond its range: calibrate with more samples like the ones that are measured.`,
    facts: {
      share: 'Error share',
      gain: 'Foreseen gain',
      extraBytes: 'More bytes',
      clipped: 'Clipped values',
      sqnrDb: 'SQNR of its output',
    },
    gainUpTo: (decibels: number) => `up to ${formatDecibels(decibels)}`,
    signedBytes,
    signedDecibels,
    waiting: 'Working…',
    left: (seconds: number) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`),
  },
  zh: {
    title: '逐层分析',
    lead: '误差从哪里来，每个算子占多少字节，要花多长时间。',
    measure: '测量各层',
    measureAgain: '重试',
    measuring: '正在测量各层…',
    measuringLabel: '正在测量各层',
    cancel: '取消',
    cancelled: '测量已取消。字节数和类型无需测量即可得知。',
    measured: (samples: number) => `已用 ${formatCount(samples)} 个样本测量各层。`,
    measuredOn: (samples: number, runs: number) =>
      `用 ${formatCount(samples)} 个样本测得；耗时为单线程 ${formatCount(runs)} 次运行的平均值。`,
    refused: '无法测量各层',
    previous: '上一次的结果',
    columns: COLUMNS_ZH,
    columnHelp: HELP_ZH,
    modes: MODES_ZH,
    kinds: KINDS_ZH,
    search: '按名称筛选',
    searchHint: 'conv block5',
    show: '显示',
    decibels: '分贝',
    showing: (shown: number, all: number) =>
      shown === all
        ? `${formatCount(all)} 个算子`
        : `${formatCount(all)} 个算子中的 ${formatCount(shown)} 个`,
    none: '没有符合条件的算子。',
    clearFilter: '显示全部',
    table: '浮点模型的算子及其量化结果',
    computes: '计算方式',
    keys: '用方向键、Page Up、Page Down、Home 和 End 移动选择。',
    fused: '并入其他算子执行',
    gone: '量化模型中已不存在',
    precision: '精度',
    precisionOf: (operator: string) => `${operator} 的精度`,
    precisions: { recipe: '按方案', float: '保持浮点', int16: '16 位激活' },
    shortPrecisions: { recipe: '方案', float: '浮点', int16: '16 位' },
    noScope: '它的输出没有名称，方案无法指定它。',
    selected: (name: string, output: string) => `${name}，${output}`,
    choose: '在表格或计算图中选择一个算子，查看其内部。',
    output: '输出',
    reason: '原因',
    effect: '与上一次结果相比：',
    effects: (...parts: string[]) => parts.join('，'),
    sqnrEffect: (from: string, to: string) => `输出信噪比 ${from} → ${to}`,
    sizeEffect: (from: string, to: string, change: string) => `文件 ${from} → ${to}（${change}）`,
    graph: '计算图',
    graphLabel: '算子计算图；旁边的表格以文字给出相同内容',
    graphPart: (shown: number, all: number) =>
      `显示所选算子附近的 ${formatCount(shown)} 个，共 ${formatCount(all)} 个算子。`,
    graphHelp: '按信噪比着色。滚动以移动，按 + 和 − 缩放。',
    layingOut: '正在布局…',
    zoomIn: '放大',
    zoomOut: '缩小',
    zoomFit: '全图',
    toSelected: '所选',
    legendCold: '与浮点一致',
    legendHot: '全是误差',
    suggestions: '改进建议',
    find: '找出代价最大的算子',
    findHelp: (trials: number, time: string) =>
      `将模型的不同部分保持浮点，重新量化并测量约 ${formatCount(trials)} 次：在本机约需 ${time}。`,
    finding: '正在查找代价最大的算子',
    trial: (done: number, total: number) =>
      `第 ${formatCount(done)} 次，共 ${formatCount(total)} 次`,
    passes: ['逐个单独量化', '依次累积量化', '正在尝试改进方法'],
    about: (time: string) => `约剩 ${time}`,
    apply: '应用',
    applied: '已应用',
    nothing: '尝试过的方法都没有带来超过 1.5 dB 的改善。',
    found: (count: number) => `找到 ${formatCount(count)} 条建议。`,
    evidence: '依据',
    evidenceKeys: EVIDENCE_ZH,
    estimate: '由此表估计',
    tried: '已试验并测量',
    keepWorst: (name: string, share: number) =>
      `将 ${name} 保持浮点：它引入了 ${formatPercent(share)} 的误差。`,
    widerRange: (name: string, clipped: number) =>
      `${name} 有 ${formatPercent(clipped)} 的值超出范围：改用最小值和最大值确定范围。`,
    moreSamples: (name: string, clipped: number) =>
      `${name} 有 ${formatPercent(clipped)} 的值超出范围：请用更多与测量数据相似的样本校准。`,
    facts: {
      share: '误差占比',
      gain: '预计改善',
      extraBytes: '增加字节',
      clipped: '被截断的值',
      sqnrDb: '其输出的信噪比',
    },
    gainUpTo: (decibels: number) => `至多 ${formatDecibels(decibels)}`,
    signedBytes,
    signedDecibels,
    waiting: '进行中…',
    left: (seconds: number) =>
      seconds < 90 ? `${seconds} 秒` : `${Math.round(seconds / 60)} 分钟`,
  },
});
