import { isOctoliteError, type ErrorCode, type ErrorDetails } from 'octolite';
import { formatList } from './format.js';
import { translated } from './language.js';

/** Why something could not be done, for people. */
export interface Refusal {
  readonly title: string;
  readonly what: string;
  /** Empty when there is no place to name. */
  readonly where: string;
  readonly next: string;
}

type Titles = Readonly<Record<ErrorCode, readonly [title: string, next: string]>>;

const ENGLISH: Titles = {
  INVALID_MODEL: [
    'This is not a TensorFlow Lite model',
    'Drop a .tflite file. Other formats (ONNX, Keras, SavedModel) have to be converted first.',
  ],
  UNSUPPORTED_MODEL: [
    'Something in this model is not supported',
    'What the file holds is shown below where it could be read; another export of the model may work.',
  ],
  UNSUPPORTED_OPERATOR: [
    'An operator of this model cannot run here',
    'Weight-only int8 and float16 change the file without running it.',
  ],
  CUSTOM_OPERATOR: [
    'A custom operator failed',
    'Weight-only int8 and float16 change the file without running it.',
  ],
  INVALID_ARGUMENT: ['A setting does not fit this model', 'Change the setting and run again.'],
  SHAPE_MISMATCH: [
    'The data does not have the shape of the input',
    'Give data of the shape that is shown under “What is inside”.',
  ],
  TYPE_MISMATCH: [
    'The data does not have the type of the input',
    'Give data of the type that is shown under “What is inside”.',
  ],
  OUT_OF_MEMORY: [
    'There is not enough memory',
    'Close other tabs, use fewer or smaller samples, or use the command line.',
  ],
  NOT_CALIBRATED: [
    'A range is missing',
    'Give calibration data that reaches every part of the model, or choose dynamic int8.',
  ],
  ALREADY_QUANTIZED: [
    'This model is already quantized',
    'Start from the float model it was made of. Its contents are shown below.',
  ],
  INVALID_RECIPE: ['The recipe does not fit', 'Choose another recipe.'],
  WASM_UNAVAILABLE: [
    'This browser cannot run Octolite',
    'WebAssembly with SIMD is needed: Chrome 105, Firefox 113, Safari 16.4 or newer.',
  ],
  BAD_DATA_FILE: [
    'This data file cannot be read',
    'Use png, jpeg, webp or bmp pictures, .wav sound, .npy or .npz arrays, .csv tables, or idx-ubyte sets.',
  ],
  DOWNLOAD_FAILED: [
    'A file could not be downloaded',
    'Check the connection, or download the file and open it from disk.',
  ],
  ABORTED: ['Stopped', 'Press Quantize to start again.'],
  DISPOSED: ['The model was closed', 'Open it again.'],
  WORKER_STOPPED: [
    'The worker stopped',
    'It starts again by itself: run again. A model too large for this tab’s memory does this, and so does a lost connection.',
  ],
  INTERNAL: [
    'Something went wrong in Octolite',
    'This is a defect. Please report it with the name of the model and the text above.',
  ],
};

const CHINESE: Titles = {
  INVALID_MODEL: [
    '这不是 TensorFlow Lite 模型',
    '请放入 .tflite 文件。其他格式（ONNX、Keras、SavedModel）需要先转换。',
  ],
  UNSUPPORTED_MODEL: [
    '模型中有不受支持的内容',
    '能读出的内容显示在下方；换一种方式导出该模型也许可行。',
  ],
  UNSUPPORTED_OPERATOR: [
    '模型中有无法在此运行的算子',
    '仅权重 int8 和 float16 只改写文件，不需要运行模型。',
  ],
  CUSTOM_OPERATOR: ['自定义算子执行失败', '仅权重 int8 和 float16 只改写文件，不需要运行模型。'],
  INVALID_ARGUMENT: ['某项设置不适合该模型', '请修改设置后重新运行。'],
  SHAPE_MISMATCH: ['数据的形状与输入不符', '请提供“模型内容”中所示形状的数据。'],
  TYPE_MISMATCH: ['数据的类型与输入不符', '请提供“模型内容”中所示类型的数据。'],
  OUT_OF_MEMORY: ['内存不足', '请关闭其他标签页，使用更少或更小的样本，或改用命令行。'],
  NOT_CALIBRATED: ['缺少取值范围', '请提供能覆盖模型各部分的校准数据，或选择动态 int8。'],
  ALREADY_QUANTIZED: ['该模型已经量化', '请从量化之前的浮点模型开始。模型内容显示在下方。'],
  INVALID_RECIPE: ['方案不适用', '请选择其他方案。'],
  WASM_UNAVAILABLE: [
    '此浏览器无法运行 Octolite',
    '需要支持 SIMD 的 WebAssembly：Chrome 105、Firefox 113、Safari 16.4 或更新版本。',
  ],
  BAD_DATA_FILE: [
    '无法读取该数据文件',
    '请使用 png、jpeg、webp 或 bmp 图片，.wav 音频，.npy 或 .npz 数组，.csv 表格，或 idx-ubyte 数据集。',
  ],
  DOWNLOAD_FAILED: ['文件下载失败', '请检查网络连接，或先下载文件再从磁盘打开。'],
  ABORTED: ['已停止', '点击“量化”重新开始。'],
  DISPOSED: ['模型已关闭', '请重新打开。'],
  WORKER_STOPPED: [
    '工作线程已停止',
    '它会自动重启，请重新运行。模型超出此标签页的内存，或网络断开时，会出现这种情况。',
  ],
  INTERNAL: ['Octolite 内部出错', '这是一个缺陷。请附上模型名称和上面的文字向我们报告。'],
};

const titles = translated({ en: ENGLISH, zh: CHINESE });

const places = translated({
  en: { operator: 'operator', tensor: 'tensor', subgraph: 'subgraph', byte: 'byte' },
  zh: { operator: '算子', tensor: '张量', subgraph: '子图', byte: '字节' },
});

function place(details: ErrorDetails, subject: string): string {
  const words = places.value;
  const parts: string[] = [];
  const file = details.file ?? subject;
  if (file) parts.push(file);
  if (details.operator !== undefined) {
    parts.push(`${words.operator} ${details.operator} ${details.operatorName ?? ''}`.trimEnd());
  }
  if (details.tensorName) parts.push(`${words.tensor} ${details.tensorName}`);
  else if (details.tensor !== undefined) parts.push(`${words.tensor} ${details.tensor}`);
  if (details.subgraph) parts.push(`${words.subgraph} ${details.subgraph}`);
  if (details.byteOffset !== undefined) parts.push(`${words.byte} ${details.byteOffset}`);
  return formatList(parts);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…。！？]$/.test(capital) ? capital : `${capital}.`;
}

/** What programs have to do about these, the page does by itself. */
const OF_THE_PAGE: ReadonlySet<ErrorCode> = new Set(['WORKER_STOPPED', 'OUT_OF_MEMORY']);

/**
 * A refusal in the language of when it is looked at; what the library says of it stays English.
 * @param subject What was being worked on, a file's name for instance; told where the error itself
 *     names no file.
 */
export function toRefusal(error: unknown, subject = ''): Refusal {
  const known = isOctoliteError(error);
  const code = known ? error.code : 'INTERNAL';
  const details: ErrorDetails = known ? error.details : {};
  const text = error instanceof Error ? error.message : String(error);
  return {
    what: sentence(details.what ?? text),
    get title() {
      return titles.value[code][0];
    },
    get where() {
      return place(details, subject);
    },
    get next() {
      const hint = OF_THE_PAGE.has(code) ? '' : details.hint;
      return hint ? sentence(hint) : titles.value[code][1];
    },
  };
}
