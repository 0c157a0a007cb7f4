import { UsageError, type Command, type Context } from '../command.js';
import { completionScript, SHELLS } from '../completion.js';
import { COMMANDS } from './index.js';

export const completion: Command<never> = {
  summary: 'a script that completes commands, options and files in your shell',
  usage: [SHELLS.join('|')],
  about: 'Prints a script for a shell. It knows the commands, options, values and kinds of files.',
  args: [{ name: 'SHELL', choices: SHELLS }],
  options: [{ options: {} }],
  tables: [
    {
      title: 'To have it always',
      rows: [
        ['bash', 'put into ~/.bashrc: eval "$(octolite completion bash)"'],
        ['zsh', 'put into ~/.zshrc, after compinit: source <(octolite completion zsh)'],
        ['fish', 'octolite completion fish > ~/.config/fish/completions/octolite.fish'],
      ],
    },
  ],
  json: false,
  examples: ['octolite completion bash', 'octolite completion fish > octolite.fish'],

  run(context: Context): Promise<undefined> {
    const shell = SHELLS.find((one) => one === context.arg(0));
    if (!shell) throw new UsageError(`there is completion for ${SHELLS.join(', ')}`);
    context.streams.stdout.write(completionScript(shell, COMMANDS));
    return Promise.resolve(undefined);
  },
};
