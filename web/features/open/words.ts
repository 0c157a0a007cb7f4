import { translated } from '../../lib/language.js';

export const words = translated({
  en: {
    title: 'Make a TensorFlow\u00a0Lite model smaller and faster. See what it costs.',
    lead: [
      'Drop a ',
      ' file anywhere. Octolite quantizes it in this tab, runs the original and the result on your machine, and shows size, fidelity and speed side by side.',
    ] as readonly [before: string, after: string],
    dropHere: 'Drop a model here',
    choose: 'Choose a file…',
    useSample: 'Use the sample',
    galleryTitle: 'Models to try it with',
    samples: {
      shapes: { name: 'Drawn shapes', what: 'Images: 16 classes, 480 labelled' },
      sounds: { name: 'Short sounds', what: 'Audio: 8 classes, 72 labelled clips' },
      pump: { name: 'A pump’s sensors', what: 'Table: 6 conditions, 600 labelled rows' },
    },
    otherWays: 'Or paste it. Several at once are quantized one after the other.',
    shapes: 'Sizes of the inputs',
    shapesHelp:
      'This model leaves the sizes of its inputs open. All runs on this page use those below; the quantized model stays as open as the original.',
    batch: 'Batch',
    dimension: (number: number) => `Dimension ${number}`,
    useShapes: 'Use these sizes',
    shapesUsed: 'These are in use.',
    shapesFirst: 'First choose the sizes of the inputs, which this model leaves open.',
    shapesChosen: 'The sizes are in use',
    steps: [
      ['Open', 'See inputs, outputs, operators, and where the bytes are.'],
      [
        'Quantize',
        'int8 static, dynamic or weight-only, or float16; calibrated with your own data.',
      ],
      ['Decide', 'Compare both models, then take the smaller file with you.'],
    ] as readonly (readonly [title: string, text: string])[],
    dropVeil: 'Drop a model, pictures or arrays',
    openAnother: 'Open another…',
    isOpen: (name: string) => `${name} is open`,
    alreadyQuantized: (kind: string) =>
      `Its weights are quantized as they came (${kind}). Quantizing starts from the float model.`,
  },
  zh: {
    title: '让 TensorFlow\u00a0Lite 模型更小、更快，并看清代价。',
    lead: [
      '把 ',
      ' 文件拖放到页面任意位置。Octolite 在此标签页内完成量化，在您的设备上运行原模型与量化后的模型，并排展示体积、保真度和速度。',
    ],
    dropHere: '将模型拖放到这里',
    choose: '选择文件…',
    useSample: '使用示例',
    galleryTitle: '可直接试用的模型',
    samples: {
      shapes: { name: '手绘图形', what: '图像：16 类，480 张带标签的图片' },
      sounds: { name: '短促声音', what: '音频：8 类，72 段带标签的录音' },
      pump: { name: '水泵传感器', what: '表格：6 种工况，600 行带标签的数据' },
    },
    otherWays: '也可以粘贴。一次放入多个模型会依次量化。',
    shapes: '输入尺寸',
    shapesHelp:
      '该模型的输入尺寸未固定。此页面上的所有运行都使用下面的尺寸；量化后的模型与原模型一样不固定。',
    batch: '批大小',
    dimension: (number) => `第 ${number} 维`,
    useShapes: '使用这些尺寸',
    shapesUsed: '正在使用。',
    shapesFirst: '该模型的输入尺寸未固定，请先选定。',
    shapesChosen: '尺寸已生效',
    steps: [
      ['打开', '查看输入、输出、算子，以及字节的分布。'],
      ['量化', '静态、动态或仅权重 int8，以及 float16；用您自己的数据校准。'],
      ['决定', '比较两个模型，然后带走更小的文件。'],
    ],
    dropVeil: '放入模型、图片或数组',
    openAnother: '打开其他模型…',
    isOpen: (name) => `${name} 已打开`,
    alreadyQuantized: (kind) => `其权重在打开时已经量化（${kind}）。量化需要从浮点模型开始。`,
  },
});
