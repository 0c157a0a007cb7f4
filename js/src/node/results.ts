/**
 * What `--json` prints, a type for each command. docs/schemas/ is made from this file. Numbers that
 * are not finite are null there.
 */
import type { CompandingReport, CompressionReport, WireSize } from '../compress/types.js';
import type { ErrorCode, ErrorDetails } from '../errors.js';
import type { Coverage, DebugReport } from '../report/types.js';
import type {
  AutoReport,
  BenchmarkReport,
  CompareReport,
  Convergence,
  DataType,
  EvaluateReport,
  Inspection,
  QuantizeReport,
  RuntimeInfo,
} from '../types.js';

/** What was refused, with exit status 1; or interrupted, with code ABORTED. */
export interface ErrorResult {
  readonly error: {
    readonly code: ErrorCode;
    /** One sentence: what, where and what to do. */
    readonly message: string;
    readonly details: ErrorDetails;
  };
}

export interface InspectResult extends Inspection {
  /** The path as it was given; so in all that follows. */
  readonly file: string;
  /** With --companding. */
  readonly companding?: CompandingReport | undefined;
}

/** Sizes of a file and of what was made of it. */
export interface Sizes {
  readonly before: WireSize;
  readonly after: WireSize;
}

export interface QuantizedResult extends QuantizeReport {
  readonly input: string;
  readonly output: string;
  /** Name or path. */
  readonly recipe: string;
  /** Of the calibration. */
  readonly samples?: number | undefined;
  /** Absent with --stream. */
  readonly coverage?: Coverage;
  readonly sizes?: Sizes;
}

export interface AutoQuantizedResult extends QuantizeReport {
  readonly input: string;
  readonly output: string;
  readonly auto: AutoReport;
}

export interface CompressedResult extends CompressionReport {
  readonly input: string;
  readonly output: string;
  readonly sizes: Sizes;
}

export interface CalibrateResult {
  /** The model, or the statistics that were merged. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Fingerprint of the model: 16 hexadecimal digits, absent when unknown. */
  readonly model?: string | undefined;
  readonly samples: number;
  readonly subgraphs: number;
  readonly tensors: number;
  /** Of the file that was written. */
  readonly bytes: number;
  /** Absent when statistics were merged, or learned by several workers. */
  readonly convergence?: Convergence | undefined;
}

export interface RunOutput {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Of the real values; absent for strings and for outputs without elements. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** With --output: the .npy file. */
  readonly file?: string;
  /** As they are stored (float16 as what they mean), of outputs of up to 1024 elements. */
  readonly values?: readonly (number | string)[];
}

export interface RunResult {
  /** Milliseconds that the run took. */
  readonly ms: number;
  readonly outputs: readonly RunOutput[];
}

export interface CompareResult extends CompareReport {
  readonly a: string;
  readonly b: string;
}

export interface DebugResult extends DebugReport {
  readonly model: string;
  readonly recipe: string;
}

export interface EvaluateResult extends EvaluateReport {
  readonly model: string;
  readonly againstModel?: string | undefined;
}

export interface BenchResult extends BenchmarkReport {
  readonly model: string;
  readonly runtime: RuntimeInfo;
  /** Version of Node.js. */
  readonly node: string;
}

/** A binary of the package. */
export interface DoctorVariant {
  readonly variant: string;
  /** Whether it loads here; else `reason` says why not. */
  readonly loads: boolean;
  readonly reason: string;
  /** Whether the file is the one that was published; absent where that is not known. */
  readonly intact?: boolean;
}

export interface DoctorAdvice {
  /** `error`: the library cannot run; `advice`: it could run better. */
  readonly kind: 'error' | 'advice';
  readonly what: string;
  readonly remedy: string;
}

export interface DoctorResult {
  /** Whether the library runs here. */
  readonly ok: boolean;
  readonly versions: { readonly octolite: string; readonly node: string; readonly v8: string };
  /** "linux x64" */
  readonly platform: string;
  readonly processors: number;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  readonly features: {
    readonly simd: boolean;
    readonly relaxedSimd: boolean;
    readonly sharedMemory: boolean;
    readonly threads: boolean;
  };
  readonly variants: readonly DoctorVariant[];
  /** Of the variant that loads by itself; absent where none does. */
  readonly runtime?: RuntimeInfo;
  /** Median milliseconds of the sample model; absent where the package has none. */
  readonly sample?: { readonly float32Ms: number; readonly int8Ms: number };
  readonly advice: readonly DoctorAdvice[];
}

/** Results by command; each may be an ErrorResult instead. */
export interface Results {
  inspect: InspectResult;
  quantize: QuantizedResult;
  auto: AutoQuantizedResult;
  compress: CompressedResult;
  calibrate: CalibrateResult;
  run: RunResult;
  compare: CompareResult;
  debug: DebugResult;
  evaluate: EvaluateResult;
  bench: BenchResult;
  doctor: DoctorResult;
}
