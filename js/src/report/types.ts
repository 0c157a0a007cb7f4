import type {
  CompareReport,
  DataType,
  LayerDifference,
  ObserverName,
  OutputQuality,
  SensitivityOptions,
} from '../types.js';

/** Whether a quantized model computes with integers alone, and why not. */
export interface Coverage {
  /** No operator computes with float32, and no input or output is float32. */
  readonly fullyInteger: boolean;
  /** "yes", or "no, because ...". */
  readonly summary: string;
  /** All operators but QUANTIZE and DEQUANTIZE, and those of them that do not use float32. */
  readonly operators: number;
  /** Those of them that do not use float32. */
  readonly integerOperators: number;
  /** Those that do, each with its reason. */
  readonly floatOperators: readonly FloatOperator[];
  /** Names. */
  readonly floatInputs: readonly string[];
  /** Names. */
  readonly floatOutputs: readonly string[];
  /** QUANTIZE and DEQUANTIZE operators in the model. */
  readonly quantize: number;
  /** DEQUANTIZE operators in the model. */
  readonly dequantize: number;
}

/** An operator that computes with float32. */
export interface FloatOperator {
  readonly subgraph: number;
  /** Index in the quantized model. */
  readonly index: number;
  readonly name: string;
  readonly output: string;
  /** As the quantizer said it; empty where that is not known. */
  readonly reason: string;
}

/** What to add to the options of quantize. */
export interface RecipeChange {
  /** Regular expressions for `keepFloat`. */
  readonly keepFloat?: readonly string[];
  readonly observer?: ObserverName;
  readonly percentile?: number;
}

/** Something to try, with what was measured. */
export interface Suggestion {
  readonly id:
    'keep-float' | 'observer' | 'mixed-output-ranges' | 'few-calibration-samples' | 'clipping';
  /** In a sentence or two. */
  readonly text: string;
  /** The figures that it rests on. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** What applies it; absent where the model itself or the data have to change. */
  readonly change?: RecipeChange;
}

/** Of `debug`: what is quantized, how, and what it is measured on. */
export interface DebugOptions extends Omit<SensitivityOptions, 'mode' | 'operators'> {
  /** Also try what could help, and measure it; default true. */
  suggest?: boolean | undefined;
}

/** One operator: quantized alone, and with all before it. */
export interface DebuggedOperator {
  readonly subgraph: number;
  /** Index in the model as it came. */
  readonly op: number;
  readonly name: string;
  readonly scope: string;
  /** SQNR in dB of the worst output, with this operator alone quantized. */
  readonly aloneSqnrDb: number;
  /** The same with it and all operators before it. */
  readonly accumulatedSqnrDb: number;
  /**
   * Energy of the error at the outputs with this operator alone quantized, as a share of the sum
   * over all operators, 0 to 1.
   */
  readonly errorShare: number;
  /** Of its constants, in float. */
  readonly bytesBefore: number;
  /** Of its constants, quantized. */
  readonly bytesAfter: number;
}

/** Where the error of a quantized model comes from. */
export interface DebugReport {
  /** Samples that errors were measured on. */
  readonly samples: number;
  /** Samples of the calibration; absent where there was none. */
  readonly calibrationSamples?: number;
  /** Of the float model's file. */
  readonly floatBytes: number;
  /** All operators quantized. */
  readonly whole: OutputQuality;
  /** In the order of the graph. */
  readonly operators: readonly DebuggedOperator[];
  /** What was tried and helped. */
  readonly suggestions: readonly Suggestion[];
}

/** A tensor of a report; what was not measured is absent. */
export interface ReportLayer extends LayerDifference {
  /** Mean milliseconds of the operator in a run of each model. */
  readonly msBefore?: number;
  readonly msAfter?: number;
  /** From debug. */
  readonly aloneSqnrDb?: number;
  readonly accumulatedSqnrDb?: number;
  readonly errorShare?: number;
}

/** One of the two models of a report. */
export interface ReportModel {
  readonly name: string;
  /** As `inspect` calls it: "float32", "full int8", ... */
  readonly kind: string;
  /** Of the file. */
  readonly bytes: number;
  /** What a server sends that compresses with gzip, or with brotli where that is known. */
  readonly gzipBytes: number;
  /** Of the file, with brotli. */
  readonly brotliBytes?: number;
  /** Bytes of constants by their element type. */
  readonly weightBytesByType: Readonly<Partial<Record<DataType, number>>>;
  /** Median milliseconds of a run, where it was measured. */
  readonly ms?: number;
}

/** Everything that is known of a quantized model beside the model that it came from. */
export interface ModelReport {
  readonly format: 'octolite-report';
  readonly version: 1;
  /** "Octolite 0.1.0" */
  readonly madeBy: string;
  /** The model that it came from. */
  readonly before: ReportModel;
  /** The quantized model. */
  readonly after: ReportModel;
  /** Of the recipe, where it is known. */
  readonly recipe?: string;
  /** What the errors were measured on, in words. */
  readonly data?: string;
  /** How many the errors were measured on. */
  readonly samples: number;
  readonly coverage: Coverage;
  /** How far the outputs are apart. */
  readonly outputs: CompareReport['outputs'];
  /** In order of execution. */
  readonly layers: readonly ReportLayer[];
  readonly suggestions: readonly Suggestion[];
  readonly warnings: readonly string[];
}
