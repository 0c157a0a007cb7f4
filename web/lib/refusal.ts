import { isOctoliteError, type ErrorCode, type ErrorDetails } from 'octolite';

/** Why something could not be done, for people. */
export interface Refusal {
  readonly title: string;
  readonly what: string;
  /** Empty when there is no place to name. */
  readonly where: string;
  readonly next: string;
}

const TITLES: Readonly<Record<ErrorCode, readonly [title: string, next: string]>> = {
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
    'WebAssembly with SIMD is needed: Chrome 91, Firefox 89, Safari 16.4 or newer.',
  ],
  BAD_DATA_FILE: [
    'This data file cannot be read',
    'Use png, jpeg, webp or bmp pictures, .npy arrays, or idx-ubyte sets.',
  ],
  DOWNLOAD_FAILED: [
    'The file could not be downloaded',
    'Check the address, or download it and open it from disk.',
  ],
  ABORTED: ['Stopped', 'Press Quantize to start again.'],
  DISPOSED: ['The model was closed', 'Open it again.'],
  WORKER_STOPPED: [
    'The worker stopped',
    'It starts again by itself: run again. A model too large for this tab’s memory does this.',
  ],
  INTERNAL: [
    'Something went wrong in Octolite',
    'This is a defect. Please report it with the name of the model and the text above.',
  ],
};

function place(details: ErrorDetails, subject: string): string {
  const parts: string[] = [];
  const file = details.file ?? subject;
  if (file) parts.push(file);
  if (details.operator !== undefined) {
    parts.push(`operator ${details.operator} ${details.operatorName ?? ''}`.trimEnd());
  }
  if (details.tensorName) parts.push(`tensor ${details.tensorName}`);
  else if (details.tensor !== undefined) parts.push(`tensor ${details.tensor}`);
  if (details.subgraph) parts.push(`subgraph ${details.subgraph}`);
  if (details.byteOffset !== undefined) parts.push(`byte ${details.byteOffset}`);
  return parts.join(', ');
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

/**
 * @param subject What was being worked on, a file's name for instance; told where the error itself
 *     names no file.
 */
export function toRefusal(error: unknown, subject = ''): Refusal {
  if (isOctoliteError(error)) {
    const [title, next] = TITLES[error.code];
    const { what, hint } = error.details;
    return {
      title,
      what: sentence(what ?? error.message),
      where: place(error.details, subject),
      next: hint ? sentence(hint) : next,
    };
  }
  const [title, next] = TITLES.INTERNAL;
  const what = error instanceof Error ? error.message : String(error);
  return { title, what: sentence(what), where: subject, next };
}
