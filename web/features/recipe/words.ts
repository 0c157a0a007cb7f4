import { formatList } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { PresetName } from './presets.js';
import type { Method, RecipeSettings } from './settings.js';

interface Told {
  readonly label: string;
  /** What it does, and when to choose it. */
  readonly help: string;
}

const english = {
  title: 'Recipe',
  presets: 'How to quantize',
  withoutData: 'Without calibration data',
  custom: 'Custom',
  presetOf: {
    balanced: {
      label: 'Balanced',
      help: 'int8 weights and activations: small and fastest. Try it first.',
    },
    smallest: {
      label: 'Smallest',
      help: 'int4 weights, accuracy recovered from samples. When every byte counts.',
    },
    accurate: {
      label: 'Most accurate',
      help: 'int8 fitted closer to your samples: slower to make, as fast to run.',
    },
    int16: {
      label: '16-bit activations',
      help: 'Nearly exact, in slower integers. When int8 loses too much.',
    },
    micro: {
      label: 'Microcontroller',
      help: 'int8 from input to output, as tflite-micro runs it on boards.',
    },
    dynamic: {
      label: 'Dynamic int8',
      help: 'int8 weights; activations are quantized while running. Smaller and faster at once.',
    },
    weight_only: {
      label: 'Weight-only int8',
      help: 'int8 in the file, computed in float: a smaller download at the same speed.',
    },
    float16: {
      label: 'Float16',
      help: 'Weights in 16 bits: half the size, outputs hardly change.',
    },
  } satisfies Record<PresetName, Told> as Readonly<Record<PresetName, Told>>,
  withoutDataHelp: 'No samples at hand? These look at the weights alone.',
  methodNames: {
    static: 'Static',
    dynamic: 'Dynamic',
    weight_only: 'Weight-only',
    float16: 'Float16',
  } satisfies Record<Method, string> as Readonly<Record<Method, string>>,
  activations16: (name: string) => `${name}, int16 activations`,
  granularityNames: {
    CHANNELWISE: 'per channel',
    TENSORWISE: 'per tensor',
    BLOCKWISE_32: 'by blocks of 32',
    BLOCKWISE_64: 'by blocks of 64',
    BLOCKWISE_128: 'by blocks of 128',
  } satisfies Record<RecipeSettings['granularity'], string> as Readonly<
    Record<RecipeSettings['granularity'], string>
  >,
};

export const words = translated<typeof english>({
  en: english,
  zh: {
    title: '量化方案',
    presets: '如何量化',
    withoutData: '无需校准数据',
    custom: '自定义',
    presetOf: {
      balanced: {
        label: '均衡',
        help: 'int8 权重与激活：体积小，速度最快。建议首先尝试。',
      },
      smallest: {
        label: '体积最小',
        help: 'int4 权重，并用样本恢复精度。适合每个字节都要紧时。',
      },
      accurate: {
        label: '精度最高',
        help: 'int8，更贴合样本：制作较慢，运行同样快。',
      },
      int16: {
        label: '16 位激活',
        help: '几乎无损，但整数运算较慢。适合 int8 损失过大时。',
      },
      micro: {
        label: '微控制器',
        help: '从输入到输出全为 int8，供板卡上的 tflite-micro 运行。',
      },
      dynamic: {
        label: '动态 int8',
        help: 'int8 权重，激活在运行时量化。无需准备，直接变小变快。',
      },
      weight_only: {
        label: '仅权重 int8',
        help: '文件中为 int8，按浮点计算：下载更小，速度不变。',
      },
      float16: {
        label: 'Float16',
        help: '权重为 16 位：体积减半，输出几乎不变。',
      },
    },
    withoutDataHelp: '手头没有样本？这些方案只看权重。',
    methodNames: {
      static: '静态',
      dynamic: '动态',
      weight_only: '仅权重',
      float16: 'Float16',
    },
    activations16: (name) => `${name}，int16 激活`,
    granularityNames: {
      CHANNELWISE: '逐通道',
      TENSORWISE: '逐张量',
      BLOCKWISE_32: '按 32 个一块',
      BLOCKWISE_64: '按 64 个一块',
      BLOCKWISE_128: '按 128 个一块',
    },
  },
});

/** "Static int8", "Weight-only int4", "Float16". */
export function methodName({ method, weightBits, activationBits }: RecipeSettings): string {
  const { methodNames, activations16 } = words.value;
  if (method === 'float16') return methodNames.float16;
  const name = `${methodNames[method]} int${weightBits}`;
  return activationBits === 16 ? activations16(name) : name;
}

/** "Static int8, per channel". */
export function recipeInWords(settings: RecipeSettings): string {
  const name = methodName(settings);
  if (settings.method === 'float16') return name;
  return formatList([name, words.value.granularityNames[settings.granularity]]);
}
