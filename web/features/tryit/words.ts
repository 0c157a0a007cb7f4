import { formatDecibels, formatPercent } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { Agreement } from './agreement.js';

type Of<Kind extends Agreement['kind']> = Extract<Agreement, { kind: Kind }>;

export const words = translated({
  en: {
    title: 'Try it',
    help: 'The float and the quantized model on the same input, side by side.',
    before: 'Float',
    after: 'Quantized',
    input: 'Input',
    inputs: { samples: 'Samples', random: 'Random' },
    previous: 'Previous',
    next: 'Next',
    sampleNumber: 'Sample',
    ofSamples: (count: number) => `of ${count}`,
    another: 'Another',
    readAs: 'Read the outputs as',
    automatic: (adapter: string) => `Automatic: ${adapter}`,
    adapters: { classification: 'Classes', raw: 'Raw tensors' },
    unreadable: 'The outputs cannot be read this way. Choose another one.',
    given: 'What both models are given',
    className: (number: number) => `class ${number}`,
    softmaxed: 'The model gives logits; what is shown is their softmax.',
    scoresTable: 'The best classes and their scores',
    classColumn: 'Class',
    agreement: 'Agreement',
    sameClass: (name: string) => `Same top class: ${name}`,
    otherClass: (from: string, to: string) => `Another top class: ${from} became ${to}`,
    common: ({ common, of }: Of<'scores'>) => `${common} of the ${of} likeliest classes in common`,
    largestScore: (points: number) => `scores differ by at most ${formatPercent(points)}`,
    sqnr: (decibels: number) =>
      decibels >= 300 ? 'the outputs are the same' : `SQNR ${formatDecibels(decibels)}`,
    output: 'Output',
    shape: 'Shape',
    values: 'First values',
    range: 'Least, mean, greatest',
    difference: 'SQNR',
    rawTable: 'The outputs of both models',
    working: 'Running both models…',
  },
  zh: {
    title: '试一试',
    help: '浮点模型与量化模型处理同一输入，并排对照。',
    before: '浮点',
    after: '量化',
    input: '输入',
    inputs: { samples: '样本', random: '随机' },
    previous: '上一个',
    next: '下一个',
    sampleNumber: '样本',
    ofSamples: (count) => `共 ${count} 个`,
    another: '换一个',
    readAs: '输出的解读方式',
    automatic: (adapter) => `自动：${adapter}`,
    adapters: { classification: '分类', raw: '原始张量' },
    unreadable: '输出无法按此方式解读，请另选一种。',
    given: '两个模型得到的输入',
    className: (number) => `类别 ${number}`,
    softmaxed: '模型输出的是 logits，这里显示 softmax 之后的值。',
    scoresTable: '得分最高的类别',
    classColumn: '类别',
    agreement: '一致性',
    sameClass: (name) => `最高类别相同：${name}`,
    otherClass: (from, to) => `最高类别不同：${from} 变为 ${to}`,
    common: ({ common, of }) => `最可能的 ${of} 个类别中有 ${common} 个相同`,
    largestScore: (points) => `得分最多相差 ${formatPercent(points)}`,
    sqnr: (decibels) => (decibels >= 300 ? '输出完全相同' : `信噪比 ${formatDecibels(decibels)}`),
    output: '输出',
    shape: '形状',
    values: '前几个值',
    range: '最小、平均、最大',
    difference: '信噪比',
    rawTable: '两个模型的输出',
    working: '正在运行两个模型…',
  },
});

/** What a class is called. */
export function nameOf(names: readonly string[], number: number): string {
  return names[number] ?? words.value.className(number);
}

function phrasesOf(agreement: Agreement, names: readonly string[]): string[] {
  const { value } = words;
  switch (agreement.kind) {
    case 'scores': {
      const [from, to] = [agreement.ofClass, agreement.otherClass].map((each) =>
        nameOf(names, each),
      ) as [string, string];
      return [
        agreement.ofClass === agreement.otherClass
          ? value.sameClass(from)
          : value.otherClass(from, to),
        ...(agreement.of > 1 ? [value.common(agreement)] : []),
        value.largestScore(agreement.largest),
      ];
    }
    default:
      return [];
  }
}

/** How far both models agree on this input, in words; the first says most. */
export function agreementPhrases(
  agreement: Agreement,
  noise: readonly number[],
  names: readonly string[],
): string[] {
  const worst = Math.min(...noise);
  const told = Number.isFinite(worst) ? [words.value.sqnr(worst)] : [];
  return [...phrasesOf(agreement, names), ...told];
}
