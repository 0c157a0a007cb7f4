import type { Argument, Command } from './command.js';
import { groupsOf } from './help.js';
import { optionsOf, type Option } from './options.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

type Commands = Readonly<Record<string, Command<object>>>;

/** What can stand in a place of the command line. */
type Place = Pick<Option, 'choices' | 'files'>;

interface Known {
  readonly name: string;
  readonly command: Command<object>;
  readonly options: readonly [string, Option][];
  /** What its arguments can be, all of them together. */
  readonly args: Place;
}

function knownCommands(commands: Commands): Known[] {
  return Object.entries(commands).map(([name, command]) => ({
    name,
    command,
    options: optionsOf(groupsOf(command)),
    args: placeOf(command.args),
  }));
}

function placeOf(args: readonly Argument[]): Place {
  const choices = args.flatMap((arg) => arg.choices ?? []);
  const files = args.flatMap((arg) => arg.files ?? []);
  return {
    ...(choices.length > 0 && { choices }),
    ...(args.some((arg) => arg.files !== undefined) && { files: [...new Set(files)] }),
  };
}

/** "-o --output" */
function spellings([name, { short }]: readonly [string, Option]): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

const takesValue = ([, { value }]: readonly [string, Option]): boolean => value !== undefined;

/** For a shell: in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A script for a shell that completes commands, options, values and files of the right kind.
 * @param commands What there is.
 */
export function completionScript(shell: Shell, commands: Commands): string {
  const known = knownCommands(commands);
  return { bash, zsh, fish }[shell](known);
}

// --- bash -------------------------------------------------------------------------------------------

function bashPlace({ choices, files }: Place): string {
  const parts: string[] = [];
  if (choices) parts.push(`_octolite_words ${quoted(choices.join(' '))}`);
  if (files === 'folder') parts.push('_octolite_folders');
  else if (files) parts.push(['_octolite_files', ...files].join(' '));
  return parts.length > 0 ? parts.join('; ') : ':';
}

/** Works in bash 3.2, the one of macOS, too. */
function bash(known: readonly Known[]): string {
  const cases = known.map(({ name, options, args }) => {
    const values = options
      .filter(takesValue)
      .map(
        (option) => `        ${spellings(option).join('|')}) ${bashPlace(option[1])}; return ;;`,
      );
    const words = options.flatMap(spellings).join(' ');
    return `    ${name})
      case $previous in
${[...values, '        *) ;;'].join('\n')}
      esac
      if [[ $word == -* ]]; then _octolite_words ${quoted(words)}; else ${bashPlace(args)}; fi ;;`;
  });
  return `# Completion of octolite for bash: eval "$(octolite completion bash)"
_octolite_add() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_octolite_words() { _octolite_add < <(compgen -W "$1" -- "$word"); }
_octolite_folders() { _octolite_add < <(compgen -d -- "$word"); }
_octolite_files() {
  if (($# == 0)); then
    _octolite_add < <(compgen -f -- "$word")
    return
  fi
  _octolite_folders
  local ending
  for ending in "$@"; do _octolite_add < <(compgen -f -X "!*$ending" -- "$word"); done
}
_octolite() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # "--option=value" comes as three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _octolite_words ${quoted(`${known.map(({ name }) => name).join(' ')} help --help --version`)}
    return
  fi
  case \${COMP_WORDS[1]} in
    help) _octolite_words ${quoted(known.map(({ name }) => name).join(' '))} ;;
${cases.join('\n')}
  esac
}
complete -o filenames -F _octolite octolite
`;
}

// --- zsh --------------------------------------------------------------------------------------------

/** For descriptions in specifications of _arguments. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&');
}

function zshPlace({ choices, files }: Place): string {
  const pattern = (endings: readonly string[]): string =>
    endings.length === 0 ? '_files' : `_files -g "*(${endings.join('|')})(-.)"`;
  const ways = [
    ...(choices ? [`(${choices.join(' ')})`] : []),
    ...(files === 'folder' ? ['_files -/'] : files ? [pattern(files)] : []),
  ];
  if (ways.length < 2) return ways[0] ?? ' ';
  return `{compadd -- ${choices!.join(' ')}; ${ways[1]}}`;
}

function zsh(known: readonly Known[]): string {
  const list = known.map(
    ({ name, command }) => `    ${quoted(`${name}:${zshText(command.summary)}`)}`,
  );
  const cases = known.map(({ name, command, options, args }) => {
    const lines = options.map((option) => {
      const [, { help, value, multiple }] = option;
      const names = spellings(option);
      const text = `[${zshText(help)}]`;
      const rest = value === undefined ? text : `${text}:${zshText(value)}:${zshPlace(option[1])}`;
      if (multiple) return `${quoted('*')}${names[0]!}${quoted(rest)}`;
      const brace = names.length > 1 ? `{${names.join(',')}}` : names[0]!;
      return `${quoted(`(${names.join(' ')})`)}${brace}${quoted(rest)}`;
    });
    const wanted =
      command.args.length > 0 ? [quoted(`*:${command.args[0]!.name}:${zshPlace(args)}`)] : [];
    return `    ${name})
      _arguments -s \\
        ${[...lines, ...wanted].join(' \\\n        ')} ;;`;
  });
  return `#compdef octolite
# Completion of octolite for zsh: source <(octolite completion zsh)
_octolite() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _octolite ]]; then _octolite "$@"; else compdef _octolite octolite; fi
`;
}

// --- fish -------------------------------------------------------------------------------------------

function fishText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

/** Arguments of `complete` for a place; of several -a, the last would count. */
function fishPlace({ choices = [], files }: Place): string {
  const found =
    files === 'folder'
      ? ['(__fish_complete_directories)']
      : (files ?? []).map((ending) => `(__fish_complete_suffix ${ending})`);
  const offered = [...choices, ...found];
  return [
    ...(files?.length === 0 ? ['-F'] : []),
    ...(offered.length > 0 ? [`-a ${fishText(offered.join(' '))}`] : []),
  ].join(' ');
}

function fish(known: readonly Known[]): string {
  const lines = known.flatMap(({ name, command, options, args }) => {
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c octolite -n __fish_use_subcommand -a ${name} -d ${fishText(command.summary)}`,
      ...options.map(([option, { short, help, value, ...place }]) => {
        const names = `-l ${option}${short === undefined ? '' : ` -s ${short}`}`;
        const rest = value === undefined ? '' : ` -r ${fishPlace(place)}`.trimEnd();
        return `complete -c octolite ${when} ${names} -d ${fishText(help)}${rest}`;
      }),
      ...(command.args.length > 0 ? [`complete -c octolite ${when} ${fishPlace(args)}`] : []),
    ];
  });
  return `# Completion of octolite for fish: octolite completion fish | source
complete -c octolite -f
${lines.join('\n')}
`;
}
