// docs/cli.md and docs/schemas/, made from the built command line and from the types of its results.
import { join } from 'node:path';
import { readTypes, schemaDocument } from './json_schema.mjs';
import { root } from './process.mjs';

/** JSON Schemas of what each command prints with --json, by command. */
export function makeSchemas() {
  const find = readTypes(join(root, 'js/src/node/results.ts'), {
    tsconfig: join(root, 'js/tsconfig.json'),
  });
  const { type: refusal, checker } = find('ErrorResult');
  const { type: results } = find('Results');
  return new Map(
    checker.getPropertiesOfType(results).map((symbol) => {
      const types = [checker.getTypeOfSymbol(symbol), refusal];
      const description =
        'Its result, or what was refused. null stands for a number that is not finite.';
      const title = `octolite ${symbol.name} --json`;
      return [symbol.name, schemaDocument(title, description, types, checker)];
    }),
  );
}

/** Above this line docs/cli.md is written by hand. */
const MARK = '<!-- What follows is made by "npm run generate". -->';

/** docs/cli.md with the help of every command, as the built package prints it. */
export async function makePage(page) {
  const { COMMANDS } = await import('../../dist/node/commands/index.js');
  const { commandHelp } = await import('../../dist/node/help.js');
  const plain = { width: undefined, colours: false };
  const [byHand] = page.split(MARK);
  const parts = Object.entries(COMMANDS).map(([name, command]) => {
    const schema = `Prints with \`--json\`: [schemas/${name}.schema.json](schemas/${name}.schema.json)`;
    const help = commandHelp(name, command, plain);
    return [`## ${name}`, `\`\`\`console\n$ octolite ${name} --help\n${help}\n\`\`\``]
      .concat(command.json ? [schema] : [])
      .join('\n\n');
  });
  return `${byHand}${MARK}\n\n${parts.join('\n\n')}\n`;
}
