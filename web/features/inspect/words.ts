import { formatCount, plural } from '../../lib/format.js';
import { translated } from '../../lib/language.js';

export const words = translated({
  en: {
    title: 'What is inside',
    cannotRunTitle: 'Some operators cannot run here yet',
    cannotRun:
      'Static int8 needs to run the model; weight-only int8 and float16 still work, unmeasured.',
    alreadyTitle: 'Already quantized',
    state: 'State',
    perChannel: 'per channel',
    file: 'File',
    weights: 'Weights',
    none: 'none',
    graph: 'Graph and names',
    inputs: (count: number): string => (count === 1 ? 'Input' : 'Inputs'),
    outputs: (count: number): string => (count === 1 ? 'Output' : 'Outputs'),
    tensor: (index: number) => `tensor ${index}`,
    quantization: (scale: string, zeroPoint: number) => `scale ${scale}, zero point ${zeroPoint}`,
    operators: 'Operators',
    operatorsOfKinds: (operators: number, kinds: number) =>
      `${plural(operators, 'operator')} of ${plural(kinds, 'kind')}`,
    operator: 'Operator',
    count: 'Count',
    share: 'Share of the weights',
    multiplyAdds: 'Multiply-adds',
    cannotRunTag: 'cannot run',
  },
  zh: {
    title: '模型内容',
    cannotRunTitle: '部分算子暂时无法在此运行',
    cannotRun: '静态 int8 需要运行模型；仅权重 int8 和 float16 仍可使用，但不做测量。',
    alreadyTitle: '已经量化',
    state: '状态',
    perChannel: '逐通道',
    file: '文件',
    weights: '权重',
    none: '无',
    graph: '图结构与名称',
    inputs: () => '输入',
    outputs: () => '输出',
    tensor: (index) => `张量 ${index}`,
    quantization: (scale, zeroPoint) => `缩放 ${scale}，零点 ${zeroPoint}`,
    operators: '算子',
    operatorsOfKinds: (operators, kinds) =>
      `${formatCount(operators)} 个算子，${formatCount(kinds)} 种`,
    operator: '算子',
    count: '数量',
    share: '权重占比',
    multiplyAdds: '乘加次数',
    cannotRunTag: '无法运行',
  },
});
