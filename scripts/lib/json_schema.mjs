// JSON Schemas of TypeScript types: of what JSON.stringify makes of values of these types.
import ts from 'typescript';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/**
 * Reads types from a TypeScript file.
 * @param {string} file
 * @param {object} options
 * @param {string} options.tsconfig
 * @returns {(name: string) => {type: ts.Type, checker: ts.TypeChecker}} Finds an exported type.
 */
export function readTypes(file, { tsconfig }) {
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, tsconfig.replace(/[^/]*$/, ''));
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(file)),
  );
  return (name) => {
    const symbol = exported.find((one) => one.name === name);
    if (!symbol) throw new Error(`${file} exports no type ${name}`);
    return { type: checker.getDeclaredTypeOfSymbol(symbol), checker };
  };
}

/** A schema with all that it refers to in `definitions`. */
export class SchemaMaker {
  #checker;
  definitions = {};

  constructor(checker) {
    this.#checker = checker;
  }

  /** @param {ts.Type} type */
  schemaOf(type) {
    const checker = this.#checker;
    const { flags } = type;
    if (flags & ts.TypeFlags.StringLiteral) return { const: type.value };
    if (flags & ts.TypeFlags.NumberLiteral) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral)
      return { const: checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.String) return { type: 'string' };
    // JSON has no infinities: the command line writes null instead.
    if (flags & ts.TypeFlags.Number) return { type: ['number', 'null'] };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (type.isUnion()) return this.#union(type);
    if (checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type).map((one) => this.schemaOf(one));
      return { type: 'array', items, minItems: items.length, maxItems: items.length };
    }
    if (checker.isArrayType(type)) {
      return { type: 'array', items: this.schemaOf(checker.getTypeArguments(type)[0]) };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.#object(type);
    throw new Error(`there is no JSON Schema for ${checker.typeToString(type)}`);
  }

  #union(type) {
    const isAbsent = (one) => one.flags & ts.TypeFlags.Undefined;
    const members = type.types.filter((one) => !isAbsent(one));
    const isBoolean = (one) => one.flags & ts.TypeFlags.BooleanLiteral;
    const schemas = members.filter((one) => !isBoolean(one)).map((one) => this.schemaOf(one));
    if (members.some(isBoolean)) {
      const both = members.filter(isBoolean);
      schemas.push(both.length > 1 ? { type: 'boolean' } : this.schemaOf(both[0]));
    }
    if (schemas.length === 1) return schemas[0];
    if (schemas.every((schema) => 'const' in schema)) {
      // The compiler's order depends on what else it has read.
      return { enum: schemas.map((schema) => schema.const).sort() };
    }
    return { anyOf: schemas };
  }

  /** Types with a name become definitions, which others refer to. */
  #object(type) {
    const name = (type.aliasSymbol ?? type.symbol)?.name ?? '__type';
    const generic = (type.aliasTypeArguments ?? []).length > 0;
    if (name.startsWith('__') || generic) return this.#members(type);
    if (!(name in this.definitions)) {
      this.definitions[name] = {}; // types may refer to themselves
      const description = this.#comment(type.aliasSymbol ?? type.symbol);
      this.definitions[name] = { ...(description && { description }), ...this.#members(type) };
    }
    return { $ref: `#/definitions/${name}` };
  }

  #members(type) {
    const checker = this.#checker;
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const properties = {};
    const required = [];
    for (const symbol of checker.getPropertiesOfType(type)) {
      const text = this.#comment(symbol);
      const schema = this.schemaOf(checker.getTypeOfSymbol(symbol));
      // Draft 7 ignores what stands beside a reference.
      const wrapped = text && '$ref' in schema ? { allOf: [schema] } : schema;
      properties[symbol.name] = { ...(text && { description: text }), ...wrapped };
      if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
    }
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(index && { additionalProperties: this.schemaOf(index.type) }),
    };
  }

  #comment(symbol) {
    const parts = symbol?.getDocumentationComment(this.#checker) ?? [];
    return ts.displayPartsToString(parts).replaceAll(/\s*\n\s*/g, ' ');
  }
}

/** A whole schema for one of several types. */
export function schemaDocument(title, description, types, checker) {
  const maker = new SchemaMaker(checker);
  const anyOf = types.map((type) => maker.schemaOf(type));
  return { $schema: DRAFT, title, description, anyOf, definitions: maker.definitions };
}
