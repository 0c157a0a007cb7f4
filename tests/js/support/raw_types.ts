/**
 * Watches what passes between the library and the WebAssembly module, and holds it against the types
 * that js/src/raw.ts says it has.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './files.js';

type Path = string;
type PlainObject = Record<string, unknown>;

const program = ts.createProgram([join(ROOT, 'js/src/raw.ts')], {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  noEmit: true,
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(join(ROOT, 'js/src/raw.ts'))!;
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!);

function typeNamed(name: string): ts.Type {
  const symbol = exported.find((one) => one.name === name);
  if (!symbol) throw new Error(`raw.ts has no ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

const handleType = typeNamed('RawHandle');
const isHandle = (type: ts.Type): boolean =>
  type.getProperty('delete') !== undefined && checker.isTypeAssignableTo(type, handleType);

const typeOf = (property: ts.Symbol): ts.Type =>
  checker.getTypeOfSymbolAtLocation(property, source);
const isOptional = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Optional) !== 0;
const nameOf = (type: ts.Type): string => checker.typeToString(type);
const signatureOf = (type: ts.Type): ts.Signature | undefined => type.getCallSignatures()[0];

function methodsOf(type: ts.Type): string[] {
  return type
    .getProperties()
    .filter((property) => property.name !== 'delete' && signatureOf(typeOf(property)))
    .map(({ name }) => name);
}

function isPlain(value: unknown): value is PlainObject {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** What a value has that its type does not say, or the other way round. */
function misfits(value: unknown, type: ts.Type, path: Path): string[] {
  const wrong = (): string[] => [`${path} is ${describe(value)}, not ${nameOf(type)}`];
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
  if (type.isUnion()) {
    const all = type.types.map((member) => misfits(value, member, path));
    const best = all.reduce((a, b) => (b.length < a.length ? b : a));
    // Of unions of objects the member that fits best says most.
    return best.length > 0 && !isPlain(value) ? wrong() : best;
  }
  if (type.isLiteral()) return value === type.value ? [] : wrong();
  if (type.flags & ts.TypeFlags.BooleanLiteral) {
    return String(value) === nameOf(type) ? [] : wrong();
  }
  if (type.flags & ts.TypeFlags.StringLike) return typeof value === 'string' ? [] : wrong();
  if (type.flags & ts.TypeFlags.NumberLike) return typeof value === 'number' ? [] : wrong();
  if (type.flags & ts.TypeFlags.Null) return value === null ? [] : wrong();
  if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) {
    return value === undefined ? [] : wrong();
  }
  if (checker.isTupleType(type) || checker.isArrayType(type)) {
    if (!Array.isArray(value)) return wrong();
    const elements = checker.getTypeArguments(type as ts.TypeReference);
    if (checker.isTupleType(type) && value.length !== elements.length) return wrong();
    return (value as unknown[]).flatMap((element, i) =>
      misfits(element, elements[i] ?? elements[0]!, `${path}[]`),
    );
  }
  if (signatureOf(type)) return typeof value === 'function' ? [] : wrong();
  if (ArrayBuffer.isView(value)) {
    return value.constructor.name === type.symbol.name ? [] : wrong();
  }
  if (isHandle(type)) return typeof value === 'object' && !isPlain(value) ? [] : wrong();
  return isPlain(value) ? misfitsOfObject(value, type, path) : wrong();
}

function misfitsOfObject(value: PlainObject, type: ts.Type, path: Path): string[] {
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const properties = type.getProperties();
  const known = new Set(properties.map(({ name }) => name));
  const more = Object.keys(value).filter((key) => !known.has(key));
  return [
    ...properties.flatMap((property) => {
      const { name } = property;
      if (value[name] === undefined && isOptional(property)) return [];
      if (!(name in value)) return [`${path}.${name} is not there`];
      return misfits(value[name], typeOf(property), `${path}.${name}`);
    }),
    ...more.flatMap((key) =>
      index ? misfits(value[key], index, `${path}.*`) : [`${path}.${key} is not declared`],
    ),
  ];
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return ArrayBuffer.isView(value)
    ? value.constructor.name
    : `an object ${Object.keys(value).join()}`;
}

/** The part of a union that has properties to read. */
function objectType(type: ts.Type | undefined): ts.Type | undefined {
  return type?.isUnion() ? type.types.find((one) => one.flags & ts.TypeFlags.Object) : type;
}

/** A module whose every call is looked at. */
export class WatchedModule {
  /** What did not agree, each once. */
  readonly faults = new Set<string>();
  /** `Interface.method` of what was called. */
  readonly called = new Set<string>();
  readonly module: object;
  /** By `Interface.method(argument)`: what is declared of it, and what was read. */
  readonly #read = new Map<Path, Set<string>>();
  readonly #originals = new WeakMap<object, object>();

  constructor(module: object) {
    this.module = this.#watched(module, typeNamed('RawModule'));
  }

  /** `Interface.method` of everything that raw.ts declares of the module and of its handles. */
  static declared(): string[] {
    return exported
      .map((symbol) => checker.getDeclaredTypeOfSymbol(symbol))
      .filter((type) => nameOf(type) === 'RawModule' || isHandle(type))
      .filter((type) => type.symbol.name !== 'RawHandle' && type.symbol.name !== 'RawStepper')
      .flatMap((type) => methodsOf(type).map((method) => `${nameOf(type)}.${method}`))
      .sort();
  }

  /** Fields of arguments that are declared and that the module never looked at. */
  unread(): string[] {
    return [...this.#read].flatMap(([path, left]) => [...left].map((key) => `${path}.${key}`));
  }

  #watched(target: object, type: ts.Type): object {
    const proxy: object = new Proxy(target, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(target, name);
        const method = typeof name === 'string' ? type.getProperty(name) : undefined;
        const signature = method && signatureOf(typeOf(method));
        if (typeof value !== 'function' || !signature || name === 'delete') {
          return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
        }
        return (...args: unknown[]) =>
          this.#call(
            target,
            value as AnyFunction,
            signature,
            `${nameOf(type)}.${String(name)}`,
            args,
          );
      },
    });
    this.#originals.set(proxy, target);
    return proxy;
  }

  #call(
    target: object,
    method: AnyFunction,
    signature: ts.Signature,
    path: Path,
    args: readonly unknown[],
  ): unknown {
    this.called.add(path);
    const parameters = signature.getParameters();
    const bound = (method as { argCount?: number }).argCount;
    if (bound !== parameters.length) {
      this.faults.add(`${path} takes ${bound} arguments, not ${parameters.length}`);
    }
    const given = args.map((argument, i) => {
      const parameter = parameters[i];
      if (!parameter) return argument;
      return this.#readable(argument, typeOf(parameter), `${path}(${parameter.name})`);
    });
    return this.#taken(method.apply(target, given), signature.getReturnType(), path);
  }

  /** What the module gives, checked, with its handles watched. */
  #taken(value: unknown, type: ts.Type, path: Path): unknown {
    for (const fault of misfits(value, type, path)) this.faults.add(fault);
    return this.#withHandles(value, type);
  }

  #withHandles(value: unknown, type: ts.Type): unknown {
    if (type.isUnion()) {
      const fitting = type.types.find((one) => misfits(value, one, '').length === 0);
      return fitting ? this.#withHandles(value, fitting) : value;
    }
    if (typeof value === 'object' && value !== null && isHandle(type)) {
      return this.#watched(value, type);
    }
    if (!isPlain(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const property = type.getProperty(key);
        return [key, property ? this.#withHandles(one, typeOf(property)) : one];
      }),
    );
  }

  /** What the module is given, with a note of what it looks at. */
  #readable(value: unknown, given: ts.Type, path: Path): unknown {
    if (typeof value === 'function') return this.#callback(value as AnyFunction, given, path);
    if (typeof value !== 'object' || value === null) return value;
    const original = this.#originals.get(value);
    if (original) return original;
    const type = objectType(given)!;
    if (Array.isArray(value)) {
      const element = checker.getTypeArguments(type as ts.TypeReference)[0]!;
      return value.map((one) => this.#readable(one, element, `${path}[]`));
    }
    if (!isPlain(value) || type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return value;
    const left = this.#read.get(path) ?? new Set(type.getProperties().map(({ name }) => name));
    this.#read.set(path, left);
    return new Proxy(value, {
      get: (target, name) => {
        const one = target[name as string];
        if (typeof name !== 'string') return one;
        left.delete(name);
        const property = propertyOf(given, name);
        if (property) return this.#readable(one, typeOf(property), `${path}.${name}`);
        this.faults.add(`${path}.${name} is read and not declared`);
        return one;
      },
    });
  }

  #callback(function_: AnyFunction, type: ts.Type, path: Path): AnyFunction {
    const signature = signatureOf(type)!;
    return (...args) => {
      const parameters = signature.getParameters();
      if (args.length !== parameters.length) {
        this.faults.add(`${path} is called with ${args.length} arguments`);
      }
      const taken = args.map((argument, i) => {
        const parameter = parameters[i];
        if (!parameter) return argument;
        return this.#taken(argument, typeOf(parameter), `${path}(${parameter.name})`);
      });
      return this.#readable(function_(...taken), signature.getReturnType(), `${path}()`);
    };
  }
}

type AnyFunction = (...args: unknown[]) => unknown;

/** A property of an object, or of any member of a union. */
function propertyOf(type: ts.Type, name: string): ts.Symbol | undefined {
  return type.isUnion()
    ? type.types.map((one) => one.getProperty(name)).find(Boolean)
    : type.getProperty(name);
}
