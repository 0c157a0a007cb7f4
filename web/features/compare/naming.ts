import { translated } from '../../lib/language.js';
import { formatPercent } from '../../lib/format.js';
import { DEFAULTS, type RecipeSettings } from '../recipe/settings.js';

const words = translated({
  en: {
    static: (weights: number, activations: number) =>
      weights === activations
        ? `Static int${weights}`
        : `Static int${weights}, int${activations} activations`,
    dynamic: (weights: number) => `Dynamic int${weights}`,
    weight_only: (weights: number) => `Weight-only int${weights}`,
    float16: 'Float16',
    granularity: {
      CHANNELWISE: 'per channel',
      TENSORWISE: 'per tensor',
      BLOCKWISE_32: 'blocks of 32',
      BLOCKWISE_64: 'blocks of 64',
      BLOCKWISE_128: 'blocks of 128',
    } as Readonly<Record<RecipeSettings['granularity'], string>>,
    clipping: (name: string) => `${name} clipping`,
    edges: (input: string, output: string) => `${input} in, ${output} out`,
    target: (name: string) => `for ${name}`,
    recover: (passes: string) => `recovery: ${passes}`,
    prune: (share: string) => `${share} pruned`,
    cluster: (count: number) => `${count} clusters`,
    overrides: (count: number) => `${count} ${count === 1 ? 'exception' : 'exceptions'}`,
    ranges: (count: number) => `${count} ${count === 1 ? 'range' : 'ranges'} by hand`,
  },
  zh: {
    static: (weights, activations) =>
      weights === activations ? `静态 int${weights}` : `静态 int${weights}、int${activations} 激活`,
    dynamic: (weights) => `动态 int${weights}`,
    weight_only: (weights) => `仅权重 int${weights}`,
    float16: 'Float16',
    granularity: {
      CHANNELWISE: '逐通道',
      TENSORWISE: '逐张量',
      BLOCKWISE_32: '每 32 个一块',
      BLOCKWISE_64: '每 64 个一块',
      BLOCKWISE_128: '每 128 个一块',
    },
    clipping: (name) => `${name} 截断`,
    edges: (input, output) => `输入 ${input}、输出 ${output}`,
    target: (name) => `面向 ${name}`,
    recover: (passes) => `精度恢复：${passes}`,
    prune: (share) => `剪枝 ${share}`,
    cluster: (count) => `${count} 个聚类`,
    overrides: (count) => `${count} 处例外`,
    ranges: (count) => `手动设定 ${count} 个范围`,
  },
});

function methodOf({ method, weightBits, activationBits }: RecipeSettings): string {
  switch (method) {
    case 'static':
      return words.value.static(weightBits, activationBits);
    case 'float16':
      return words.value.float16;
    default:
      return words.value[method](weightBits);
  }
}

/**
 * A recipe in a few words, part by part: its method, then all that is not as it is by default.
 * @param isFull Whether the scales of weights are told in any case.
 */
export function describeRecipe(settings: RecipeSettings, isFull = false): string[] {
  const { granularity, clipping, observer, percentile, inputType, outputType } = settings;
  const { target, recover, prune, cluster, overrides, ranges } = settings;
  const parts = [methodOf(settings)];
  const ranged = Object.keys(ranges).length;
  if (settings.method !== 'float16') {
    if (isFull || granularity !== DEFAULTS.granularity) {
      parts.push(words.value.granularity[granularity]);
    }
    if (clipping !== DEFAULTS.clipping) parts.push(words.value.clipping(clipping));
  }
  if (settings.method === 'static') {
    if (observer === 'percentile') parts.push(`percentile ${percentile}`);
    else if (observer !== DEFAULTS.observer) parts.push(observer);
    if (inputType !== DEFAULTS.inputType || outputType !== DEFAULTS.outputType) {
      parts.push(words.value.edges(inputType, outputType));
    }
    if (ranged > 0) parts.push(words.value.ranges(ranged));
  }
  if (target !== DEFAULTS.target) parts.push(words.value.target(target));
  if (recover.length > 0) parts.push(words.value.recover(recover.join(' + ')));
  if (prune > 0) parts.push(words.value.prune(formatPercent(prune)));
  if (cluster > 0) parts.push(words.value.cluster(cluster));
  if (overrides.length > 0) parts.push(words.value.overrides(overrides.length));
  return parts;
}

/** A name for a result that no other one has: "Static int8, per tensor", "Static int8 (2)". */
export function nameOf(settings: RecipeSettings, taken: readonly string[]): string {
  const name = describeRecipe(settings).join(', ');
  let unique = name;
  for (let count = 2; taken.includes(unique); ++count) unique = `${name} (${count})`;
  return unique;
}
