import type { RecipeSettings } from '../recipe/settings.js';

function suffix({ method, weightBits, activationBits }: RecipeSettings): string {
  if (method === 'float16') return method;
  const weights = `int${weightBits}`;
  if (method !== 'static') return `${method}_${weights}`;
  if (activationBits === 16) return `int16x${weightBits}`;
  return weightBits === 8 ? weights : `int8x${weightBits}`;
}

/** What the quantized model is called: "shapes_int8.tflite". */
export function fileNameOf(name: string, settings: RecipeSettings): string {
  return `${name.replace(/\.tflite$/i, '')}_${suffix(settings)}.tflite`;
}
