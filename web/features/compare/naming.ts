import { translated } from '../../lib/language.js';
import { formatPercent } from '../../lib/format.js';
import { DEFAULTS, quantizesActivations, type RecipeSettings } from '../recipe/settings.js';
import { methodName, words as recipeWords } from '../recipe/words.js';

const words = translated({
  en: {
    clipping: (name: string) => `${name} clipping`,
    edges: (input: string, output: string) => `${input} in, ${output} out`,
    target: (name: string) => `for ${name}`,
    recover: (passes: string) => `recovery: ${passes}`,
    prune: (share: string) => `${share} pruned`,
    cluster: (count: number) => `${count} clusters`,
    microCompress: 'packed for tflite-micro',
    rules: (count: number) => `${count} ${count === 1 ? 'rule' : 'rules'} of its own`,
    overrides: (count: number) => `${count} ${count === 1 ? 'exception' : 'exceptions'}`,
    ranges: (count: number) => `${count} ${count === 1 ? 'range' : 'ranges'} by hand`,
  },
  zh: {
    clipping: (name) => `${name} 截断`,
    edges: (input, output) => `输入 ${input}、输出 ${output}`,
    target: (name) => `面向 ${name}`,
    recover: (passes) => `精度恢复：${passes}`,
    prune: (share) => `剪枝 ${share}`,
    cluster: (count) => `${count} 个聚类`,
    microCompress: '为 tflite-micro 打包',
    rules: (count) => `${count} 条自定规则`,
    overrides: (count) => `${count} 处例外`,
    ranges: (count) => `手动设定 ${count} 个范围`,
  },
});

/**
 * A recipe in a few words, part by part: its method, then all that is not as it is by default.
 * @param isFull Whether the scales of weights are told in any case.
 */
export function describeRecipe(settings: RecipeSettings, isFull = false): string[] {
  const { granularity, clipping, observer, percentile, inputType, outputType } = settings;
  const { target, recover, prune, cluster, microCompress, rules, overrides, ranges } = settings;
  const parts = [methodName(settings)];
  const ranged = Object.keys(ranges).length;
  if (settings.method !== 'float16') {
    if (isFull || granularity !== DEFAULTS.granularity) {
      parts.push(recipeWords.value.granularityNames[granularity]);
    }
    if (clipping !== DEFAULTS.clipping) parts.push(words.value.clipping(clipping));
  }
  if (quantizesActivations(settings)) {
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
  if (microCompress) parts.push(words.value.microCompress);
  if (rules.length > 0) parts.push(words.value.rules(rules.length));
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
