import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OctoliteError } from '../../errors.js';
import { UsageError, type Command, type Context } from '../command.js';
import { PAGE_FOLDER, serveFolder, type StaticServer } from '../static_server.js';

const USUAL_PORT = 8080;

export const serve: Command<never> = {
  summary: 'the page, from this package, for the browser on this machine',
  usage: ['[--port N] [--open]'],
  about:
    'Serves the page that quantizes and compares models in the browser, without a connection to ' +
    'anywhere: only programs on this machine are answered, and what is opened in the page stays in ' +
    'it. Ctrl+C ends it.',
  args: [],
  options: [
    {
      options: {
        port: { value: 'N', help: 'default 8080, or any that is free when that one is taken' },
        open: { help: 'open it in the browser' },
      },
    },
  ],
  json: false,
  examples: ['octolite serve', 'octolite serve --port 9000', 'octolite serve --open'],

  async run(context: Context): Promise<undefined> {
    const port = context.count('port');
    if (port !== undefined && port > 65535) throw new UsageError('--port takes up to 65535');
    if (!existsSync(join(PAGE_FOLDER, 'index.html'))) {
      throw new OctoliteError('INVALID_ARGUMENT', 'this package has no page', {
        file: PAGE_FOLDER,
        hint: 'install it again, or build it: npm run build',
      });
    }
    const server = await listen(port);
    context.streams.stdout.write(`Octolite is at ${server.url} (stop with Ctrl+C)\n`);
    if (context.flag('open')) openInBrowser(context, server.url);
    await new Promise<void>((done) => {
      context.signal.addEventListener('abort', () => done());
      if (context.signal.aborted) done();
    });
    await server.close();
  },
};

async function listen(port: number | undefined): Promise<StaticServer> {
  try {
    return await serveFolder({ folder: PAGE_FOLDER, port: port ?? USUAL_PORT });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && port === undefined) return serveFolder({ folder: PAGE_FOLDER });
    const reason = code === 'EADDRINUSE' ? 'another program uses it' : message;
    throw new OctoliteError('INVALID_ARGUMENT', `port ${port} cannot be opened: ${reason}`, {
      hint: 'leave --port out for one that is free',
    });
  }
}

/** What opens an address on each system. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

function openInBrowser(context: Context, url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  spawn(program!, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => context.note(`no browser was found; open ${url} yourself`))
    .unref();
}
