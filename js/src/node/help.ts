import type { Command } from './command.js';
import { HELP_OPTION, JSON_OPTION, type Option, type OptionGroup } from './options.js';
import { styled, type Look } from './terminal.js';

/** The width that help is written for; a terminal that is wider gets no longer lines. */
const WIDTH = 100;
/** Where the second column begins. */
const COLUMN = 27;

/** Text as lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Two columns: a name and what it means. */
function row([name, text]: readonly [string, string]): string[] {
  const lines = wrap(text, WIDTH - COLUMN);
  const first = `  ${name}`;
  const begun = first.length + 2 <= COLUMN ? [first.padEnd(COLUMN) + lines.shift()!] : [first];
  return [...begun, ...lines.map((line) => ' '.repeat(COLUMN) + line)];
}

/** "-o, --output OUT" */
export function optionName(name: string, { short, value }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

/** The options of a command with those that every command has, in the order of its help. */
export function groupsOf(command: Command<object>): readonly OptionGroup[] {
  const [first, ...others] = command.options;
  const own = first && first.title === undefined ? first.options : {};
  const rest = first && first.title !== undefined ? command.options : others;
  return [{ options: { ...own, ...(command.json && JSON_OPTION), ...HELP_OPTION } }, ...rest];
}

export function commandHelp(name: string, command: Command<object>, look: Look): string {
  const title = (text: string): string => styled(`${text}:`, 'bold', look);
  const usage = command.usage.map(
    (line, i) => `${i === 0 ? title('Usage') : '      '} octolite ${name}${line && ` ${line}`}`,
  );
  const options = groupsOf(command).map((group) => [
    title(group.title ?? 'Options'),
    ...(group.text === undefined ? [] : wrap(group.text, WIDTH - 2).map((line) => `  ${line}`)),
    ...Object.entries(group.options).flatMap(([key, option]) =>
      row([optionName(key, option), option.help]),
    ),
  ]);
  const tables = (command.tables ?? []).map((table) => [
    title(table.title),
    ...table.rows.flatMap(row),
  ]);
  const examples = [title('Examples'), ...command.examples.flatMap(exampleLines)];
  return [usage, wrap(command.about, WIDTH), ...options, ...tables, examples]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** An example, on several lines where it is long. */
function exampleLines(example: string): string[] {
  const [first, ...more] = wrap(example, WIDTH - 6);
  const lines = [`  ${first}`, ...more.map((line) => `    ${line}`)];
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}

export const EXIT_STATUSES: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'the input was refused, or the output could not be written'],
  [2, 'wrong usage'],
  [130, 'interrupted (Ctrl+C); 143 when told to end (SIGTERM), 129 when hung up (SIGHUP)'],
];

export function mainHelp(commands: Readonly<Record<string, Command<object>>>, look: Look): string {
  const title = (text: string): string => styled(`${text}:`, 'bold', look);
  const list = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(11)}${summary}`,
  );
  return [
    'Octolite quantizes TensorFlow Lite (LiteRT) models and runs them.',
    `${title('Usage')} octolite COMMAND ...`,
    [title('Commands'), ...list].join('\n'),
    ['  octolite COMMAND --help   says more, with examples', '  octolite --version'].join('\n'),
    [
      title('Exit status'),
      ...EXIT_STATUSES.map(([status, meaning]) => `  ${String(status).padEnd(5)}${meaning}`),
    ].join('\n'),
  ].join('\n\n');
}
